"""A chat service as a list of posts."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from itertools import count
from typing import ClassVar

from bot.draft import Draft, View
from bot.platforms.port import Message
from bot.platforms.surface import Posts, QuestionGone


@dataclass
class Wall:
    """What stands there, whoever wrote it.

    Attributes:
        posts: Text by id, of those that still stand.
        history: Each text that was ever to be seen, in order.
        refusals: What was said instead of taking a message in.
        trouble: What the next writings fail with, one each.
        optional: The lines that might have been left out.
        deleted: Identities of questions that are gone.
        on_final: What happens once the end of an answer is to be seen.
        is_slow_at: The text of which the platform tells only later that it stands.
        go_on: Lets it tell.
        has_room: Whether more answers can be shown.
    """

    posts: dict[str, str] = field(default_factory=dict)
    history: list[str] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)
    trouble: list[Exception] = field(default_factory=list)
    optional: list[str] = field(default_factory=list)
    deleted: set[str] = field(default_factory=set)
    on_final: Callable[[], Awaitable[object]] | None = None
    is_slow_at: str | None = None
    go_on: asyncio.Event = field(default_factory=asyncio.Event)
    has_room: bool = True
    _nonces: dict[str, str] = field(default_factory=dict)
    _numbers: "count[int]" = field(default_factory=lambda: count(1))

    def write(self, post_id: str | None, nonce: str, text: str) -> str:
        """Post, or edit what is there; the same nonce posts nothing twice."""
        if self.trouble:
            raise self.trouble.pop(0)
        if post_id is None and nonce in self._nonces:
            return self._nonces[nonce]
        if post_id is None:
            post_id = self._nonces[nonce] = f"post-{next(self._numbers)}"
        self.posts[post_id] = text
        if not self.history or self.history[-1] != text:
            self.history.append(text)
        return post_id


class WallSurface:
    """One process' way to the wall."""

    name: ClassVar = "discord"

    def __init__(self, wall: Wall) -> None:
        self.wall = wall

    def has_room(self) -> bool:
        return self.wall.has_room

    async def surroundings(self, message: Message) -> Message:
        if message.identity in self.wall.deleted:
            raise QuestionGone
        return replace(message, author="Ada")

    def reply(self, message: Message, posts: Posts) -> "WallReply":  # noqa: ARG002 # the port's
        return WallReply(self.wall, posts)

    async def refuse(self, message: Message, view: View, *, is_optional: bool = False) -> None:
        del is_optional  # there is always room here
        self.wall.refusals.append(f"{message.message_id}: {view.text}")


class WallReply:
    """One answer on the wall, in one post."""

    def __init__(self, wall: Wall, posts: Posts) -> None:
        self._wall = wall
        self._posts = posts

    async def begin(self, status: str, *, is_optional: bool = False) -> None:
        await self._write(status)
        if is_optional:
            self._wall.optional.append(status)

    async def run(self, draft: Draft) -> None:
        while True:
            view = draft.view()
            if view.text or view.status or view.is_final:
                await self._write(view.text or view.status, view.receipt)
            if view.is_final and self._wall.on_final:
                await self._wall.on_final()
            if view.is_final:
                return
            await draft.changed()

    async def withdraw(self) -> None:
        for each in self._posts.ids:
            self._posts.confirm()
            self._wall.posts.pop(each, None)
        await self._posts.note(())

    async def _write(self, text: str, receipt: str = "") -> None:
        self._posts.confirm()
        known = self._posts.ids[0] if self._posts.ids else None
        shown = f"{text} [{receipt}]" if receipt else text
        post_id = self._wall.write(known, self._posts.nonce, shown)
        if text == self._wall.is_slow_at:
            await self._wall.go_on.wait()
        if known is None:
            await self._posts.note((post_id,))


async def as_it_is(message: Message) -> Message:
    """Return a message with nothing around it, as surfaces ask what is."""
    return message
