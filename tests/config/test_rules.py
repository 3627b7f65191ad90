from pathlib import Path

import pytest

from config.rules import Models, Rule, When
from tests.builders import a_card
from tests.config.written import problems


@pytest.mark.parametrize(
    ("models", "expected"),
    [
        pytest.param({"names": {"llama"}}, True, id="alias"),
        pytest.param({"names": {"llama-a"}}, True, id="name"),
        pytest.param({"names": {"llama-b"}}, False, id="other host"),
        pytest.param({"weights": "open"}, True, id="weights"),
        pytest.param({"weights": "closed"}, False, id="other weights"),
        pytest.param({"licences": {"MIT"}}, True, id="licence"),
        pytest.param({"hosting": "self"}, False, id="hosting"),
        pytest.param({"jurisdictions": {"CN", "US"}}, True, id="one of several jurisdictions"),
        pytest.param({"jurisdictions": {"CN"}}, False, id="other jurisdiction"),
        pytest.param({"max_input_price": "0.5"}, True, id="at the price of input"),
        pytest.param({"max_input_price": "0.4"}, False, id="above the price of input"),
        pytest.param({"max_output_price": "1.5"}, True, id="at the price"),
        pytest.param({"max_output_price": "1.4"}, False, id="above the price"),
        pytest.param({"weights": "open", "hosting": "self"}, False, id="all must hold"),
    ],
)
def test_a_description_means_a_model_when_all_of_it_fits(
    models: dict[str, object], expected: bool
) -> None:
    card = a_card("llama-a", alias="llama", licence="MIT")

    assert Models.model_validate(models).include(card) is expected


def test_allow_forbids_every_other_model() -> None:
    rule = Rule(name="r", allow=Models(hosting="self"))

    assert rule.forbids(a_card(hosting="vendor"))
    assert not rule.forbids(a_card(hosting="self"))


@pytest.mark.parametrize(
    ("action", "forbidden"),
    [
        pytest.param({"require": {"capabilities": ["vision"]}}, False, id="it can"),
        pytest.param({"require": {"capabilities": ["vision", "tools"]}}, True, id="not all of it"),
        pytest.param({"require": {"context_tokens": 8192}}, False, id="it holds as much"),
        pytest.param({"require": {"context_tokens": 8193}}, True, id="it holds less"),
        pytest.param({"pin": "llama"}, False, id="pinned by alias"),
        pytest.param({"pin": "llama-a"}, False, id="pinned by name"),
        pytest.param({"pin": "llama-b"}, True, id="another is pinned"),
        pytest.param({"prefer": {"names": ["gpt"]}}, False, id="another is preferred"),
        pytest.param({"ceiling": 0}, False, id="a ceiling, since that is about an answer"),
    ],
)
def test_a_rule_takes_away_what_it_says(action: dict[str, object], forbidden: bool) -> None:
    card = a_card("llama-a", alias="llama", capabilities=["vision"])

    assert Rule.model_validate({"name": "r"} | action).forbids(card) is forbidden


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        pytest.param("", "a rule needs one of allow, deny, require", id="no action"),
        pytest.param("prefer: {}", "say which models are meant", id="nothing preferred"),
        pytest.param("prefer: {worth_usd: 1}", "say either which models", id="no models"),
        pytest.param("prefer: {preset: best, weights: open}", "say either", id="both"),
        pytest.param("prefer: {preset: best, worth_usd: 1}", "its own value", id="a preset's"),
        pytest.param("prefer: {preset: finest}", "must be 'thrifty', 'balanced' or", id="preset"),
        pytest.param("pin: lama", "is no model or alias: did you mean `llama`?", id="pin"),
        pytest.param("prefer: {names: [lama]}", "is no model or alias", id="preferred"),
        pytest.param("{when: {last_models: [lama]}, pin: llama}", "is no model", id="last model"),
        pytest.param("{when: {words: [' ']}, pin: llama}", "must not be empty", id="blank word"),
        pytest.param("{when: {languages: [xx]}, pin: llama}", "must be 'ar'", id="language"),
        pytest.param("{when: {min_budget_used: 2}, pin: llama}", "must be at most 1", id="share"),
        pytest.param("{when: {attachments: [cat]}, pin: llama}", "must be 'image'", id="kind"),
        pytest.param("ceiling: -1", "must be at least 0", id="ceiling"),
    ],
)
def test_a_rule_that_says_nothing_or_too_much_is_a_problem(
    tmp_path: Path, rule: str, told: str
) -> None:
    inner = rule.removeprefix("{").removesuffix("}") if rule.startswith("{") else rule

    (problem,) = problems(tmp_path, f"rules:\n  - {{name: r, {inner}}}\n")

    assert told in problem
    assert problem.startswith("p:2: rules[r]")


def test_a_rule_about_anything_but_who_and_where_is_not_about_origin() -> None:
    assert When(places=frozenset({"a"}), private=False).is_about_origin
    assert not When(places=frozenset({"a"}), max_chars=9).is_about_origin


def test_two_rules_of_one_name_are_a_problem_since_it_says_which_one_decided(
    tmp_path: Path,
) -> None:
    rules = (
        "rules:\n  - {name: r, ceiling: 1}\n  - {name: s, ceiling: 1}\n  - {name: r, ceiling: 2}\n"
    )

    assert problems(tmp_path, rules) == ["p:4: rules[r].name: is the name of a rule before it"]
