import json
from typing import Any

from bot.commands.options import Suggestion
from bot.platforms.buttons import custom_id
from bot.platforms.slack.home import CHANGE, MODEL, Part, home_of
from bot.platforms.slack.listening import NO_GUESTS
from tests.bot.platforms.slack.saying import TEAM, Ear, enveloped

OPENED = {"type": "app_home_opened", "user": "U11", "channel": "D70", "tab": "home"}


def chosen(value: str, **changes: Any) -> dict[str, Any]:
    """Build a choice in App Home."""
    select = {"type": "static_select", "action_id": custom_id("home", MODEL)}
    return {
        "type": "block_actions",
        "team": {"id": TEAM},
        "user": {"id": "U11"},
        "container": {"type": "view"},
        "view": {"type": "home", "private_metadata": "D70"},
        "trigger_id": "13349.738.80889312",
        "actions": [{**select, "selected_option": {"value": value}}],
        **changes,
    }


async def test_home_tells_by_the_commands_that_tell_everywhere() -> None:
    ear = Ear()

    await ear.hear(OPENED)

    ((person, home),) = ear.web.homes
    told = json.dumps(home)
    assert person == "U11"
    assert home["private_metadata"] == "D70"
    assert "/quota show" not in told  # `/usage` begins with what is left
    assert '"/model of"' in told
    assert "does not answer" in told  # that is what comes of `/usage` here
    assert "/quota set" not in told


def test_home_shows_names() -> None:
    home = home_of((Part("What is left", "- asker <@U11> $2.00 per day <!here>"),), (), "D70")

    said = home["blocks"][1]["text"]["text"]
    assert said == "• asker <@U11> $2.00 per day &lt;\u200b!here&gt;"


def test_limits_that_can_be_changed_are_shown_by_name() -> None:
    limits = [
        Suggestion("asker slack:U11 usd per day", "asker slack:U11: $2", "asker <@U11> $2 per day"),
        Suggestion("everyone usd per day", "everyone usd per day: $9"),
    ]

    home = home_of((), (), "D70", limits=limits)

    rows = [each for each in home["blocks"] if each["type"] == "section"]
    assert [each["text"]["text"] for each in rows] == [
        "asker <@U11> $2 per day",
        "everyone usd per day: $9",
    ]
    assert [each["accessory"]["value"] for each in rows] == [
        "/quota set asker slack:U11 usd per day",
        "/quota set everyone usd per day",
    ]


async def test_an_admin_is_told_how_to_change_limits() -> None:
    ear = Ear()

    await ear.hear({**OPENED, "user": "U12"})

    told = json.dumps(ear.web.homes[0][1])
    assert "Set a limit" in told
    assert "/quota remove, limit:  by U12" in told
    assert '"Change"' in told


async def test_a_button_at_a_limit_opens_its_form_with_what_it_names() -> None:
    ear = Ear()
    hearing = ear.hearing()
    change = {"type": "button", "action_id": custom_id("home", f"{CHANGE}.0")}
    named = "/quota set asker slack:U11 usd per day"

    await hearing.action(chosen("", user={"id": "U12"}, actions=[{**change, "value": named}]))
    await hearing.settled()

    ((trigger_id, view),) = ear.web.opened
    begun = {block["block_id"]: block["element"] for block in view["blocks"][1:]}
    assert trigger_id == "13349.738.80889312"
    assert begun["scope"]["initial_option"]["value"] == "user"
    assert begun["user"]["initial_user"] == "U11"
    assert begun["per"]["initial_option"]["value"] == "day"
    assert begun["unit"]["initial_option"]["value"] == "usd"
    assert "initial_value" not in begun["amount"]


async def test_somebody_who_is_no_admin_any_more_is_asked_nothing() -> None:
    ear = Ear()
    hearing = ear.hearing()
    change = {"type": "button", "action_id": custom_id("home", CHANGE), "value": "/quota set"}

    await hearing.action(chosen("", actions=[change]))
    await hearing.settled()

    assert ear.web.opened == []


async def test_a_model_that_is_chosen_is_seen_at_once() -> None:
    ear = Ear()
    hearing = ear.hearing()

    await hearing.action(chosen("thrifty"))
    await hearing.settled()

    ((person, home),) = ear.web.homes
    assert person == "U11"
    assert home["blocks"][0]["text"]["text"] == "/model thrifty of"


def test_a_long_answer_stays_within_what_slack_takes() -> None:
    rows = "\n".join(f"| ada{number} | {number} & <more> |" for number in range(800))
    part = Part("Your usage", f"| who | what |\n|---|---|\n{rows}")

    limits = [Suggestion(f"asker U{number} usd", "a <limit> " * 99) for number in range(25)]

    home = home_of([part] * 3, ["auto"], "D70", told=part.text, limits=limits)

    assert len(home["blocks"]) <= 100
    sections = [block for block in home["blocks"] if block["type"] == "section"]
    assert all(0 < len(block["text"]["text"]) <= 3000 for block in sections)


async def test_a_guest_who_is_not_answered_is_told_so_and_chooses_nothing() -> None:
    ear = Ear()
    hearing = ear.hearing(guests=False)

    await hearing.event(TEAM, "", enveloped({**OPENED, "user": "U13"}))
    await hearing.action(chosen("thrifty", user={"id": "U13"}))
    await hearing.settled()

    shown = [[block["text"]["text"] for block in home["blocks"]] for _, home in ear.web.homes]
    assert shown == [[NO_GUESTS], [NO_GUESTS]]
