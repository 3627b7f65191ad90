from typing import Literal

import pytest

from bot.platforms.buttons import custom_id, parse_custom_id
from bot.platforms.presses import asked_by_in, may_press


@pytest.mark.parametrize("verb", ["stop", "regenerate", "better"])
@pytest.mark.parametrize(
    ("is_asker", "is_admin", "is_direct", "buttons_for", "may"),
    [
        pytest.param(True, False, False, "asker", True, id="the asker"),
        pytest.param(False, False, False, "asker", False, id="somebody else"),
        pytest.param(False, True, False, "asker", True, id="an admin"),
        pytest.param(False, False, False, "everyone", True, id="everyone may"),
        pytest.param(False, False, True, "asker", True, id="alone with the bot"),
    ],
)
def test_what_costs_or_ends_is_the_askers(
    verb: str,
    buttons_for: Literal["asker", "everyone"],
    *,
    is_asker: bool,
    is_admin: bool,
    is_direct: bool,
    may: bool,
) -> None:
    is_allowed = may_press(
        verb,
        is_asker=is_asker,
        is_admin=is_admin,
        is_direct=is_direct,
        buttons_for=buttons_for,
    )

    assert is_allowed is may


@pytest.mark.parametrize("verb", ["why", "good", "bad"])
def test_whoever_sees_an_answer_may_judge_it_and_ask_why(verb: str) -> None:
    assert may_press(verb, is_asker=False, is_admin=False, is_direct=False, buttons_for="asker")


@pytest.mark.parametrize("asked", ["abc123", "T1:C1:1764072000.000100", "T1:13345.738.80889308"])
def test_a_button_is_known_by_its_name(asked: str) -> None:
    verb, name = parse_custom_id(custom_id("why", f"{asked}-U11")) or ("", "")

    assert verb == "why"
    assert asked_by_in(name) == (asked, "U11")
    assert asked_by_in(asked) == (asked, "")


@pytest.mark.parametrize("name", ["another:why:abc", "pointsman:why:", "pointsman:why:a b"])
def test_what_is_no_button_of_ours_is_left_alone(name: str) -> None:
    assert parse_custom_id(name) is None
