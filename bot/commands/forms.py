"""Forms that ask for what a command needs, on surfaces that have them: what is asked. Pure.

What was filled in becomes the words somebody would have typed, and goes the way of those: who may
give the command is decided there, once more.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from bot.commands.command import Command
from bot.commands.finding import Found, find
from bot.commands.options import Kind, Option
from bot.commands.words import NotUnderstood, words_of
from bot.platforms.port import Message


@dataclass(frozen=True, slots=True)
class Form:
    """What a command needs to be told.

    Attributes:
        name: The command as it is typed: `/quota set`.
        summary: What it does, in one line.
        options: What is asked, in the order it would be typed.
        values: What stands there already, by option.
    """

    name: str
    summary: str
    options: tuple[Option, ...]
    values: Mapping[str, str] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """Return a short title."""
        return self.name.removeprefix("/").capitalize()

    def text(self, values: Mapping[str, str]) -> str:
        """Return what somebody would have typed who filled it in like this."""
        kept = {name: value.strip() for name, value in values.items()}
        return f"{self.name} {words_of(self.options, kept)}".strip()

    def misfits(self, values: Mapping[str, str]) -> dict[str, str]:
        """Return what is filled in and belongs to another choice, each with what is wrong with it.

        Typed, these would be taken for each other: only their place tells them apart.
        """
        chosen = values.get(self.options[0].name, "") if self.options else ""
        return {
            option.name: f"This goes with {option.goes_with}, not with {chosen}."
            for option in self.options
            if option.goes_with and values.get(option.name) and option.goes_with != chosen
        }

    def at_most(self, number: int) -> "Form":
        """Return it with so many fields: options of which one is given share one, the last go."""
        if len(self.options) <= number:
            return self
        options = tuple(_shared(self.options))
        values = dict(self.values)
        for option in self.options:
            if option.shares and option.name in values:
                values[option.shares.name] = values.pop(option.name)
        return replace(self, options=options[:number], values=values)


def form_for(
    message: Message, commands: Iterable[Command], values: Mapping[str, str] | None = None
) -> Form | None:
    """Return the form for a command that says too little; None where there is nothing to ask.

    Args:
        message: The command; its author is asked nothing that they may not do.
        commands: All there are.
        values: Its options, where the surface has them apart; else any word is enough.
    """
    found = _found(message, commands)
    if found is None or (values is None and found.words):
        return None
    needed = [option for option in found.command.options if option.is_required]
    if values and all(option.name in values for option in needed):
        return None
    return _form(found, values or {})


def form_to_change(message: Message, commands: Iterable[Command]) -> Form | None:
    """Return the form for a command with all its words filled in; None where there is none.

    Args:
        message: The command with words, as in `/quota set asker usd per day`.
        commands: All there are.
    """
    found = _found(message, commands)
    if found is None or found.command.fill is None:
        return None
    try:
        return _form(found, found.command.fill(found.words, message.origin))
    except NotUnderstood:
        return None


def form_named(name: str, commands: Iterable[Command]) -> Form | None:
    """Return a form that was filled in, by the command it is for; None where there is none now."""
    try:
        found = find(name, {each.name: each for each in commands})
    except NotUnderstood:
        return None
    return _form(found, {}) if found and found.command.has_form else None


def _found(message: Message, commands: Iterable[Command]) -> Found | None:
    try:
        found = find(message.text, {each.name: each for each in commands})
    except NotUnderstood:
        return None
    if found is None or not found.command.has_form or not found.audience.admits(message):
        return None
    return found


def _form(found: Found, values: Mapping[str, str]) -> Form:
    return Form(found.name, found.command.summary, found.command.options, values)


def _shared(options: Sequence[Option]) -> Iterator[Option]:
    """Yield options, those that share a field as one, where the first of them stands."""
    seen = set[str]()
    for option in options:
        if option.shares is None:
            yield option
        elif option.shares.name not in seen:
            seen.add(option.shares.name)
            yield option.shares


def is_wide(option: Option) -> bool:
    """Tell whether an option needs room for several lines."""
    return option.kind is Kind.TEXT and not option.has_suggestions
