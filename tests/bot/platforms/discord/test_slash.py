import json
from pathlib import Path
from typing import Any

import pytest

from bot.commands.command import Audience, Command
from bot.commands.everything import COMMANDS
from bot.platforms.discord.slash import MENU, definitions, fingerprint, given
from config.catalog import AttachmentKind
from tests.bot.platforms.discord.saying import raw

DEFINED = definitions(COMMANDS.commands)


def test_every_command_of_the_bot_is_one_on_discord() -> None:
    names = {each["name"] for each in DEFINED}

    assert {command.name for command in COMMANDS.commands} < names
    assert {"ask", "Ask about this message"} < names
    assert len(names) == len(DEFINED) <= 100


BY_NAME = {each["name"]: each for each in DEFINED}
EVERY = pytest.mark.parametrize("command", DEFINED, ids=lambda command: str(command["name"]))


def nodes(command: dict[str, Any]) -> list[dict[str, Any]]:
    """Return a command, its parts and their options."""
    parts = command.get("options", [])
    return [command, *(each for part in parts for each in nodes(part))]


@EVERY
def test_commands_are_there_for_servers_and_people_in_every_kind_of_channel(
    command: dict[str, Any],
) -> None:
    is_for_admins = "default_member_permissions" in command

    assert command["integration_types"] == ([0] if is_for_admins else [0, 1])
    assert command["contexts"] == ([0] if is_for_admins else [0, 1, 2])


@EVERY
def test_commands_keep_to_discords_limits(command: dict[str, Any]) -> None:
    for node in nodes(command):
        choices = node.get("choices", [])
        texts = [node["name"], node.get("description", ""), *(each["name"] for each in choices)]
        required = [each.get("required", False) for each in node.get("options", [])]

        assert 1 <= len(node["name"]) <= 32
        assert node["type"] == 3 or node["name"] == node["name"].lower()
        assert ("description" in node) is (node != BY_NAME[MENU])
        assert all(1 <= len(each) <= 100 for each in texts if each != "")
        assert len(required) <= 25
        assert len(choices) <= 25
        assert not (choices and node.get("autocomplete"))
        assert required == sorted(required, reverse=True)
    assert sum(map(_chars, nodes(command))) <= 8000


def _chars(node: dict[str, Any]) -> int:
    choices = [each["name"] + each["value"] for each in node.get("choices", [])]
    return sum(map(len, [node["name"], node.get("description", ""), *choices]))


def test_options_are_of_the_kinds_discord_has_controls_for() -> None:
    assert "options" not in BY_NAME["why"]
    parts = {each["name"]: each for each in BY_NAME["quota"]["options"]}
    given_to = {each["name"]: each for each in parts["set"]["options"]}

    assert {each["type"] for each in parts.values()} == {1}
    assert "link" not in parts
    assert [given_to[name]["type"] for name in ("user", "role", "channel")] == [6, 8, 7]
    assert [each["value"] for each in given_to["per"]["choices"]][:3] == ["minute", "hour", "day"]
    assert parts["remove"]["options"][0]["autocomplete"]


def test_what_only_admins_may_give_is_shown_to_those_who_may_manage_the_server() -> None:
    for_admins = Command("pause", "stop all spending", audience=Audience.ADMINS)

    (_, pause, _) = definitions([for_admins])

    assert pause["default_member_permissions"] == 32
    assert pause["contexts"] == [0]


def test_the_fingerprint_changes_with_the_commands_and_the_application() -> None:
    mark = fingerprint("1", DEFINED)

    assert mark == fingerprint("1", json.loads(json.dumps(DEFINED)))
    assert len({mark, fingerprint("2", DEFINED), fingerprint("1", DEFINED[1:])}) == 3


def option(name: str, value: str, kind: int = 3) -> dict[str, Any]:
    return {"name": name, "type": kind, "value": value}


SET = [
    option("amount", " $5 "),
    option("scope", "user"),
    option("per", "day"),
    option("zone", "Europe/Berlin"),
    option("user", "42", 6),
]


@pytest.mark.parametrize(
    ("data", "text", "asks_a_model"),
    [
        pytest.param(
            {"name": "ask", "options": [option("question", " tea? ")]}, "tea?", True, id="ask"
        ),
        pytest.param({"name": "why"}, "/why", False, id="no words"),
        pytest.param(
            {"name": "quota", "options": [{"name": "audit", "type": 1, "options": []}]},
            "/quota audit",
            False,
            id="part",
        ),
        pytest.param(
            {"name": "quota", "options": [{"name": "set", "type": 1, "options": SET}]},
            "/quota set user discord:42 $5 per day in Europe/Berlin",
            False,
            id="options in the order they are typed",
        ),
        pytest.param({"name": "gone", "options": []}, "/gone", False, id="no longer ours"),
        pytest.param({"name": "fresh"}, "/fresh", True, id="asks anew"),
        pytest.param({"name": "better", "options": []}, "/better", True, id="asks the best"),
    ],
)
def test_a_command_is_what_somebody_would_have_written(
    data: dict[str, Any], text: str, *, asks_a_model: bool
) -> None:
    command = given({"type": 1, **data}, COMMANDS.commands)

    assert command.text == text
    assert command.asks_a_model is asks_a_model


def test_a_file_comes_with_a_question() -> None:
    file = {"id": "5", "filename": "tea.png", "content_type": "image/png", "size": 9, "url": "u"}
    options = [option("question", "what is it?"), {"name": "file", "type": 11, "value": "5"}]

    command = given(
        {"type": 1, "name": "ask", "options": options, "resolved": {"attachments": {"5": file}}},
        COMMANDS.commands,
    )

    (attachment,) = command.attachments
    assert (attachment.kind, attachment.name, attachment.url) == (
        AttachmentKind.IMAGE,
        "tea.png",
        "u",
    )
    assert attachment.reference == ""


def test_the_menu_hands_over_the_message_it_was_opened_on() -> None:
    message = raw(7, "/quota set everyone $9")
    command = given(
        {
            "type": 3,
            "name": "Ask about this message",
            "target_id": "7",
            "resolved": {"messages": {"7": message}},
        },
        COMMANDS.commands,
    )

    assert command.target is not None
    assert command.target.text == "/quota set everyone $9"
    assert command.asks_a_model


def test_what_is_being_typed_comes_with_the_command_so_far() -> None:
    limit = {**option("limit", "asker us"), "focused": True}
    part = {"name": "remove", "type": 1, "options": [limit]}

    typing = given({"type": 1, "name": "quota", "options": [part]}, COMMANDS.commands)

    assert (typing.text, typing.typing, typing.typed) == ("/quota remove", "limit", "asker us")


def test_discords_own_description_of_its_api_accepts_the_commands() -> None:
    jsonschema = pytest.importorskip("jsonschema")
    path = Path(__file__).parents[5] / "shared/data/discord-openapi.json"
    if not path.exists():
        pytest.skip("Discord's OpenAPI file is not here")
    whole = json.loads(path.read_text(encoding="utf-8"))
    schema = {"$ref": "#/components/schemas/ApplicationCommandUpdateRequest", **whole}

    for command in DEFINED:
        jsonschema.Draft202012Validator(schema).validate(command)
