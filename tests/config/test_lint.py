"""What is legal but surely not meant gets a sentence."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.lint import lint
from config.references import Resolved, Unset
from config.rule_lint import COMPARED, covers
from config.rules import Rule, When
from config.settings import Settings
from routing.rule_matching import applies
from tests.builders import a_card, a_query, an_origin

TODAY = date(2026, 11, 24)


def warnings(*rules: dict[str, Any], **settings: Any) -> tuple[str, ...]:
    named = [{"name": f"r{number}", **rule} for number, rule in enumerate(rules)]
    given = {"models": (a_card("llama"), a_card("gpt", weights="closed")), "rules": tuple(named)}
    return lint(Settings.model_validate(given | settings), TODAY)


@pytest.mark.parametrize(
    ("is_switched_on", "told"), [pytest.param(False, 1, id="off"), pytest.param(True, 0, id="on")]
)
def test_channels_that_discord_hands_over_no_text_of_are_told(
    *, is_switched_on: bool, told: int
) -> None:
    discord = {"always_answer": ["1234567"], "message_content": is_switched_on}

    assert len([each for each in warnings(discord=discord) if "intent" in each]) == told


@pytest.mark.parametrize(
    ("slack", "told"),
    [
        pytest.param({"install": {"client_id": "1.2"}}, "slack.public_url", id="no address"),
        pytest.param(
            {"install": {"client_id": "1.2"}, "public_url": "https://bot.example.com"}, "", id="one"
        ),
        pytest.param(
            {"install": {"client_id": "1.2"}, "bot_token": Resolved("xoxb-1", "env:X")},
            "slack.install does nothing",
            id="and one workspace besides",
        ),
        pytest.param({"bot_token": Resolved("xoxb-1", "env:X")}, "", id="one workspace"),
    ],
)
def test_installing_that_cannot_work_is_told(slack: dict[str, object], told: str) -> None:
    said = [each for each in warnings(slack=slack) if each.startswith("slack.")]

    assert [each.startswith(told) for each in said] == ([True] if told else [])


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
    assert warnings({"when": {"private": True}, "allow": {"jurisdictions": ["CH"]}}) == (
        "the rule `r0` leaves no model: allow more or deny less.",
    )


def test_rules_that_together_leave_no_model_are_told_at_the_last() -> None:
    assert warnings(
        {"deny": {"weights": "closed"}},
        {"deny": {"names": ["llama"]}},
        {"when": {"private": True}, "deny": {"names": ["gpt"]}},
    ) == (
        "the rule `r1` leaves no model after the rules before it: allow more or deny less.",
        "the rule `r2` is never reached: where it applies, `r0` and `r1` leave no model.",
    )


@pytest.mark.parametrize(
    ("first", "second"),
    [
        pytest.param({"pin": "llama"}, {"pin": "gpt"}, id="two pins"),
        pytest.param({"deny": {"names": ["gpt"]}}, {"pin": "gpt"}, id="a pin of a denied model"),
        pytest.param({"allow": {"names": ["gpt"]}}, {"deny": {"weights": "closed"}}, id="allow"),
        pytest.param(
            {"deny": {"names": ["gpt"]}}, {"require": {"capabilities": ["vision"]}}, id="require"
        ),
    ],
)
def test_a_contradiction_is_told_where_both_apply(
    first: dict[str, Any], second: dict[str, Any]
) -> None:
    here = {"when": {"places": ["a", "b"]}}
    there = {"when": {"places": ["a"], "private": False}}
    models = (a_card("llama"), a_card("gpt", weights="closed", capabilities=["vision"]))

    told = warnings(first | here, second | there, models=models)
    elsewhere = warnings(first | there, second | here, models=models)

    assert told == (
        "the rule `r1` leaves no model after the rules before it: allow more or deny less.",
    )
    assert elsewhere == ()


@pytest.mark.parametrize(
    ("first", "second"),
    [
        pytest.param({"deny": {"weights": "closed"}}, {"deny": {"names": ["gpt"]}}, id="deny"),
        pytest.param({"pin": "llama"}, {"allow": {"weights": "open"}}, id="allow"),
        pytest.param({"pin": "llama"}, {"prefer": {"names": ["gpt"]}}, id="prefer"),
        pytest.param({"ceiling": 1}, {"ceiling": 2}, id="a looser ceiling"),
    ],
)
def test_a_rule_with_nothing_left_to_do_is_told(
    first: dict[str, Any], second: dict[str, Any]
) -> None:
    when = {"when": {"private": True}}
    closed = [a_card(name, weights="closed") for name in ("gpt", "claude")]
    models = (a_card("llama"), a_card("qwen"), *closed)

    (warning,) = warnings(first | when, second | when, models=models)

    assert warning.startswith("the rule `r1` changes nothing with these models: `r0` did it")
    assert warnings(second | when, first | when, models=models) == ()


@pytest.mark.parametrize(
    ("when", "told"),
    [
        pytest.param({"min_tokens": 9, "max_tokens": 8}, "min_tokens is above", id="tokens"),
        pytest.param({"min_chars": 1, "max_chars": 0}, "min_chars is above", id="chars"),
        pytest.param({"platforms": ["Discord"]}, "platforms are discord, slack", id="platform"),
        pytest.param({"askers": ["1234"]}, "askers are written with", id="asker"),
    ],
)
def test_circumstances_that_never_hold_are_told(when: dict[str, Any], told: str) -> None:
    (warning,) = warnings({"when": when, "deny": {"names": ["gpt"]}})

    assert warning.startswith(f"the rule `r0` never applies: {told}")


def test_a_model_that_is_set_up_and_admitted_by_nothing_is_told() -> None:
    assert warnings({"deny": {"weights": "closed"}}) == (
        (
            "the rule `r0` never lets gpt answer, though set up: "
            "give it a `when`, or say enabled: false."
        ),
    )


@pytest.mark.parametrize(
    "rules",
    [
        pytest.param([{"deny": {"jurisdictions": ["CN"]}}], id="for a model yet to come"),
        pytest.param(
            [{"when": {"private": True}, "pin": "gpt"}, {"when": {"roles": ["a"]}, "pin": "gpt"}],
            id="neither covers the other",
        ),
        pytest.param([{"prefer": {"weights": "open"}}] * 2, id="an order"),
        pytest.param([{"prefer": {"preset": "best"}}, {"ceiling": 1}], id="a preset"),
    ],
)
def test_a_rule_that_may_matter_is_not_told(rules: list[dict[str, Any]]) -> None:
    assert warnings(*rules) == ()


def test_every_circumstance_is_compared() -> None:
    assert COMPARED.keys() == When.model_fields.keys()


WHENS: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {},
    optional={
        "private": st.booleans(),
        "places": st.sets(st.sampled_from(["a", "b"]), min_size=1),
        "roles": st.sets(st.sampled_from(["x", "y"]), min_size=1),
        "words": st.sets(st.sampled_from(["red", "blue"]), min_size=1),
        "tasks": st.sets(st.sampled_from(["general", "code"]), min_size=1),
        "min_chars": st.integers(0, 12),
        "max_chars": st.integers(0, 12),
        "min_budget_used": st.sampled_from([0.0, 0.5, 1.0]),
        "hours": st.sampled_from([{"end": "12:00"}, {"begin": "12:00"}]),
    },
)


@given(
    WHENS, WHENS, st.sampled_from(["red", "blue red", "a ``` code", ""]),
    st.booleans(), st.sampled_from("abc"), st.sets(st.sampled_from("xyz")),
    st.integers(0, 23), st.sampled_from([0.0, 0.6, 1.0]),
)  # fmt: skip
def test_what_covers_another_holds_wherever_that_does(  # noqa: PLR0913, PLR0917 # what hypothesis draws
    wide: dict[str, Any], narrow: dict[str, Any], text: str,
    private: bool, place: str, roles: set[str], hour: int, used: float,
) -> None:  # fmt: skip
    first, second = When.model_validate(wide), When.model_validate(narrow | wide)
    origin = an_origin(private=private, place=place, roles=frozenset(roles))
    query = a_query(text, origin=origin, asked_at=datetime(2026, 11, 24, hour, tzinfo=UTC))

    def holds(when: When) -> bool:
        return applies(Rule(name="r", when=when, ceiling=Decimal(1)), query, used)

    assert covers(first, second)
    for one, other in [(first, When.model_validate(narrow)), (second, first)]:
        assert not covers(one, other) or holds(one) >= holds(other)


def test_switched_off_models_do_not_count() -> None:
    models = (a_card("llama", enabled=False), a_card("gpt", weights="closed"))

    assert len(warnings({"allow": {"weights": "open"}}, models=models)) == 1
