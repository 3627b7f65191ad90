"""All commands there are: finds the one that is meant, and lets it be given by who may."""

import logging
from collections.abc import Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Final

from bot.commands.command import (
    AskAnew,
    AskFirst,
    AskTwo,
    Audience,
    Command,
    Invocation,
    Services,
    Typing,
)
from bot.commands.finding import CONFIRM, Found, find, find_spoken
from bot.commands.options import Option, Suggestion
from bot.commands.words import NotUnderstood, nearest, shown
from bot.platforms.port import Message, Notice
from config.catalog import Catalog

_MOST_SUGGESTIONS: Final = 25

_log = logging.getLogger(__name__)


class Registry:
    """All commands, by name."""

    def __init__(self, commands: Sequence[Command]) -> None:
        which = Option("command", "the one to tell more of")
        help_ = Command("help", "what I can do", self._help, options=(which,))
        self.commands: tuple[Command, ...] = (*commands, help_)
        self._by_name = MappingProxyType({each.name: each for each in self.commands})

    def find(self, message: Message, catalog: Catalog) -> Found | None:
        """Find the command a message holds; None when it holds none.

        A message is a command when it begins with a slash and a letter; an unknown one gets
        the nearest name, so that no mistyped command is ever sent to a model. Where the bot was
        named, the words of a command are one without a slash, too, if they are all there is.

        Raises:
            NotUnderstood: It begins like a command, and there is none of that name.
        """
        found = find(message.text, self._by_name)
        if found is None and message.is_addressed:
            return find_spoken(message.text, self._by_name, catalog)
        return found

    def asks_a_model(self, text: str) -> bool:
        """Tell whether a model answers what somebody types behind a slash."""
        try:
            found = find(text, self._by_name)
        except NotUnderstood:
            return False
        return found is not None and found.command.asks_a_model

    async def run(self, message: Message, services: Services) -> Notice | AskAnew | AskTwo | None:
        """Run the command a message holds, if its author may; None when it holds none.

        Here alone is decided who may give which command.
        """
        try:
            found = self.find(message, services.settings.models)
            if found is None:
                return None
            if not found.audience.admits(message):
                return _refused(found, message)
            if found.is_confidential and not message.is_answered_alone:
                return _elsewhere(found)
            return await _given(found, message, services)
        except NotUnderstood as error:
            return Notice(str(error), is_failure=True)

    async def suggest(
        self, message: Message, option: str, typed: str, services: Services
    ) -> tuple[Suggestion, ...]:
        """Return what may be meant by an option that is being typed, the likeliest first.

        Args:
            message: Who types it, where; its text is the command so far, without options.
            option: The name of the option.
            typed: What stands there so far.
            services: What commands work with.
        """
        try:
            found = self.find(message, services.settings.models)
        except NotUnderstood:
            return ()
        if found is None or found.command.suggest is None or not found.audience.admits(message):
            return ()
        typing = Typing(option, typed, message, services)
        return _likeliest(await found.command.suggest(typing), typing)

    async def _help(self, invocation: Invocation) -> Notice:
        message = invocation.message
        if wanted := invocation.values.get("command", "").removeprefix("/"):
            return Notice(self._details(wanted, message))
        may = [each for each in self.commands if each.audience.admits(message)]
        for_all = [each for each in may if each.audience is Audience.EVERYONE]
        for_admins = [each for each in may if each not in for_all]
        lines = ["Ask anything, or:", "", *(_row(each, message) for each in for_all)]
        if for_admins:
            lines += ["", "For admins:", "", *(_row(each, message) for each in for_admins)]
        return Notice("\n".join([*lines, "", "`/help NAME` tells more of one of them."]))

    def _details(self, wanted: str, message: Message) -> str:
        """Tell more of one command.

        Raises:
            NotUnderstood: There is none of that name for the author of the message.
        """
        known = {each.name: each for each in self.commands if each.audience.admits(message)}
        command = known.get(wanted.lower())
        if command is None:
            guess = nearest(wanted, known, before="/help ")
            raise NotUnderstood(f"There is no command `{shown(wanted)}`.{guess} See `/help`.")
        rows = [
            _row(each, message, group=f"{command.name} ") for each in command.parts_for(message)
        ]
        rows += [f"- `{option.name}`: {option.summary}" for option in command.options]
        head = f"{_row(command, message).removeprefix('- ')}."
        return "\n".join([head, "", *rows] if rows else [head])


async def _given(
    found: Found, message: Message, services: Services
) -> Notice | AskAnew | AskTwo | None:
    """Give a command; one that asks first is to be given once more, with a word or a press.

    Raises:
        NotUnderstood: What follows it cannot be read.
    """
    is_confirmed = found.is_confirmed
    found = found.unconfirmed() if is_confirmed else found
    if found.command.run is None:
        return None
    invocation = Invocation(found.words, message, services, found.values(), is_confirmed)
    told = await found.command.run(invocation)
    if isinstance(told, AskFirst):
        words = f"{found.name} {found.words} {CONFIRM}"
        asked = f"{told.markdown} Nothing is changed yet: `{words}` does it."
        told = Notice(asked, confirm_by=words)
    if isinstance(told, Notice):
        return replace(told, has_mentions=found.has_mentions)
    return told


def _likeliest(known: Sequence[Suggestion], typing: Typing) -> tuple[Suggestion, ...]:
    """Return what may be meant of what there is, those that begin so first; not too many."""
    fitting = [each for each in known if typing.may_mean(each.label)]
    first = typing.typed.strip().lower()
    fitting.sort(key=lambda each: not each.label.lower().startswith(first))
    return tuple(fitting[:_MOST_SUGGESTIONS])


def _refused(found: Found, message: Message) -> Notice:
    origin = message.origin
    _log.warning(
        "%s was refused to %s, in %s of %s", found.name, origin.asker, origin.place, origin.tenant
    )
    is_for_admins = found.audience is Audience.ADMINS
    who = "an admin" if is_for_admins else "the operator, in the terminal,"
    return Notice(f"Only {who} may use `{found.name}`.", is_failure=True)


def _elsewhere(found: Found) -> Notice:
    how = f"Say `{found.name}` to me directly, or choose it behind a slash: then only you see it"
    return Notice(f"Here others could read along. {how}.", is_failure=True)


def _row(command: Command, message: Message, *, group: str = "") -> str:
    typed = f"/{group}{command.name} {command.usage_for(message)}".strip()
    return f"- `{typed}`: {command.summary}"
