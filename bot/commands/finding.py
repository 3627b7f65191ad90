"""Which command a text is, behind a slash or spoken to the bot. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from bot.commands.command import Audience, Command
from bot.commands.options import Kind, Option
from bot.commands.words import NotUnderstood, listed, nearest, read_words, shown
from config.catalog import Catalog
from routing.wishes import PRESETS, meant

NO_WISH: Final = "auto"
"""Typed for a model, it leaves the choice to the bot."""

CONFIRM: Final = "confirm"
"""Typed behind a command that asked first."""

_NARROWER: Final = (Audience.OPERATOR, Audience.ADMINS, Audience.EVERYONE)


@dataclass(frozen=True, slots=True)
class Found:
    """A command in a message.

    Attributes:
        command: What is to be done: the subcommand, where there is one.
        name: As it is typed: `/quota set`.
        words: What stands behind the name.
        audience: Who may give it.
        is_confidential: Whether what it tells is for nobody else to read.
        has_mentions: Whether those it tells of are to be shown by name.
    """

    command: Command
    name: str
    words: str
    audience: Audience
    is_confidential: bool = False
    has_mentions: bool = False

    @property
    def is_confirmed(self) -> bool:
        """Tell whether it is given once more, knowing what it does."""
        return self.command.asks_first and self.words.lower().split()[-1:] == [CONFIRM]

    def unconfirmed(self) -> "Found":
        """Return it as it was given first."""
        return replace(self, words=self.words.rsplit(maxsplit=1)[0] if " " in self.words else "")

    def values(self) -> dict[str, str]:
        """Read its options; a command that reads its words itself has none.

        Raises:
            NotUnderstood: What follows it cannot be read.
        """
        if self.command.is_free:
            return {}
        if self.words and not self.command.options:
            raise NotUnderstood(f"Nothing can follow `{self.name}`.")
        return read_words(self.words, self.command.options)


def find(text: str, commands: Mapping[str, Command]) -> Found | None:
    """Find the command that a text is; None when it does not begin like one.

    Raises:
        NotUnderstood: It begins like a command, and there is none of that name.
    """
    name, words = _head(text)
    if not (name.startswith("/") and name[1:2].isalpha()) or "/" in name[1:]:
        return None
    command = commands.get(name[1:].lower())
    if command is None:
        guess = nearest(name[1:], commands, before="/")
        raise NotUnderstood(f"There is no command `{shown(name)}`.{guess} See `/help`.")
    return _found(command, words)


def find_spoken(text: str, commands: Mapping[str, Command], catalog: Catalog) -> Found | None:
    """Find the command in words spoken to the bot; None where they are a question.

    They are a command when the first word is the name of one that is no everyday word, and all
    the rest is what can follow that command.
    """
    name, words = _head(text)
    command = commands.get(name.lower())
    if command is None or command.is_everyday:
        return None
    try:
        found = _found(command, words)
        return found if _fits(found, command, catalog) else None
    except NotUnderstood:
        return None


def _is_model(word: str, catalog: Catalog) -> bool:
    """Tell whether a word stands for a model, for several, or for the bot's own choice."""
    lower = word.lower()
    return lower == NO_WISH or lower in PRESETS or bool(meant(lower, catalog))


def _found(command: Command, words: str) -> Found:
    """Find the subcommand that is meant, where there are any.

    Raises:
        NotUnderstood: There is none of that name.
    """
    name = f"/{command.name}"
    if not command.subcommands:
        return Found(
            command,
            name,
            words,
            command.audience,
            command.is_confidential,
            command.has_mentions,
        )
    verb, rest = _head(words)
    sub = command.subcommand(verb)
    if sub is None and (meant := _default_taking(command, verb)):
        sub, rest = meant, words
    if sub is None:
        names = [each.name for each in command.subcommands]
        guess = nearest(verb, names, before=f"{name} ")
        default = command.subcommand("")
        what_else = f", or `{default.usage}`" if default and default.options else ""
        raise NotUnderstood(f"After `{name}` comes one of {listed(names)}{what_else}.{guess}")
    audience = min(command.audience, sub.audience, key=_NARROWER.index)
    is_confidential = command.is_confidential or sub.is_confidential
    has_mentions = command.has_mentions or sub.has_mentions
    return Found(sub, f"{name} {sub.name}", rest, audience, is_confidential, has_mentions)


def _default_taking(command: Command, word: str) -> Command | None:
    """Return the subcommand that is meant where none is named, if a word can begin what follows it.

    So that `/usage 7` need not be `/usage mine 7`. A word that may be any is rather mistyped.
    """
    default = command.subcommand("")
    if command.is_open:
        return default
    can_follow = default.options if default else ()
    return default if any(_begins(option, word) for option in can_follow) else None


def _begins(option: Option, word: str) -> bool:
    if option.after:
        return word.lower() == option.after
    return not option.is_any_word and option.looks_right(word)


def _fits(found: Found, spoken: Command, catalog: Catalog) -> bool:
    """Tell whether spoken words can be nothing but the command they begin like.

    A free command's are told by the first of them. Any word right behind the name of a command may
    be how a question goes on: `compare apples and oranges`, `help me`.

    Raises:
        NotUnderstood: They are not.
    """
    command = found.command
    if command.is_free:
        first, _ = _head(found.words)
        return any(option.looks_right(first) for option in command.options[:1])
    values = found.values()
    given = [option for option in command.options if option.name in values]
    models = [values[option.name] for option in given if option.kind is Kind.MODEL]
    if not all(_is_model(name, catalog) for name in models):
        return False
    return command is not spoken or not any(option.is_any_word for option in given)


def _head(text: str) -> tuple[str, str]:
    head, rest = (*text.strip().split(maxsplit=1), "", "")[:2]
    return head, rest
