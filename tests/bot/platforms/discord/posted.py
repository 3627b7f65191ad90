"""Discord's REST API played by a dictionary, and what a worker remembers of posts."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import aiohttp

from bot.draft import Draft, View
from bot.pacing import Pacing
from bot.platforms.discord.errors import DiscordFailed, Gone
from bot.platforms.discord.outgoing import MOST_CHARS, Outgoing, chars_of
from bot.platforms.discord.reply import DiscordReply, Posting
from bot.platforms.port import Message
from bot.platforms.surface import ClaimLost
from routing.ports import Conversation
from routing.reply import ReasoningDelta, TextDelta
from tests.builders import an_origin
from tests.fakes.virtual_time import START, virtual_clock

ORIGINAL = "original"
LONG = "\n\n".join(f"Paragraph {i}. " + "word " * 80 for i in range(12))
"""More than two posts hold."""


@dataclass(frozen=True)
class Write:
    """What was sent, when, to which post."""

    verb: str
    post_id: str
    outgoing: Outgoing
    at_s: float


@dataclass
class RecordingRest:
    """Keeps posts in a dictionary; fails when told so.

    Attributes:
        failing: Called before each write with its verb; may raise.
    """

    posts: dict[str, Outgoing] = field(default_factory=dict)
    writes: list[Write] = field(default_factory=list)
    nonces: dict[str, str] = field(default_factory=dict)
    replies_to: list[str] = field(default_factory=list)
    failing: Callable[[str], DiscordFailed | None] = lambda _verb: None

    async def send(
        self,
        channel_id: str,
        outgoing: Outgoing,
        *,
        nonce: str,
        reply_to: str = "",
        is_preview: bool = False,
    ) -> str:
        assert len(nonce) <= 25
        if is_preview and (failure := self.failing("preview")):
            raise failure
        assert channel_id == "77"
        self.replies_to.append(reply_to)
        post_id = self.nonces.setdefault(nonce, f"p{len(self.nonces)}")
        await self._write("send", post_id, outgoing)
        return post_id

    async def edit(
        self,
        channel_id: str,
        post_id: str,
        outgoing: Outgoing,
        *,
        is_preview: bool = False,
    ) -> None:
        assert channel_id == "77"
        if post_id not in self.posts:
            raise Gone("10008")
        await self._write("preview" if is_preview else "edit", post_id, outgoing)

    async def delete(self, channel_id: str, post_id: str) -> None:
        assert channel_id == "77"
        self.posts.pop(post_id, None)

    async def edit_original(
        self, token: str, outgoing: Outgoing, *, is_preview: bool = False
    ) -> str:
        assert token == "t0ken"
        await self._write("preview original" if is_preview else "original", ORIGINAL, outgoing)
        return ORIGINAL

    async def delete_original(self, token: str) -> None:
        assert token == "t0ken"
        self.posts.pop(ORIGINAL, None)

    async def _write(self, verb: str, post_id: str, outgoing: Outgoing) -> None:
        if error := self.failing(verb):
            raise error
        assert 0 < chars_of(outgoing.content) <= MOST_CHARS
        self.writes.append(Write(verb, post_id, outgoing, asyncio.get_running_loop().time()))
        self.posts[post_id] = outgoing
        await asyncio.sleep(0)


class ListPosts:
    """What is remembered of posts; lost after so many confirmations when told so."""

    def __init__(self, *ids: str, confirmations: int = 1_000_000) -> None:
        self.nonce = "abc"
        self.may_have_more = False
        self.ids: tuple[str, ...] = ids
        self.announced = 0
        self._left = confirmations

    def confirm(self) -> None:
        self._left -= 1
        if self._left < 0:
            raise ClaimLost

    async def announce(self) -> None:
        self.announced = len(self.ids) + 1

    async def note(self, ids: tuple[str, ...]) -> None:
        self.ids = ids


def a_message(**handle: str) -> Message:
    """Build a question on Discord in channel 77."""
    return Message(
        message_id="9",
        origin=an_origin(platform="discord", place="77"),
        conversation=Conversation("discord", "1", "77"),
        text="why?",
        at=START,
        handle={"channel": "77", "can_send": "1", "reply_to": "9"} | handle,
    )


def an_interaction(*, can_send: bool = True) -> Message:
    """Build a question by a slash command."""
    ends = START + timedelta(minutes=15)
    return a_message(
        token="t0ken",
        expires_at=ends.isoformat(),
        reply_to="",
        can_send="1" if can_send else "",
    )


def a_reply(
    rest: Posting,
    message: Message | None = None,
    posts: ListPosts | None = None,
    *,
    most_posts: int = 5,
) -> DiscordReply:
    """Build where an answer is shown."""
    clock = virtual_clock()
    return DiscordReply(
        rest,
        Pacing(1.2, clock).of("77"),
        message or a_message(),
        posts or ListPosts(),
        most_posts=most_posts,
        clock=clock,
    )


def the_end(text: str, **changes: Any) -> View:
    """Build a whole answer."""
    given = View(text, receipt="llama · free", reply_id="r1", is_final=True)
    return replace(given, **changes)


async def stream(
    draft: Draft, parts: list[str], every_s: float = 0.05, *, is_thinking: bool = False
) -> None:
    """Let a draft grow."""
    for part in parts:
        draft.take(ReasoningDelta(part) if is_thinking else TextDelta(part))
        await asyncio.sleep(every_s)


async def acknowledge(callback_url: str) -> None:
    """Say that an interaction's answer comes later, as the listening side does."""
    body = {"type": 5}
    async with aiohttp.ClientSession() as session, session.post(callback_url, json=body) as answer:
        assert answer.status < 300, await answer.text()
