"""The commands people find behind `/` and in a message's menu: how they are made known and read."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from bot.commands.command import Command
from bot.platforms.discord.listening import Said
from bot.platforms.discord.reading import attachments_in, said_in
from routing.query import Attachment

ASK: Final = "ask"
MENU: Final = "Ask about this message"
ASKS_A_MODEL: Final = frozenset({"fresh", "better"})
"""Commands whose answer comes from a model: they are seen by all, and wait their turn."""

_SLASH: Final = 1
_MESSAGE_MENU: Final = 3
_STRING: Final = 3
_FILE: Final = 11
_MOST_CHARS: Final = 6000
_DESCRIPTION_CHARS: Final = 100

# Installed to a server or to a person; used in servers, in the bot's and in others' messages.
_EVERYWHERE: Final[Mapping[str, Any]] = {"integration_types": [0, 1], "contexts": [0, 1, 2]}


@dataclass(frozen=True, slots=True)
class Given:
    """A command as somebody gave it.

    Attributes:
        name: Of the command, or of the entry in the message's menu.
        words: What was written behind it.
        target: The message whose menu it was.
        attachments: What came with it.
    """

    name: str
    words: str = ""
    target: Said | None = None
    attachments: tuple[Attachment, ...] = field(default=())

    @property
    def asks_a_model(self) -> bool:
        """Tell whether a model answers, and not the bot itself."""
        return self.target is not None or self.name == ASK or self.name in ASKS_A_MODEL

    @property
    def text(self) -> str:
        """Return what somebody would have written for it."""
        return self.words if self.name == ASK else f"/{self.name} {self.words}".strip()


def definitions(commands: Iterable[Command]) -> list[dict[str, Any]]:
    """Return all commands in the words of Discord's API, the message's menu last."""
    question = {
        "type": _STRING,
        "name": "question",
        "description": "what you want to know",
        "required": True,
        "max_length": _MOST_CHARS,
    }
    file = {"type": _FILE, "name": "file", "description": "what it is about"}
    ask = _command(ASK, "ask anything", [question, file])
    menu = {"type": _MESSAGE_MENU, "name": MENU, **_EVERYWHERE}
    return [ask, *(_of(command) for command in commands), menu]


def _of(command: Command) -> dict[str, Any]:
    if not command.usage:
        return _command(command.name, command.summary, [])
    words = {
        "type": _STRING,
        "name": "words",
        "description": _short(command.usage),
        "max_length": _MOST_CHARS,
    }
    return _command(command.name, command.summary, [words])


def _command(name: str, summary: str, options: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    made = {"type": _SLASH, "name": name, "description": _short(summary), **_EVERYWHERE}
    return {**made, "options": list(options)} if options else made


def _short(text: str) -> str:
    if len(text) <= _DESCRIPTION_CHARS:
        return text
    return f"{text[: _DESCRIPTION_CHARS - 1]}…"


def fingerprint(application_id: str, defined: Sequence[Mapping[str, Any]]) -> str:
    """Return what changes whenever the commands, or whose they are, do."""
    text = json.dumps([application_id, *defined], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def given(data: Mapping[str, Any]) -> Given:
    """Return the command in an interaction's data."""
    name, resolved = str(data["name"]), data.get("resolved") or {}
    if data.get("type") == _MESSAGE_MENU:
        target = said_in(resolved["messages"][str(data["target_id"])])
        return Given(name, target=target, attachments=target.attachments)
    options = {option["name"]: option.get("value") for option in data.get("options") or ()}
    words = options.get("question") or options.get("words") or ""
    file = resolved.get("attachments", {}).get(str(options.get("file", "")))
    return Given(
        name,
        str(words).strip(),
        # No message holds a file of a command: it cannot be found again later.
        attachments=attachments_in([file], "", "") if file else (),
    )
