"""An answer on Discord, shown while it grows: posts that are sent once and edited as they fill.

An answer to a command or a menu takes the place of the interaction's own answer; what does not fit
there is sent to the channel, never as a follow-up: those have no nonce, and would come twice when
Discord's word that they came gets lost.
"""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Final, Protocol

from bot.draft import Draft
from bot.pacing import Pace
from bot.platforms.discord.errors import Crowded, DiscordFailed, Forbidden, Gone, Unreachable
from bot.platforms.discord.layout import Layout
from bot.platforms.discord.outgoing import Outgoing
from bot.platforms.discord.rendering import small
from bot.platforms.port import Message
from bot.platforms.surface import NotShown, Posts
from routing.clock import Clock

_log = logging.getLogger(__name__)

_LONGEST_NONCE: Final = 25
_SPARE: Final = timedelta(seconds=20)
_ACKNOWLEDGED: Final = timedelta(minutes=15) - timedelta(seconds=4)
_UNACKNOWLEDGED_PAUSES_S: Final = (0.1, 0.2, 0.4, 0.8, 1.5)


class Posting(Protocol):
    """What of Discord's REST API an answer needs; each method raises DiscordFailed."""

    async def send(
        self,
        channel_id: str,
        outgoing: Outgoing,
        *,
        nonce: str,
        reply_to: str = "",
        is_preview: bool = False,
    ) -> str:
        """Post something and return its id; a preview never waits, but raises Crowded."""
        ...

    async def edit(
        self, channel_id: str, post_id: str, outgoing: Outgoing, *, is_preview: bool = False
    ) -> None:
        """Let a post show something else; a preview never waits, but raises Crowded."""
        ...

    async def delete(self, channel_id: str, post_id: str) -> None:
        """Take a post away."""
        ...

    async def edit_original(
        self, token: str, outgoing: Outgoing, *, is_preview: bool = False
    ) -> str:
        """Let the answer to an interaction show something and return its id."""
        ...

    async def delete_original(self, token: str) -> None:
        """Take the answer to an interaction away."""
        ...


class Spot:
    """Where one message is answered: as the answer to an interaction, in a channel, or both.

    Args:
        rest: Sends.
        message: What is answered; its handle says how.
        clock: Tells when an interaction can be answered no more.
    """

    def __init__(self, rest: Posting, message: Message, clock: Clock) -> None:
        handle = message.handle
        self._rest = rest
        self._clock = clock
        self._channel = handle.get("channel", "")
        self._reply_to = handle.get("reply_to", "")
        self._token = handle.get("token", "")
        ends = handle.get("expires_at", "")
        self._ends_at = datetime.fromisoformat(ends) if ends else None
        self.can_send = bool(handle.get("can_send")) or not self._token

    async def post(
        self, place: int, outgoing: Outgoing, nonce: str, *, is_preview: bool = False
    ) -> str:
        """Show the post of a place for the first time and return its id."""
        if place == 0 and self._has_token():
            try:
                return await self._first_original(outgoing, is_preview=is_preview)
            except Gone:
                self._forget_token()
        if not self.can_send:
            raise Gone("the interaction can be answered no more")
        return await self._rest.send(
            self._channel,
            outgoing,
            nonce=f"{nonce[: _LONGEST_NONCE - len(str(place))]}{place}",
            reply_to=self._reply_to if place == 0 else "",
            is_preview=is_preview,
        )

    async def edit(
        self, place: int, post_id: str, outgoing: Outgoing, *, is_preview: bool = False
    ) -> None:
        """Let the post of a place show something else."""
        if place == 0 and self._has_token():
            try:
                await self._rest.edit_original(self._token, outgoing, is_preview=is_preview)
            except Gone:
                self._forget_token()
            else:
                return
        if not self.can_send:
            raise Gone("the interaction can be answered no more")
        await self._rest.edit(self._channel, post_id, outgoing, is_preview=is_preview)

    async def delete(self, place: int, post_id: str) -> None:
        """Take the post of a place away."""
        if place == 0 and self._has_token():
            await self._rest.delete_original(self._token)
        elif self.can_send:
            await self._rest.delete(self._channel, post_id)

    def _has_token(self) -> bool:
        is_late = self._ends_at is not None and self._clock.now() >= self._ends_at - _SPARE
        return bool(self._token) and not is_late

    def _forget_token(self) -> None:
        # The post itself, if the bot can see it, is edited like any other from now on.
        self._token = ""

    async def _first_original(self, outgoing: Outgoing, *, is_preview: bool) -> str:
        """Edit what may not be there yet: the interaction is acknowledged by another process."""
        for pause_s in _UNACKNOWLEDGED_PAUSES_S:
            try:
                return await self._rest.edit_original(self._token, outgoing, is_preview=is_preview)
            except Gone:
                if self._ends_at is None or self._clock.now() > self._ends_at - _ACKNOWLEDGED:
                    raise
                await asyncio.sleep(pause_s)
        return await self._rest.edit_original(self._token, outgoing, is_preview=is_preview)


class DiscordReply:
    """One answer on Discord. Whoever deletes one of its posts while it is made, ends it.

    Args:
        rest: Sends.
        pace: Of the channel.
        message: What is answered.
        posts: What was posted already, and whether more may be.
        most_posts: An answer of more comes as a file.
        clock: Tells the time.
        has_votes: Whether votes on answers count.
    """

    def __init__(  # noqa: PLR0913 # each is a part it is made of
        self,
        rest: Posting,
        pace: Pace,
        message: Message,
        posts: Posts,
        *,
        most_posts: int,
        clock: Clock,
        has_votes: bool = True,
    ) -> None:
        self._pace = pace
        self._posts = posts
        self._spot = Spot(rest, message, clock)
        self._layout = Layout(
            message.message_id,
            message.origin.person,
            most_posts=most_posts,
            is_single=not self._spot.can_send,
            has_votes=has_votes,
        )
        self._shown: dict[int, Outgoing] = {}
        self._has_text = False

    async def begin(self, status: str, *, is_optional: bool = False) -> None:
        """Let a small line stand where the answer will come; again replaces the line.

        Args:
            status: The line.
            is_optional: Whether it is better left out than in the way of other posts.

        Raises:
            NotShown: It does not.
            ClaimLost: The question is no longer ours.
        """
        self._pace.wrote()
        async with _not_shown():
            line = Outgoing(small(status), self._layout.stop_buttons)
            await self._show(0, line, is_optional=is_optional)

    async def run(self, draft: Draft) -> None:
        """Show a draft as it grows, until it is final and seen in full.

        Raises:
            NotShown: The end could not be shown, or a post was deleted on the way.
            ClaimLost: The question is no longer ours.
        """
        is_behind = False
        while not draft.is_final:
            if not is_behind:
                await draft.changed()
            if await self._wait_for_turn(draft):
                is_behind = not await self._preview(draft)
        async with _not_shown():
            await self._finish(draft)

    async def withdraw(self) -> None:
        """Take away what was posted: the question is gone."""
        self._posts.confirm()
        await self._delete_from(0)

    async def _wait_for_turn(self, draft: Draft) -> bool:
        """Wait for a preview's turn; the first words need none. False when the end came first."""
        slot = self._pace.slot()
        while not draft.is_final:
            is_first = not self._has_text and bool(draft.view().text)
            if is_first:
                slot.give_back()
                self._pace.wrote()
            if is_first or not (wait_s := slot.wait_s):
                return True
            try:
                async with asyncio.timeout(wait_s):
                    await draft.changed()
            except TimeoutError:
                continue
        slot.give_back()
        return False

    async def _preview(self, draft: Draft) -> bool:
        """Show what there is; tell whether all of it is seen now."""
        view = draft.view()
        self._has_text = self._has_text or bool(view.text)
        try:
            for place, outgoing in enumerate(self._layout.posts(view)):
                await self._show(place, outgoing, is_preview=True)
        except Crowded as crowded:
            self._pace.rest(crowded.wait_s)
            return False
        except Unreachable as error:
            _log.info("a preview is left out: %s", error)
            return False
        except DiscordFailed as error:
            raise NotShown(str(error), is_final=True) from error
        return True

    async def _finish(self, draft: Draft) -> None:
        view = draft.view()
        self._pace.wrote()
        wanted = self._layout.posts(view)
        try:
            await self._show_all(wanted)
        except Forbidden:
            if not any(outgoing.files for outgoing in wanted):
                raise
            wanted = self._layout.posts(view, has_files=False)
            await self._show_all(wanted)
        await self._delete_from(len(wanted))

    async def _show_all(self, wanted: tuple[Outgoing, ...]) -> None:
        for place, outgoing in enumerate(wanted):
            await self._show(place, outgoing)

    async def _show(
        self,
        place: int,
        outgoing: Outgoing,
        *,
        is_preview: bool = False,
        is_optional: bool = False,
    ) -> None:
        """Let the post of a place show something, unless it does.

        What is optional waits for no limit; a preview only where there is no post to edit yet.
        """
        if self._shown.get(place) == outgoing:
            return
        self._posts.confirm()
        ids = self._posts.ids
        if place < len(ids):
            is_preview = is_preview or is_optional
            await self._spot.edit(place, ids[place], outgoing, is_preview=is_preview)
        else:
            nonce = self._posts.nonce
            post_id = await self._spot.post(place, outgoing, nonce, is_preview=is_optional)
            await self._posts.note((*ids, post_id))
        self._shown[place] = outgoing

    async def _delete_from(self, first: int) -> None:
        """Take posts away that are too many, as those of an earlier worker can be."""
        ids = self._posts.ids
        for place in range(first, len(ids)):
            self._posts.confirm()
            try:
                await self._spot.delete(place, ids[place])
            except DiscordFailed as error:
                _log.warning("a post is still there: %s", error)
        if first < len(ids):
            await self._posts.note(ids[:first])


@asynccontextmanager
async def _not_shown() -> AsyncIterator[None]:
    try:
        yield
    except DiscordFailed as error:
        is_final = not isinstance(error, Unreachable | Crowded)
        raise NotShown(str(error), is_final=is_final) from error
