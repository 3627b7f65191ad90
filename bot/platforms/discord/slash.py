"""The commands people find behind `/` and in a message's menu: how they are made known and read."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from types import MappingProxyType
from typing import Any, Final

from bot.commands.command import Audience, Command
from bot.commands.options import Kind, Option
from bot.commands.words import words_of
from bot.platforms.discord.listening import PLATFORM, Said
from bot.platforms.discord.reading import attachments_in, said_in
from routing.query import Attachment

MENU: Final = "Ask about this message"

ASK: Final = Command(
    "ask",
    "ask anything",
    options=(
        Option("question", "what you want to know", Kind.TEXT, is_required=True),
        Option("file", "what it is about", Kind.FILE),
    ),
    asks_a_model=True,
    is_private=False,
)
"""The words behind it are the question: no command to anybody but Discord."""

_SLASH: Final = 1
_MESSAGE_MENU: Final = 3
_SUBCOMMAND: Final = 1
_STRING: Final = 3
_FILE: Final = 11
_TYPES: Final[Mapping[Kind, int]] = MappingProxyType(
    {Kind.WHOLE_NUMBER: 4, Kind.USER: 6, Kind.CHANNEL: 7, Kind.ROLE: 8, Kind.FILE: _FILE}
)
_MOST_CHARS: Final = 6000
_DESCRIPTION_CHARS: Final = 100
_MOST_CHOICES: Final = 25
_MANAGE_GUILD: Final = 1 << 5

# Installed to a server or to a person; used in servers, in the bot's and in others' messages.
_EVERYWHERE: Final[Mapping[str, Any]] = {"integration_types": [0, 1], "contexts": [0, 1, 2]}
# Nobody is an admin but in a server that has the bot; who else may, its owner says there.
_FOR_ADMINS: Final[Mapping[str, Any]] = {
    "integration_types": [0],
    "contexts": [0],
    "default_member_permissions": _MANAGE_GUILD,
}


@dataclass(frozen=True, slots=True)
class Given:
    """A command as somebody gave it, or gives it just now.

    Attributes:
        text: What somebody would have written for it.
        asks_a_model: Whether a model answers, and not the bot itself.
        is_private: Whether nobody else sees the answer.
        target: The message whose menu it was.
        attachments: What came with it.
        typing: The option that is being typed; empty for none.
        typed: What stands there so far.
        values: The options it was given, by name.
    """

    text: str
    asks_a_model: bool = False
    is_private: bool = True
    target: Said | None = None
    attachments: tuple[Attachment, ...] = ()
    typing: str = ""
    typed: str = ""
    values: Mapping[str, str] = field(default_factory=dict)


def definitions(commands: Iterable[Command]) -> list[dict[str, Any]]:
    """Return all commands in the words of Discord's API, the message's menu last."""
    menu = {"type": _MESSAGE_MENU, "name": MENU, **_EVERYWHERE}
    offered = [each for each in commands if each.audience is not Audience.OPERATOR]
    return [*map(_command, (ASK, *offered)), menu]


def _command(command: Command) -> dict[str, Any]:
    where = _FOR_ADMINS if command.audience is Audience.ADMINS else _EVERYWHERE
    return {"type": _SLASH, **_named(command), **where}


def _subcommand(command: Command) -> dict[str, Any]:
    return {"type": _SUBCOMMAND, **_named(command)}


def _named(command: Command) -> dict[str, Any]:
    """Return what a command and a part of it are written alike with."""
    offered = [each for each in command.subcommands if each.audience is not Audience.OPERATOR]
    # Discord wants what is required before what is not.
    in_order = sorted(map(partial(_asked, command), command.options), key=_is_left_out)
    options = [*map(_subcommand, offered), *map(_option, in_order)]
    named = {"name": command.name, "description": _short(command.summary)}
    return {**named, "options": options} if options else named


def _asked(command: Command, option: Option) -> Option:
    """Return an option as Discord has to insist on it: what a form asks for may be left out."""
    return replace(option, is_required=False) if command.has_form else option


def _is_left_out(option: Option) -> bool:
    return not option.is_required


def _option(option: Option) -> dict[str, Any]:
    made: dict[str, Any] = {
        "type": _TYPES.get(option.kind, _STRING),
        "name": option.name,
        "description": _short(option.summary),
    }
    if option.is_required:
        made["required"] = True
    if 0 < len(option.choices) <= _MOST_CHOICES:
        made["choices"] = [{"name": each, "value": each} for each in option.choices]
    elif option.has_suggestions:
        made["autocomplete"] = True
    elif made["type"] == _STRING:
        made["max_length"] = _MOST_CHARS
    return made


def _short(text: str) -> str:
    if len(text) <= _DESCRIPTION_CHARS:
        return text
    return f"{text[: _DESCRIPTION_CHARS - 1]}…"


def fingerprint(application_id: str, defined: Sequence[Mapping[str, Any]]) -> str:
    """Return what changes whenever the commands, or whose they are, do."""
    text = json.dumps([application_id, *defined], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def given(data: Mapping[str, Any], commands: Iterable[Command]) -> Given:
    """Return the command in an interaction's data.

    Args:
        data: As Discord sends it.
        commands: All there are; one that is known to Discord alone is no longer any of ours.
    """
    name, resolved = str(data["name"]), data.get("resolved") or {}
    if data.get("type") == _MESSAGE_MENU:
        target = said_in(resolved["messages"][str(data["target_id"])])
        return Given(
            "", asks_a_model=True, is_private=False, target=target, attachments=target.attachments
        )
    command = next((each for each in (ASK, *commands) if each.name == name), Command(name, ""))
    return _filled_in(command, data.get("options") or (), resolved)


def _filled_in(
    command: Command, options: Sequence[Mapping[str, Any]], resolved: Mapping[str, Any]
) -> Given:
    text = f"/{command.name}"
    if options and options[0].get("type") == _SUBCOMMAND:
        verb, options = str(options[0]["name"]), options[0].get("options") or ()
        command = command.subcommand(verb) or Command(verb, "")
        text = f"{text} {verb}"
    typing = next((each for each in options if each.get("focused")), None)
    if typing is not None:
        return Given(text, typing=str(typing["name"]), typed=str(typing.get("value", "")))
    values = {str(each["name"]): _value(each) for each in options}
    words = words_of(command.options, values)
    file_ids = [str(each.get("value")) for each in options if each.get("type") == _FILE]
    files = [resolved.get("attachments", {}).get(each) for each in file_ids]
    return Given(
        words if command is ASK else f"{text} {words}".strip(),
        command.asks_a_model,
        command.is_private,
        # No message holds a file of a command: it cannot be found again later.
        attachments=attachments_in([file for file in files if file], "", ""),
        values={name: value for name, value in values.items() if value},
    )


def _value(option: Mapping[str, Any]) -> str:
    """Return what somebody would have typed for an option; a file cannot be typed."""
    value = str(option.get("value", "")).strip()
    if option.get("type") == _FILE:
        return ""
    return f"{PLATFORM}:{value}" if option.get("type") == _TYPES[Kind.USER] else value
