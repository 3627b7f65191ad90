from datetime import UTC, datetime

import pytest

from config.catalog import AttachmentKind
from config.rules import Models, Rule, When
from routing.query import Attachment, LastAnswer, Turn
from routing.rule_matching import applies
from tests.builders import a_query, an_origin

ANYTHING = Models(weights="open")


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        pytest.param({}, True, id="empty is always"),
        pytest.param({"platforms": {"slack"}}, True, id="platform"),
        pytest.param({"platforms": {"discord"}}, False, id="other platform"),
        pytest.param({"tenants": {"acme"}, "places": {"legal"}}, True, id="tenant and place"),
        pytest.param({"tenants": {"acme"}, "places": {"sales"}}, False, id="all must hold"),
        pytest.param({"private": True}, False, id="private"),
        pytest.param({"private": False}, True, id="in public"),
        pytest.param({"roles": {"r9", "r1"}}, True, id="one role of several"),
        pytest.param({"roles": {"r9"}}, False, id="no such role"),
        pytest.param({"askers": {"slack:u1"}}, True, id="asker"),
        pytest.param({"askers": {"discord:u1"}}, False, id="same id on another platform"),
        pytest.param({"words": {"CONTRACT"}}, True, id="word, case ignored"),
        pytest.param({"words": {"tract"}}, False, id="part of a word"),
        pytest.param({"words": {"read this"}}, True, id="phrase"),
        pytest.param({"words": {"c++"}}, True, id="word of signs"),
        pytest.param({"words": {".*"}}, False, id="no pattern"),
        pytest.param({"patterns": {r"c\+\+"}}, False, id="pattern, case not ignored"),
        pytest.param({"patterns": {r"(?i)c\+\+", "x"}}, True, id="one pattern of two"),
        pytest.param({"words": {"read"}, "patterns": {"x"}}, False, id="words and patterns"),
        pytest.param({"languages": {"de", "en"}}, True, id="language"),
        pytest.param({"languages": {"de"}}, False, id="other language"),
        pytest.param({"attachments": {"image", "audio"}}, True, id="one attachment of several"),
        pytest.param({"attachments": {"video"}}, False, id="no such attachment"),
        pytest.param({"tasks": {"general"}}, True, id="task"),
        pytest.param({"tasks": {"math", "code"}}, False, id="other tasks"),
        pytest.param({"min_chars": 41, "max_chars": 41}, True, id="exactly so many characters"),
        pytest.param({"min_chars": 42}, False, id="too few characters"),
        pytest.param({"max_chars": 40}, False, id="too many characters"),
        pytest.param({"min_tokens": 8, "max_tokens": 14}, True, id="tokens"),
        pytest.param({"min_tokens": 100}, False, id="too few tokens"),
        pytest.param({"max_tokens": 3}, False, id="too many tokens"),
        pytest.param({"hours": {"begin": "12:00", "end": "13:00"}}, True, id="hours"),
        pytest.param({"hours": {"begin": "13:00"}}, False, id="other hours"),
        pytest.param({"min_budget_used": 0.5}, True, id="half of the budget, and half is used"),
        pytest.param({"min_budget_used": 0.6}, False, id="not so much of the budget"),
        pytest.param({"last_models": {"llama"}}, True, id="last model by alias"),
        pytest.param({"last_models": {"llama-a", "x"}}, True, id="last model by name"),
        pytest.param({"last_models": {"gpt"}}, False, id="another model was last"),
    ],
)
def test_a_rule_applies_when_all_its_circumstances_hold(
    when: dict[str, object], expected: bool
) -> None:
    origin = an_origin(
        platform="slack", tenant="acme", place="legal", person="u1", private=False,
        roles=frozenset({"r1", "r2"}),
    )  # fmt: skip
    rule = Rule(name="r", when=When.model_validate(when), deny=ANYTHING)
    query = a_query(
        "Read this contract in C++, please, and it",
        origin=origin,
        attachments=(Attachment(AttachmentKind.TEXT), Attachment(AttachmentKind.IMAGE)),
        asked_at=datetime(2026, 11, 24, 12, 30, tzinfo=UTC),
        last_answer=LastAnswer("llama-a", "llama"),
    )

    assert applies(rule, query, budget_used=0.5) is expected


def test_a_query_at_no_known_time_is_under_every_rule_about_hours() -> None:
    rule = Rule(name="r", when=When.model_validate({"hours": {"end": "00:01"}}), deny=ANYTHING)

    assert applies(rule, a_query())


def test_a_conversation_that_begins_has_no_last_model() -> None:
    rule = Rule(name="r", when=When(last_models=frozenset({"llama"})), deny=ANYTHING)

    assert not applies(rule, a_query())


@pytest.mark.parametrize(
    "when", [{"words": {"project falcon"}}, {"patterns": {r"\d+M\b"}}], ids=["words", "patterns"]
)
def test_what_earlier_turns_say_counts_since_they_are_sent_too(when: dict[str, object]) -> None:
    rule = Rule(name="r", when=When.model_validate(when), deny=ANYTHING)
    history = (Turn("user", "Project  Falcon costs 3M."), Turn("assistant", "Noted."))

    assert applies(rule, a_query("And why is that?", history=history))
    assert not applies(rule, a_query("And why is that?"))


@pytest.mark.parametrize(
    "hidden",
    [
        pytest.param("_Falke_", id="italics"),
        pytest.param("Projekt_Falke.docx", id="a file's name"),
        pytest.param("Fal\u00adke", id="a soft hyphen"),
        pytest.param("F\u200balke", id="a space without width"),
        pytest.param("\uff26\uff41\uff4c\uff4b\uff45", id="full-width letters"),
    ],
)
def test_no_way_of_writing_hides_a_word_from_a_rule(hidden: str) -> None:
    rule = Rule(name="words", when=When(words=frozenset({"falke"})), deny=Models(hosting="vendor"))

    assert applies(rule, a_query(f"What of {hidden}?"))


def test_letters_of_two_parts_are_the_same_letters() -> None:
    when = When(words=frozenset({"\u00c4rzte"}))

    rule = Rule(name="words", when=when, deny=Models(hosting="vendor"))

    assert applies(rule, a_query("Welche A\u0308rzte?"))
