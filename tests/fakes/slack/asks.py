"""What is asked of the Web API, and what a method is."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from tests.fakes.slack.refusals import missing_scope, refused
from tests.fakes.slack.world import Channel, Json, Message, Team, Token, User, World


@dataclass(frozen=True)
class Ask:
    """One request, its token known to be good."""

    world: World
    method: str
    args: Json
    token: Token

    @property
    def team(self) -> Team:
        """Return whose bot asks."""
        if self.token.team is None:
            raise refused("not_allowed_token_type")
        return self.token.team

    @property
    def bot(self) -> User:
        """Return who asks."""
        return self.team.bot

    def text(self, name: str) -> str:
        """Return an argument as text; empty if it was not given."""
        value = self.args.get(name)
        return "" if value is None else str(value)

    def flag(self, name: str, *, otherwise: bool = False) -> bool:
        """Return an argument as yes or no."""
        value = self.args.get(name)
        return otherwise if value is None else str(value).lower() in {"1", "true"}

    def number(self, name: str, otherwise: int) -> int:
        """Return an argument as a number."""
        return int(self.args.get(name) or otherwise)

    def demand(self, *scopes: str) -> None:
        """Make sure that the token has one of these scopes.

        Raises:
            Refused: It has none.
        """
        if not self.token.scopes.intersection(scopes):
            raise missing_scope(scopes[0], self.token.scopes)

    def demand_of_channel(self, channel: Channel, what: str) -> None:
        """Make sure that the token may read of this kind of channel.

        Raises:
            Refused: It may not.
        """
        prefix = {"channel": "channels", "group": "groups"}.get(channel.kind, channel.kind)
        self.demand(f"{prefix}:{what}")

    def channel(self, name: str = "channel") -> Channel:
        """Return the channel meant; of a person, their DM.

        Raises:
            Refused: There is none, or the bot may not know of it.
        """
        wanted = self.text(name)
        if wanted in self.world.users and self.world.users[wanted].team is self.team:
            return self.world.dm_with(self.world.users[wanted])
        channel = self.world.channels.get(wanted)
        if channel is None or self.team not in (channel.team, *channel.teams):
            raise refused("channel_not_found")
        if channel.kind != "channel" and self.bot.id not in channel.members:
            raise refused("channel_not_found")
        return channel

    def channel_to_write(self, name: str = "channel") -> Channel:
        """Return the channel meant, where the bot may say something.

        Raises:
            Refused: It may not.
        """
        channel = self.channel(name)
        if channel.is_archived:
            raise refused("is_archived")
        is_inside = self.bot.id in channel.members
        if not is_inside and "chat:write.public" not in self.token.scopes:
            raise refused("not_in_channel")
        return channel

    def message(self, channel: Channel, name: str = "ts") -> Message:
        """Return the message meant.

        Raises:
            Refused: It is gone, or never was.
        """
        message = channel.messages.get(self.text(name))
        if message is None or message.is_deleted:
            raise refused("message_not_found")
        return message

    def root(self, channel: Channel) -> str:
        """Return the root of the thread meant; empty: none was.

        Raises:
            Refused: There is no such message.
        """
        thread_ts = self.text("thread_ts")
        if not thread_ts:
            return ""
        message = channel.messages.get(thread_ts)
        if message is None:
            raise refused("thread_not_found")
        if message.is_reply:
            self.world.accuse("answers a reply", f"{self.method}: {thread_ts} is no root")
            return message.thread_ts
        return thread_ts

    def user(self, name: str) -> User:
        """Return the person meant.

        Raises:
            Refused: Nobody is.
        """
        user = self.world.users.get(self.text(name))
        if user is None:
            raise refused("user_not_found")
        return user


Handler = Callable[[Ask], Json]


@dataclass(frozen=True)
class Method:
    """What a method takes, and who may call it how often.

    Attributes:
        scope: What a token must have; empty: the handler decides, or nothing.
        of_app: Whether it takes an app's token (`xapp-`), not a bot's.
    """

    handle: Handler
    tier: int
    scope: str = ""
    needed: frozenset[str] = frozenset()
    allowed: frozenset[str] = frozenset()
    of_app: bool = False


def method(  # one line says all of a method
    handle: Handler,
    tier: int,
    needed: str = "",
    optional: str = "",
    *,
    scope: str = "",
    of_app: bool = False,
) -> Method:
    """Describe a method; arguments are named with blanks between."""
    must = frozenset(needed.split())
    return Method(handle, tier, scope, must, must | frozenset(optional.split()), of_app)


def page(items: Iterable[Any], ask: Ask, otherwise: int) -> tuple[list[Any], Json]:
    """Return the page of a list that was asked for, and how to ask for the next."""
    everything = list(items)
    start = ask.number("cursor", 0) if ask.text("cursor").isdecimal() else 0
    end = start + ask.number("limit", otherwise)
    cursor = str(end) if end < len(everything) else ""
    return everything[start:end], {"response_metadata": {"next_cursor": cursor}}
