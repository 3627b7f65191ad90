from dataclasses import replace

import pytest

from bot.commands.everything import COMMANDS
from bot.commands.forms import Form, form_for, form_named, form_to_change
from bot.platforms.port import Message
from tests.bot.office import a_message

ALL = COMMANDS.commands


def an_order(text: str, *, is_admin: bool = True) -> Message:
    return a_message(text=text, is_admin=is_admin)


def the_form(name: str) -> Form:
    found = form_named(name, ALL)
    assert found
    return found


@pytest.mark.parametrize(
    "name",
    ["/quota set", "/quota grant", "/access allow", "/access deny", "/preset set", "/persona set"],
)
def test_a_command_that_says_too_little_has_a_form(name: str) -> None:
    form = form_for(an_order(name), ALL)

    assert form
    assert form.name == name
    assert form.options == the_form(name).options


@pytest.mark.parametrize(
    ("text", "is_admin"),
    [
        pytest.param("/quota", True, id="no more is needed"),
        pytest.param("/quota set asker $5", True, id="there are words"),
        pytest.param("/quota set", False, id="not for an admin"),
        pytest.param("/quoat set", True, id="there is no such command"),
        pytest.param("what is tea?", True, id="a question"),
    ],
)
def test_otherwise_there_is_none(text: str, *, is_admin: bool) -> None:
    assert form_for(an_order(text, is_admin=is_admin), ALL) is None


def test_what_was_given_stands_in_it_until_nothing_is_missing() -> None:
    message = an_order("/quota set user $5")

    some = form_for(message, ALL, {"amount": "$5"})

    assert some
    assert some.values == {"amount": "$5"}
    assert form_for(message, ALL, {"amount": "$5", "scope": "user"}) is None


def test_what_is_filled_in_reads_as_if_it_was_typed() -> None:
    values = {"amount": " $5 ", "scope": "user", "user": "U1", "per": "day", "zone": "Asia/Tokyo"}

    assert the_form("/quota set").text(values) == "/quota set user U1 $5 per day in Asia/Tokyo"
    assert the_form("/persona set").text({"text": "a\nb", "where": "server"}) == (
        "/persona set for server a\nb"
    )


def test_what_belongs_to_another_choice_is_a_misfit() -> None:
    misfits = the_form("/quota set").misfits({"scope": "role", "user": "U1", "amount": "$5"})

    assert misfits == {"user": "This goes with user, not with role."}
    assert the_form("/preset set").misfits({"preset": "best", "where": "here"}) == {}


def test_where_room_is_short_those_share_a_field_of_which_one_is_given() -> None:
    form = replace(the_form("/quota set"), values={"scope": "user", "user": "discord:1"})

    narrow = form.at_most(5)

    assert [each.name for each in narrow.options] == ["scope", "who", "amount", "unit", "per"]
    assert narrow.values == {"scope": "user", "who": "discord:1"}
    assert narrow.text({"scope": "user", "who": "me", "amount": "$5"}) == "/quota set user me $5"
    assert form.at_most(8) is form


@pytest.mark.parametrize(
    ("words", "values"),
    [
        pytest.param(
            "asker slack:U1 usd per day",
            {"scope": "user", "user": "slack:U1", "unit": "usd", "per": "day"},
            id="of a person",
        ),
        pytest.param(
            "place C024LEGAL tokens per week",
            {"scope": "channel", "channel": "C024LEGAL", "unit": "tokens", "per": "week"},
            id="of a channel",
        ),
        pytest.param("asker at-once", {"scope": "user", "unit": "at-once"}, id="of each"),
    ],
)
def test_what_a_limit_is_named_by_is_filled_in(words: str, values: dict[str, str]) -> None:
    form = form_to_change(an_order(f"/quota set {words}"), ALL)

    assert form
    assert form.values == values


def test_no_form_is_filled_in_for_what_it_could_not_say() -> None:
    assert form_to_change(an_order("/quota set server G1 usd per day"), ALL) is None
    assert form_to_change(an_order("/quota set nonsense"), ALL) is None
    assert form_to_change(an_order("/preset set best"), ALL) is None
