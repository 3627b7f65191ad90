"""What may stand next where a command is typed in the terminal. Pure."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from bot.commands.command import Command
from bot.commands.finding import NO_WISH
from bot.commands.options import Kind, Option, Suggestion
from config.catalog import Catalog
from routing.wishes import PRESETS

_SLASH: Final = "/"


@dataclass(frozen=True, slots=True)
class Completing:
    """Completes the last word of a command.

    Attributes:
        commands: All there are.
        catalog: Whose models may be meant.
        own: What the terminal itself does, with what it is.
    """

    commands: Collection[Command]
    catalog: Catalog
    own: Mapping[str, str]

    def __call__(self, begun: str) -> tuple[Suggestion, ...]:
        """Return what the last word of a text may become; nothing where it is no command."""
        if not begun.startswith(_SLASH):
            return ()
        *before, last = begun.split(" ")
        known = self._after([word for word in before if word]) if before else self._names()
        return tuple(each for each in known if each.value.startswith(last))

    def _names(self) -> Iterator[Suggestion]:
        for command in self.commands:
            yield Suggestion(f"{_SLASH}{command.name}", command.summary)
        for name, summary in self.own.items():
            yield Suggestion(f"{_SLASH}{name}", summary)

    def _after(self, words: list[str]) -> Iterator[Suggestion]:
        """Yield what may follow whole words, of which the first is a command's name."""
        name = words[0].removeprefix(_SLASH).lower()
        command = next((each for each in self.commands if each.name == name), None)
        if command is None:
            return
        given = words[1:]
        if command.subcommands and not given:
            yield from (Suggestion(each.name, each.summary) for each in command.subcommands)
        elif command.subcommands:
            part = command.subcommand(given[0])
            yield from self._options(part.options if part else (), given[1:])
        else:
            yield from self._options(command.options, given)

    def _options(self, options: Iterable[Option], given: list[str]) -> Iterator[Suggestion]:
        """Yield what options may begin with, but for those that are there already."""
        used = {word.lower() for word in given}
        for option in options:
            is_begun = bool(given) and given[-1].lower() == option.after
            words = self._words(option)
            if option.after and not is_begun:
                words = () if option.after in used else (option.after,)
            if used.isdisjoint(words):
                yield from (Suggestion(word, option.summary) for word in words)

    def _words(self, option: Option) -> tuple[str, ...]:
        if option.kind is not Kind.MODEL:
            return option.choices
        ready = [card for card in self.catalog if card.enabled and not card.missing]
        names = {name for card in ready for name in (card.name, card.alias)}
        return (NO_WISH, *PRESETS, *sorted(names - {""}))
