"""What is legal but surely not meant gets a sentence."""

from datetime import date
from typing import Any

import pytest

from config.lint import lint
from config.references import Unset
from config.settings import Settings
from tests.builders import a_card

TODAY = date(2026, 11, 24)


def warnings(*rules: dict[str, Any], **settings: Any) -> tuple[str, ...]:
    named = [{"name": f"r{number}", **rule} for number, rule in enumerate(rules)]
    given = {"models": (a_card("llama"), a_card("gpt", weights="closed")), "rules": tuple(named)}
    return lint(Settings.model_validate(given | settings), TODAY)


@pytest.mark.parametrize(
    ("day", "told"),
    [
        pytest.param(date(2026, 10, 22), "llama left its host on 2026-10-22:", id="past"),
        pytest.param(TODAY, "llama leaves its host on 2026-11-24:", id="today"),
        pytest.param(date(2026, 12, 24), "llama leaves its host on 2026-12-24:", id="soon"),
    ],
)
def test_a_model_that_retires_is_told_with_the_way_out(day: date, told: str) -> None:
    (warning,) = warnings(models=(a_card(retires_on=day),))

    assert warning.startswith(told)
    assert "litellm_id" in warning


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"retires_on": date(2026, 12, 25)}, id="later"),
        pytest.param({"retires_on": date(2020, 1, 1), "enabled": False}, id="switched off"),
        pytest.param(
            {"retires_on": date(2020, 1, 1), "api_key": Unset("env:K")}, id="not configured"
        ),
    ],
)
def test_a_model_that_does_not_matter_is_not_told(changes: dict[str, Any]) -> None:
    assert warnings(models=(a_card(**changes),)) == ()


def test_a_rule_that_admits_no_model_is_told() -> None:
    assert warnings(
        {"when": {"private": True}, "allow": {"jurisdictions": ["CH"]}},
        {"deny": {"weights": "closed"}},
    ) == ("the rule `r0` leaves no model: allow more or deny less.",)


def test_rules_that_together_leave_no_model_are_told_at_the_last() -> None:
    assert warnings(
        {"deny": {"weights": "closed"}},
        {"when": {"private": True}, "deny": {"names": ["gpt"]}},
        {"deny": {"names": ["llama"]}},
        {"deny": {"names": ["gpt"]}},
    ) == ("the rule `r2` leaves no model after the rules before it: allow more or deny less.",)


def test_switched_off_models_do_not_count() -> None:
    models = (a_card("llama", enabled=False), a_card("gpt", weights="closed"))

    assert len(warnings({"allow": {"weights": "open"}}, models=models)) == 1
