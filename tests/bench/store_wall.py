"""A chat service whose posts outlive every process: a hash in the store."""

from collections.abc import Awaitable, Callable
from typing import ClassVar, Final, cast

from bot.draft import Draft, View
from bot.platforms.port import Message
from bot.platforms.surface import Posts
from routing.backends.redis import Connection

Step = Callable[[str, View | None], Awaitable[None]]
"""Told before and after each writing, with what is written; it may be the end of the process."""


async def go_on(_moment: str, _view: View | None) -> None:
    """Do nothing."""


class StoreSurface:
    """One process' way to it."""

    name: ClassVar = "discord"

    def __init__(self, connection: Connection, tag: str, step: Step = go_on) -> None:
        self._connection = connection
        self._name: Final = f"{{{tag}}}:wall"
        self._step = step

    def has_room(self) -> bool:
        return True

    async def posts(self) -> dict[str, str]:
        """Return what stands there."""
        found = await self._connection.command("HGETALL", self._name)
        posts = cast("dict[bytes, bytes]", found)
        return {post_id.decode(): text.decode() for post_id, text in posts.items()}

    async def surroundings(self, message: Message) -> Message:
        return message

    def reply(self, message: Message, posts: Posts) -> "StoreReply":  # noqa: ARG002 # the port's
        return StoreReply(self, posts)

    async def refuse(self, message: Message, view: View, *, is_optional: bool = False) -> None:
        del is_optional  # there is always room here
        await self.write(f"refused {message.message_id}", view)

    async def write(self, post_id: str, view: View) -> None:
        """Post, or edit what is there."""
        await self._step("before", view)
        text = f"{view.text or view.status} [{view.receipt}]" if view.receipt else view.text
        await self._connection.command("HSET", self._name, post_id, text or view.status)
        await self._step("after", view)


class StoreReply:
    """One answer there. A post is named for its nonce, so the same one is posted once."""

    def __init__(self, surface: StoreSurface, posts: Posts) -> None:
        self._surface = surface
        self._posts = posts

    async def begin(self, status: str, *, is_optional: bool = False) -> None:  # noqa: ARG002 # the port's
        await self._write(View(status=status))

    async def run(self, draft: Draft) -> None:
        while True:
            view = draft.view()
            if view.text or view.status:
                await self._write(view)
            if view.is_final:
                return
            await draft.changed()

    async def withdraw(self) -> None:
        raise NotImplementedError("no question of the benchmark is deleted")

    async def _write(self, view: View) -> None:
        self._posts.confirm()
        post_id = self._posts.ids[0] if self._posts.ids else self._posts.nonce
        await self._surface.write(post_id, view)
        if not self._posts.ids:
            await self._posts.note((post_id,))
