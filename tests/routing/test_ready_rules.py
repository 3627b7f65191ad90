"""The rules of the guide do what their names say, all five in one file."""

from pathlib import Path
from typing import Any

import pytest

from config.catalog import AttachmentKind
from config.lint import lint
from config.settings import Settings
from routing.choosing import choose
from routing.errors import NoModelFits
from routing.policy import Decision
from routing.query import Attachment
from tests.builders import a_query, an_origin
from tests.config.test_lint import TODAY
from tests.config.written import loaded
from tests.pages import samples_in, section_of, text_of

RULES = next(samples_in(section_of(text_of("rules.md"), "All together"), "yaml")).text
KEYS = {"DEEPSEEK_API_KEY": "k", "OPENAI_API_KEY": "k", "DEEPINFRA_API_KEY": "k"}
AT_HOME = KEYS | {"OLLAMA_API_BASE": "http://127.0.0.1:11434"}


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return loaded(tmp_path, RULES, AT_HOME)


def decided(settings: Settings, **asked: Any) -> Decision:
    changes = {"private": False, "place": "C1", "platform": "slack"} | asked.pop("origin", {})
    return choose(a_query("Write me a poem", origin=an_origin(**changes), **asked), settings)


def names(decision: Decision) -> list[str]:
    return [candidate.card.name for candidate in decision.candidates]


def test_nothing_from_legal_leaves_our_machines(settings: Settings) -> None:
    decision = decided(settings, origin={"place": "C024LEGAL"})

    assert names(decision) == ["llama-ollama"]
    assert str(decision.passed_over["gpt-sol"]) == (
        "a rule forbids it (nothing from legal leaves our machines)"
    )


def test_nothing_from_legal_leaves_even_when_it_is_asked_for(settings: Settings) -> None:
    with pytest.raises(NoModelFits) as caught:
        decided(settings, origin={"place": "C024LEGAL"}, wanted="gpt")

    assert caught.value.because == "nothing from legal leaves our machines"


def test_no_vendor_under_jurisdiction_cn(settings: Settings) -> None:
    decision = decided(settings)

    assert not any("deepseek" in name for name in names(decision))
    assert "no vendor under jurisdiction CN" in str(decision.passed_over["deepseek-flash"])


def test_images_go_to_a_vision_model(settings: Settings) -> None:
    decision = decided(settings, attachments=(Attachment(AttachmentKind.IMAGE),))

    assert names(decision)[0] == "gpt-luna"
    assert "images go to a vision model" in str(decision.passed_over["llama-ollama"])


def test_open_weights_unless_asked(settings: Settings) -> None:
    assert names(decided(settings))[0].startswith("llama")
    assert "gpt-luna" in names(decided(settings))
    assert names(decided(settings, wanted="gpt"))[0] == "gpt-luna"


def test_best_model_for_role_staff(settings: Settings) -> None:
    staff = {"roles": frozenset({"S0614STAFF"})}

    assert names(decided(settings, origin=staff))[0] == "gpt-astra"
    assert names(decided(settings, origin=staff, wanted="thrifty"))[0].startswith("llama")


def test_lint_has_nothing_against_them_but_a_key_that_is_of_no_use(settings: Settings) -> None:
    (warning,) = lint(settings, TODAY)

    assert "never lets deepseek-flash, deepseek-pro answer" in warning


def test_two_cents_an_hour_settle_near_ties_only(tmp_path: Path) -> None:
    hosts = loaded(tmp_path, "", AT_HOME | {"CEREBRAS_API_KEY": "k"})

    thrifty = names(decided(hosts, wanted="thrifty"))
    by_wait = [name for name in thrifty if name in {"llama-ollama", "llama-deepinfra"}]

    assert by_wait == ["llama-ollama", "llama-deepinfra"]  # free, though half a minute slower
