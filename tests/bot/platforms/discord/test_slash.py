import json
from pathlib import Path
from typing import Any

import pytest

from bot.commands.everything import COMMANDS
from bot.platforms.discord.slash import definitions, fingerprint, given
from config.catalog import AttachmentKind
from tests.bot.platforms.discord.saying import raw

DEFINED = definitions(COMMANDS.commands)


def test_every_command_of_the_bot_is_one_on_discord() -> None:
    names = {each["name"] for each in DEFINED}

    assert {command.name for command in COMMANDS.commands} < names
    assert {"ask", "Ask about this message"} < names
    assert len(names) == len(DEFINED) <= 100


@pytest.mark.parametrize("command", DEFINED, ids=lambda command: str(command["name"]))
def test_commands_are_there_for_servers_and_people_in_every_kind_of_channel(
    command: dict[str, Any],
) -> None:
    assert command["integration_types"] == [0, 1]
    assert command["contexts"] == [0, 1, 2]


@pytest.mark.parametrize("command", DEFINED, ids=lambda command: str(command["name"]))
def test_commands_keep_to_discords_limits(command: dict[str, Any]) -> None:
    options = command.get("options", [])

    assert 1 <= len(command["name"]) <= 32
    assert len(command.get("description", "")) <= 100
    assert ("description" in command) is (command["type"] == 1)
    assert all(len(each["description"]) <= 100 for each in options)


def test_a_command_without_words_takes_none() -> None:
    by_name = {each["name"]: each for each in DEFINED}

    assert "options" not in by_name["why"]
    assert [each["name"] for each in by_name["quota"]["options"]] == ["words"]


def test_the_fingerprint_changes_with_the_commands_and_the_application() -> None:
    mark = fingerprint("1", DEFINED)

    assert mark == fingerprint("1", json.loads(json.dumps(DEFINED)))
    assert len({mark, fingerprint("2", DEFINED), fingerprint("1", DEFINED[1:])}) == 3


def option(name: str, value: str) -> dict[str, Any]:
    return {"name": name, "type": 3, "value": value}


@pytest.mark.parametrize(
    ("data", "text", "asks_a_model"),
    [
        pytest.param(
            {"name": "ask", "options": [option("question", " tea? ")]}, "tea?", True, id="ask"
        ),
        pytest.param({"name": "why"}, "/why", False, id="no words"),
        pytest.param(
            {"name": "quota", "options": [option("words", "audit")]},
            "/quota audit",
            False,
            id="words",
        ),
        pytest.param({"name": "fresh"}, "/fresh", True, id="asks anew"),
        pytest.param({"name": "better", "options": []}, "/better", True, id="asks the best"),
    ],
)
def test_a_command_is_what_somebody_would_have_written(
    data: dict[str, Any], text: str, *, asks_a_model: bool
) -> None:
    command = given({"type": 1, **data})

    assert command.text == text
    assert command.asks_a_model is asks_a_model


def test_a_file_comes_with_a_question() -> None:
    file = {"id": "5", "filename": "tea.png", "content_type": "image/png", "size": 9, "url": "u"}
    options = [option("question", "what is it?"), {"name": "file", "type": 11, "value": "5"}]

    command = given(
        {"type": 1, "name": "ask", "options": options, "resolved": {"attachments": {"5": file}}}
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
        }
    )

    assert command.target is not None
    assert command.target.text == "/quota set everyone $9"
    assert command.asks_a_model


def test_discords_own_description_of_its_api_accepts_the_commands() -> None:
    jsonschema = pytest.importorskip("jsonschema")
    path = Path(__file__).parents[5] / "shared/data/discord-openapi.json"
    if not path.exists():
        pytest.skip("Discord's OpenAPI file is not here")
    whole = json.loads(path.read_text(encoding="utf-8"))
    schema = {"$ref": "#/components/schemas/ApplicationCommandUpdateRequest", **whole}

    for command in DEFINED:
        jsonschema.Draft202012Validator(schema).validate(command)
