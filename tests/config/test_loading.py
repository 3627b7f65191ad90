"""One file, the environment and the shipped catalogue become one value."""

from contextlib import chdir
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from config.catalog import Capability, PublishedModel, TaskClass
from config.errors import ConfigError
from config.loading import find_config, load
from config.settings import Settings
from tests.config.written import OWN_CARD, loaded, nothing_published, problems


def names(settings: Settings) -> list[str]:
    return [card.name for card in settings.models]


def test_the_named_file_goes_before_the_variable_and_that_before_the_usual(tmp_path: Path) -> None:
    environ = {"POINTSMAN_CONFIG": "b.yaml"}
    with chdir(tmp_path):
        assert find_config(None, {}) is None
        Path("pointsman.yaml").touch()

        assert find_config("a.yaml", environ) == Path("a.yaml")
        assert find_config(None, environ) == Path("b.yaml")
        assert find_config(None, {"POINTSMAN_CONFIG": ""}) == Path("pointsman.yaml")


@pytest.mark.parametrize("name", ["none.yaml", "."])
def test_a_named_file_that_cannot_be_read_is_an_error(tmp_path: Path, name: str) -> None:
    with pytest.raises(ConfigError):
        load(tmp_path / name, {}, nothing_published)


def test_without_a_file_there_are_the_defaults_and_the_shipped_models() -> None:
    settings = load(None, {}, nothing_published)

    assert settings.model_copy(update={"models": ()}) == Settings()
    assert {"deepseek-flash", "smollm2"} <= set(names(settings))


@pytest.mark.parametrize("text", ["", "store:\nrules:\nmodels:\n"])
def test_an_empty_file_or_section_changes_nothing(tmp_path: Path, text: str) -> None:
    assert loaded(tmp_path, text) == load(None, {}, nothing_published)


def test_an_entry_with_a_shipped_name_changes_only_what_it_gives(tmp_path: Path) -> None:
    before = {card.name: card for card in load(None, {}, nothing_published).models}

    settings = loaded(
        tmp_path,
        "models:\n  - name: gpt-sol\n    enabled: false\n    quality: {math: 0.5}\n",
    )

    changed = next(card for card in settings.models if card.name == "gpt-sol")
    assert not changed.enabled
    assert changed.quality == {**before["gpt-sol"].quality, TaskClass.MATH: 0.5}
    kept = {"enabled", "quality"}
    assert changed.model_dump(exclude=kept) == before["gpt-sol"].model_dump(exclude=kept)
    assert names(settings) == list(before)


def test_an_entry_with_another_name_is_a_further_card_under_its_own_alias(tmp_path: Path) -> None:
    settings = loaded(tmp_path, OWN_CARD)

    assert names(settings)[-1] == "own"
    assert settings.models[-1].alias == "own"


@pytest.mark.parametrize("no", ["false", "no", "env:NO"])
def test_without_the_shipped_models_only_own_ones_are_there(tmp_path: Path, no: str) -> None:
    assert names(loaded(tmp_path, f"shipped_models: {no}\n{OWN_CARD}", {"NO": "off"})) == ["own"]


def test_what_a_card_leaves_out_is_filled_from_what_is_published(tmp_path: Path) -> None:
    sparse = "\n".join(line for line in OWN_CARD.splitlines() if "price" not in line)
    facts = PublishedModel(
        input_price=Decimal(3),
        cached_input_price=Decimal(1),
        output_price=Decimal(4),
        context_tokens=999,
        capabilities=frozenset({Capability.VISION}),
        retires_on=date(2030, 1, 1),
    )

    settings = loaded(
        tmp_path, f"shipped_models: false\n{sparse}", published={"openai/own": facts}.get
    )

    (card,) = settings.models
    assert (card.input_price, card.cached_price, card.output_price) == (
        Decimal(3),
        Decimal(1),
        Decimal(4),
    )
    assert card.context_tokens == 8192, "what the card says stays"
    assert card.capabilities == {Capability.VISION}
    assert card.retires_on == date(2030, 1, 1)


def test_a_published_discount_is_not_applied_to_a_price_of_the_operators(tmp_path: Path) -> None:
    facts = PublishedModel(input_price=Decimal(9), cached_input_price=Decimal(8))

    settings = loaded(tmp_path, OWN_CARD, published={"openai/own": facts}.get)

    assert settings.models[-1].cached_price == 1


def test_a_price_that_nobody_gives_is_told(tmp_path: Path) -> None:
    sparse = "\n".join(line for line in OWN_CARD.splitlines() if "price" not in line)

    assert problems(tmp_path, sparse) == [
        f"p:3: models[own].{key}: neither the card nor LiteLLM's price list gives it: write it"
        for key in ("input_price", "output_price")
    ]


EVERYTHING_WRONG = """\
routing:
  preset: balancd
  prset: best
  value_usd: {cheap: 1}
  max_output_tokens: 1.5
  max_output_tokens: 20
timeouts:
  connect_s: 0
  stall_s: 99999
store: 5
histroy: {}
models:
  - name: gpt-sol
    input_price: -1
    jurisdiction: usa
  - name: gpt-soll
  - name: Own Model
    litellm_id: openai/x
    input_price: 1
    output_price: 1
    context_tokens: 1
    max_output_tokens: 1
    api_key: sk-literal
    weights: opn
  - 7
  - litellm_id: openai/x
  - name: gpt-sol
rules:
  - name: r
    allow: {names: [lama], weights: opn}
  - name: s
"""

LITERAL = "write where the secret is, env:NAME or file:PATH, not the secret itself"
TOLD = f"""\
p:2: routing.preset: must be 'thrifty', 'balanced' or 'best'
p:3: routing.prset: is no setting: did you mean `preset`?
p:4: routing.value_usd.cheap: is no setting
p:5: routing.max_output_tokens: must be a whole number
p:6: routing.max_output_tokens: is given twice, first on line 5
p:8: timeouts.connect_s: must be above 0
p:9: timeouts.stall_s: must be at most 3,600
p:10: store: must be keys with values
p:11: histroy: is no setting: did you mean `history`?
p:14: models[gpt-sol].input_price: must be at least 0
p:15: models[gpt-sol].jurisdiction: must be a country code such as US, or local
p:16: models[gpt-soll]: is no shipped model, and a new one needs litellm_id: did you mean `gpt-sol`?
p:17: models[Own Model].name: must be lower-case letters, digits, dots and dashes
p:17: models[Own Model].hosting: is required
p:17: models[Own Model].jurisdiction: is required
p:17: models[Own Model].quality: is required
p:23: models[Own Model].api_key: {LITERAL}
p:24: models[Own Model].weights: must be 'open' or 'closed'
p:25: models[3]: must be keys with values
p:26: models[4]: needs a name, which is text
p:27: models[gpt-sol]: is described twice: make one entry of it
p:30: rules[r].allow.names[0]: is no model or alias: did you mean `llama`?
p:30: rules[r].allow.weights: must be 'open' or 'closed'
p:31: rules[s]: a rule needs one of allow, deny, require, prefer, pin, ceiling
"""


def test_everything_wrong_is_told_at_once_with_its_line_in_file_order(tmp_path: Path) -> None:
    assert problems(tmp_path, EVERYTHING_WRONG) == TOLD.splitlines()


def test_a_misspelt_key_is_told_as_such_whatever_it_leads_to(tmp_path: Path) -> None:
    assert problems(tmp_path, "discord: {tokn: 'file:none'}", {}) == [
        "p:1: discord.tokn: is no setting: did you mean `token`?"
    ]


@pytest.mark.parametrize(
    ("line", "told"),
    [
        pytest.param("enabled: maybe", "must be true or false", id="boolean"),
        pytest.param("retires_on: 2027-13-01", "must be a date, such as 2026-12-31", id="date"),
        pytest.param("licence: 3.5", "must be text, in quotes if it looks", id="text"),
        pytest.param("needs: 5", "must be a list", id="list"),
        pytest.param("capabilities: x", "must be a list", id="set"),
        pytest.param("parameters: 5", "must be keys with values", id="mapping"),
        pytest.param("first_token_s: soon", "must be a number", id="number"),
        pytest.param("cached_input_price: .nan", "must be a number", id="not a number"),
        pytest.param("check: {url: example.org}", "must begin with https://", id="address"),
        pytest.param("api_base: 5", "write a URL", id="base"),
        pytest.param("api_base: http://far.example", "plain http is only allowed", id="http"),
        pytest.param("parameters: {api_key: x}", "parameters may not set api_key", id="ours"),
        pytest.param("alias: best", "is the name of a preset", id="preset"),
        pytest.param("alias: llama-vllm", "one model's alias is another one's name", id="alias"),
        pytest.param("qualty: {}", "is no setting: did you mean `quality`?", id="unknown"),
    ],
)
def test_a_wrong_line_is_told_in_plain_words(tmp_path: Path, line: str, told: str) -> None:
    (problem,) = problems(tmp_path, f"{OWN_CARD}    {line}\n")

    assert problem.startswith("p:13: models[own]") or "parameters" in told
    assert told in problem


def test_an_unknown_task_class_is_told_with_the_nearest_one(tmp_path: Path) -> None:
    text = "models: [{name: gpt-sol, quality: {maths: 1}}]"

    assert problems(tmp_path, text) == [
        "p:1: models[gpt-sol].quality.maths: is unknown here: did you mean `math`?"
    ]


def test_a_mistake_in_merged_keys_is_told_where_it_is_written(tmp_path: Path) -> None:
    text = "models:\n- name: gpt-luna\n  <<: &x\n    enabled: maybe\n- name: gpt-sol\n  <<: *x\n"

    assert problems(tmp_path, text) == [
        "p:4: models[gpt-luna].enabled: must be true or false",
        "p:4: models[gpt-sol].enabled: must be true or false",
    ]


def test_an_own_card_named_like_a_shipped_alias_is_told_in_the_own_file(tmp_path: Path) -> None:
    text = OWN_CARD.replace("name: own", "name: llama\n    alias: lama")

    assert (
        "p:3: models[llama].name: one model's alias is another one's name"
        in (problems(tmp_path, text)[0])
    )


def test_rules_may_name_models_and_aliases_also_when_other_cards_are_wrong(tmp_path: Path) -> None:
    text = (
        "models: [{name: gpt-sol, enabled: perhaps}]\n"
        "rules: [{name: r, deny: {names: [llama, gpt-sol, nobody-at-all]}}]"
    )

    assert problems(tmp_path, text) == [
        "p:1: models[gpt-sol].enabled: must be true or false",
        "p:2: rules[r].deny.names[2]: is no model or alias",
    ]


def test_the_section_local_model_speaks_for_the_embedded_card(tmp_path: Path) -> None:
    settings = loaded(tmp_path, "local_model: {use: never, context_tokens: 4096}")

    embedded = settings.models[-1]
    assert (embedded.embedded, embedded.enabled, embedded.context_tokens) == (True, False, 4096)
