"""What may follow a command: its options, each of a kind that every platform shows in its way."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class Kind(StrEnum):
    """What an option is; a platform that has an own control for it uses that."""

    TEXT = "text"
    WORD = "word"
    AMOUNT = "amount"
    WHOLE_NUMBER = "whole number"
    USER = "user"
    ROLE = "role"
    CHANNEL = "channel"
    MODEL = "model"
    FILE = "file"


_ID: Final = r"(?:<[@#!&]+(?:subteam\^)?[A-Za-z0-9]+(?:\|[^>]*)?>|[0-9]{15,20}|[A-Z][A-Z0-9]{6,})"
_SHAPES: Final[Mapping[Kind, re.Pattern[str]]] = MappingProxyType(
    {
        Kind.AMOUNT: re.compile(r"[-+]?\$?[0-9][0-9.,]*[km]?\$?", re.IGNORECASE),
        Kind.WHOLE_NUMBER: re.compile(r"[0-9]{1,15}"),
        Kind.USER: re.compile(rf"{_ID}|me|[a-z]+:[^\s:]+"),
        Kind.ROLE: re.compile(_ID),
        Kind.CHANNEL: re.compile(rf"{_ID}|here"),
    }
)
RIGHT: Final[Mapping[Kind, str]] = MappingProxyType(
    {
        Kind.AMOUNT: "an amount, such as `$5` or `20k`",
        Kind.WHOLE_NUMBER: "a whole number",
        Kind.USER: "a mention, `me`, or a whole id, such as `discord:1234`",
        Kind.ROLE: "a mention, or a whole id",
        Kind.CHANNEL: "a mention, `here`, or a whole id",
    }
)
"""What can be read as each kind that has a shape, to be told whoever wrote something else."""


@dataclass(frozen=True, slots=True)
class Option:
    """One thing that may follow a command.

    Attributes:
        name: What platforms call it: lower case, without spaces.
        summary: One line.
        kind: What it is. Only the last one may be a text, which is all that is left, unless the
            command reads its words itself.
        is_required: Whether the command can do nothing without it.
        choices: The only words it can be; none: any of its kind.
        synonyms: Words that mean one of the choices where it is typed.
        after: The word it follows where it is typed: `per` in `$5 per day`; empty for none.
        has_suggestions: Whether the command knows what to suggest while it is typed.
        goes_with: The choice of the first option that it belongs to; empty for any.
        shares: What it is where a form has room for one of several options in the same place.
    """

    name: str
    summary: str
    kind: Kind = Kind.WORD
    is_required: bool = False
    choices: tuple[str, ...] = ()
    synonyms: tuple[str, ...] = ()
    after: str = ""
    has_suggestions: bool = False
    goes_with: str = ""
    shares: "Option | None" = None

    @property
    def shown(self) -> str:
        """Return it as help shows it: `[per hour|day]`."""
        what = "|".join(self.choices) or self.name.upper()
        whole = f"{self.after} {what}".strip()
        return whole if self.is_required else f"[{whole}]"

    @property
    def is_any_word(self) -> bool:
        """Tell whether it may be any word there is."""
        return self.kind in {Kind.TEXT, Kind.WORD} and not self.choices

    def looks_right(self, word: str) -> bool:
        """Tell whether a word can be this, as far as its looks tell."""
        if self.choices:
            return word.lower() in self.choices + self.synonyms
        shape = _SHAPES.get(self.kind)
        return shape is None or bool(shape.fullmatch(word))


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Something that may be meant, offered while an option is typed.

    Attributes:
        value: What is put into the option.
        label: What people read.
        named: The same in Markdown, with mentions; empty where no id is in it.
    """

    value: str
    label: str
    named: str = ""
