"""What a command is, and all there are."""

import difflib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from bot.platforms.port import Message, Notice
from config.settings import Settings
from routing.learning import Learning
from routing.ports import Accounts, Exchange, History, Ledger, Limits
from routing.posts import PostIndex
from routing.router import Router


@dataclass(frozen=True, slots=True)
class Services:
    """What commands work with."""

    settings: Settings
    router: Router
    history: History
    ledger: Ledger
    accounts: Accounts
    limits: Limits
    learning: Learning
    posts: PostIndex


@dataclass(frozen=True, slots=True)
class Invocation:
    """A command as somebody gave it: its words after the name, and the message they stood in."""

    words: str
    message: Message
    services: Services


@dataclass(frozen=True, slots=True)
class AskAnew:
    """A command's wish: that a question is asked of a model, whatever the cache holds.

    Attributes:
        question: What is asked.
        wanted: A model, alias or preset for this once; empty for what the conversation has.
        earlier: Where it was asked before; None for a question of this very message.
    """

    question: str
    wanted: str = ""
    earlier: Exchange | None = None


@dataclass(frozen=True, slots=True)
class Command:
    """Something people can tell the bot to do, the same on every platform.

    Attributes:
        name: Without the slash.
        words: What may follow it, as shown in help: `[NAME|auto]`; empty for nothing.
        summary: One line.
        run: Does it and says what was done, or which question is to be asked.
    """

    name: str
    words: str
    summary: str
    run: Callable[[Invocation], Awaitable[Notice | AskAnew]]


class Registry:
    """All commands, by name."""

    def __init__(self, commands: Sequence[Command]) -> None:
        help_ = Command("help", "", "what I can do", self._help)
        self.commands: tuple[Command, ...] = (*commands, help_)

    async def run(self, message: Message, services: Services) -> Notice | AskAnew | None:
        """Run the command a message holds; None when it holds none.

        A message is a command when it begins with a slash and a letter; an unknown one gets
        the nearest name, so that no mistyped command is ever sent to a model.
        """
        name, words = (*message.text.strip().split(maxsplit=1), "")[:2]
        if not (name.startswith("/") and name[1:2].isalpha()) or "/" in name[1:]:
            return None
        for command in self.commands:
            if command.name == name[1:].lower():
                return await command.run(Invocation(words.strip(), message, services))
        return self._unknown(name)

    def _unknown(self, name: str) -> Notice:
        names = [f"/{command.name}" for command in self.commands]
        near = difflib.get_close_matches(name.lower(), names, n=1)
        guess = f" Did you mean `{near[0]}`?" if near else ""
        shown = name[:40].replace("`", "")
        return Notice(f"There is no command `{shown}`.{guess} See `/help`.", is_failure=True)

    async def _help(self, _invocation: Invocation) -> Notice:
        rows = [
            f"- `{f'/{command.name} {command.words}'.strip()}`: {command.summary}"
            for command in self.commands
        ]
        return Notice("\n".join(["Ask anything, or:", "", *rows]))
