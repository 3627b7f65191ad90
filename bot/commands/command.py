"""What a command is: written once, the same on every platform."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from bot.commands.options import Option, Suggestion
from bot.directory import Directory
from bot.platforms.port import Message, Notice
from config.settings import Settings
from routing.books import Accounts, Audit, Limits
from routing.comparisons import Comparisons
from routing.learning import Learning
from routing.linking import LinkCodes
from routing.orders import StandingOrders
from routing.ports import Exchange, History, Ledger
from routing.posts import PostIndex
from routing.query import Origin
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
    orders: StandingOrders
    audit: Audit
    link_codes: LinkCodes
    comparisons: Comparisons
    directory: Directory = field(default_factory=Directory)


@dataclass(frozen=True, slots=True)
class Invocation:
    """A command as somebody gave it.

    Attributes:
        words: What stood behind its name.
        message: The message it stood in.
        services: What it works with.
        values: Its options by name, as far as they were given; a free command's are not read.
        is_confirmed: Whether it was given once more, knowing what it does.
    """

    words: str
    message: Message
    services: Services
    values: Mapping[str, str] = field(default_factory=dict)
    is_confirmed: bool = False


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
class AskTwo:
    """A command's wish: that two models answer a question, to be compared.

    Attributes:
        question: What both are asked.
        models: Two card names.
        most_microusd: What the asker was told both cost at most.
    """

    question: str
    models: tuple[str, str]
    most_microusd: int


@dataclass(frozen=True, slots=True)
class AskFirst:
    """A command's wish: that it is given once more, knowing what it would do.

    Attributes:
        markdown: What it would do, to whom.
    """

    markdown: str


class Audience(StrEnum):
    """Who may give a command."""

    EVERYONE = "everyone"
    ADMINS = "admins"
    OPERATOR = "the operator"

    def admits(self, message: Message) -> bool:
        """Tell whether the author of a message belongs to it; the operator is in the terminal."""
        is_admin = self is Audience.EVERYONE or message.is_admin
        return is_admin and (self is not Audience.OPERATOR or message.origin.platform == "terminal")


@dataclass(frozen=True, slots=True)
class Typing:
    """An option while it is typed.

    Attributes:
        option: Its name.
        typed: What stands there so far.
        message: Who types it, where.
        services: What the command works with.
    """

    option: str
    typed: str
    message: Message
    services: Services

    def may_mean(self, label: str) -> bool:
        """Tell whether a label has every word that was typed, or its beginning."""
        lower = label.lower()
        return all(part in lower for part in self.typed.lower().split())


Told = Notice | AskAnew | AskTwo | AskFirst
"""What comes of a command: what is said, or what it wishes for."""

Run = Callable[[Invocation], Awaitable[Told]]
Suggest = Callable[[Typing], Awaitable[Sequence[Suggestion]]]
Fill = Callable[[str, Origin], Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Command:
    """Something people can tell the bot to do, the same on every platform.

    Attributes:
        name: Without the slash.
        summary: One line.
        run: Does it and says what was done, or which question is to be asked; None where only
            the subcommands do anything.
        options: What may follow it, in the order it is typed.
        subcommands: What has to follow it instead.
        default: The subcommand that is meant where none is named; empty for none.
        audience: Who may give it; of a subcommand, the narrower of both holds.
        is_private: Whether only who gave it sees the answer, where the platform can do that.
        is_confidential: Whether what it tells, such as money, is for nobody else to read; with
            subcommands, all of them.
        asks_a_model: Whether a model answers: all see it, and it waits its turn.
        is_free: Whether it reads its words itself, in any wording.
        asks_first: Whether it may ask first; `confirm` behind it is then no word of its own.
        is_everyday: Whether people also say its name to mean something else, so that it is a
            command behind a slash only.
        has_form: Whether a form asks for its options, where it is given without what it needs.
        has_mentions: Whether it tells of people, channels and roles, who are to be shown by name:
            nothing that a model wrote is in it. With subcommands, all of them.
        is_open: Whether words that begin like no subcommand are for the default one, whatever
            they are.
        suggest: What may be meant, for options that have suggestions.
        fill: Reads its options from words that name what it would change, for a form.
    """

    name: str
    summary: str
    run: Run | None = None
    options: tuple[Option, ...] = ()
    subcommands: "tuple[Command, ...]" = ()
    default: str = ""
    audience: Audience = Audience.EVERYONE
    is_private: bool = True
    is_confidential: bool = False
    asks_a_model: bool = False
    is_free: bool = False
    asks_first: bool = False
    is_everyday: bool = False
    has_form: bool = False
    has_mentions: bool = False
    is_open: bool = False
    suggest: Suggest | None = None
    fill: Fill | None = None

    @property
    def usage(self) -> str:
        """Return what may follow it, as help shows it; empty for nothing."""
        return self._usage_of(self.subcommands)

    def usage_for(self, message: Message) -> str:
        """Return what the author of a message may let follow it."""
        return self._usage_of(self.parts_for(message))

    def _usage_of(self, parts: "tuple[Command, ...]") -> str:
        if self.subcommands:
            names = "|".join(each.name for each in parts)
            return f"[{names}]" if self.default else names
        return " ".join(option.shown for option in self.options)

    def parts_for(self, message: Message) -> "tuple[Command, ...]":
        """Return the subcommands that the author of a message may give."""
        return tuple(each for each in self.subcommands if each.audience.admits(message))

    def subcommand(self, name: str) -> "Command | None":
        """Return a subcommand by its name; empty for the one that is meant then."""
        wanted = name.lower() or self.default
        return next((each for each in self.subcommands if each.name == wanted), None)
