import pytest

from config.rules import Models, Rule, When
from routing.query import Turn
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

    assert applies(rule, a_query("Read this contract in C++, please", origin=origin)) is expected


def test_words_of_earlier_turns_count_since_they_are_sent_too() -> None:
    rule = Rule(name="r", when=When(words=frozenset({"project falcon"})), deny=ANYTHING)
    history = (Turn("user", "Project  Falcon costs 3M."), Turn("assistant", "Noted."))

    assert applies(rule, a_query("And why is that?", history=history))
    assert not applies(rule, a_query("And why is that?"))
