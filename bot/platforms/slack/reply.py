"""An answer on Slack, shown while it grows: over streams, in posts that are updated, or at its end.

In a thread it is streamed. It is posted and updated where there is no thread, where another worker
has begun it, and where streams are refused. A command is answered by its response_url, once.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Final

from bot.draft import Draft, View
from bot.pacing import Pace
from bot.platforms.beside import File, files_beside, status_of, with_files_in_words
from bot.platforms.port import Message
from bot.platforms.slack.attaching import attach
from bot.platforms.slack.errors import Crowded, Refused, SlackFailed, Unreachable
from bot.platforms.slack.flow import TextChanged
from bot.platforms.slack.layout import Layout
from bot.platforms.slack.pages import Answers, Pages
from bot.platforms.slack.placing import Placing
from bot.platforms.slack.session import Sessions
from bot.platforms.slack.spot import Spot
from bot.platforms.slack.streams import Streaming
from bot.platforms.slack.tiers import TICK_S
from bot.platforms.slack.web import SlackWeb
from bot.platforms.slack.wording import mentioned_in, uncalled
from bot.platforms.surface import NotShown, Posts
from config.chats import SlackSettings
from routing.clock import Clock

_log = logging.getLogger(__name__)

_LOOK_EVERY_S: Final = 10.0
"""A stream's life ends also while nothing new comes."""


@dataclass(frozen=True, slots=True)
class Paces:
    """How often a workspace's answers are written to; all of them share it.

    Attributes:
        appends: To streams.
        edits: To posts.
    """

    appends: Pace
    edits: Pace


Names = Callable[[str, Collection[str]], Awaitable[Mapping[str, str]]]


@dataclass(frozen=True, slots=True)
class Means:
    """What answers are shown with.

    Attributes:
        web: Sends.
        settings: Of Slack.
        clock: Tells the time.
        sessions: Shows the bot at work.
        names: Tells what people of a workspace are called, by their ids.
        has_votes: Whether votes on answers count.
        on_stopped: Told the identity of a message whose answer the person has stopped.
    """

    web: SlackWeb
    settings: SlackSettings
    clock: Clock
    sessions: Sessions
    names: Names
    has_votes: bool
    on_stopped: Callable[[str], Awaitable[object]]


class SlackReply:
    """One answer on Slack. Whoever deletes one of its posts while it is made, ends it.

    Args:
        means: What it is shown with.
        paces: How often.
        message: What is answered.
        posts: What was posted already, and whether more may be.
    """

    def __init__(self, means: Means, paces: Paces, message: Message, posts: Posts) -> None:
        self._means = means
        self._paces = paces
        self._identity = message.identity
        self._spot = Spot.of(message)
        self._placing = Placing(means.web, self._spot, posts)
        self._layout = Layout(
            message.message_id,
            message.origin.person,
            most_posts=means.settings.most_posts,
            has_votes=means.has_votes,
            is_for_one=self._spot.is_for_one,
        )
        self._session = means.sessions.of(self._spot, message.text)
        self._pages = Pages(self._placing)
        self._answers: Answers | None = None
        if self._spot.is_ephemeral or (self._spot.address and not self._spot.thread):
            self._answers = Answers(self._placing, means.clock)
        self._streaming: Streaming | None = None
        self._uploaded: set[str] = set()
        self._has_files = True
        self._has_text = self._is_behind = False
        self._next_at_s = 0.0

    async def begin(self, status: str, *, is_optional: bool = False) -> None:
        """Let a small line stand where the answer will come; again replaces the line.

        Args:
            status: The line.
            is_optional: Whether it is better left out than in the way of other posts.

        Raises:
            NotShown: It does not.
            ClaimLost: The question is no longer ours.
        """
        if self._answers:
            return
        async with _not_shown():
            self._placing.confirm()
            if not await self._session.work(status):
                await self._pages.show([self._layout.status(status)], is_preview=is_optional)

    async def run(self, draft: Draft) -> None:
        """Show a draft as it grows, until it is final and seen in full.

        Raises:
            NotShown: The end could not be shown, or a post was deleted on the way.
            ClaimLost: The question is no longer ours.
        """
        try:
            while not draft.is_final:
                if not self._is_behind:
                    await _changed(draft, _LOOK_EVERY_S)
                if not self._answers and await self._wait_for_turn(draft):
                    self._is_behind = not await self._preview(draft.view())
            async with _not_shown():
                await self._finish(await self._calling_nobody(draft.view()))
        except NotShown as error:
            if error.is_final:
                await self._session.rest()
            raise
        if not (self._streaming and self._streaming.has_ended_session):
            await self._session.rest()

    async def withdraw(self) -> None:
        """Take away what was posted: the question is gone."""
        await self._placing.delete_from(0)
        await self._session.rest()

    # ---- on the way

    async def _wait_for_turn(self, draft: Draft) -> bool:
        """Wait for a preview's turn; the first words need none. False when the end came first."""
        slot = None
        while not draft.is_final:
            wait_s = self._next_at_s - self._means.clock.elapsed_s()
            is_first = bool(draft.view().text) and not (self._has_text or self._is_behind)
            if not is_first and wait_s <= TICK_S:
                slot = slot or self._pace.slot()
                wait_s = slot.wait_s
            if is_first or wait_s <= TICK_S:
                self._next_at_s = self._means.clock.elapsed_s() + self._every_s
                return True
            await _changed(draft, wait_s)
        if slot:
            slot.give_back()
        return False

    @property
    def _is_native(self) -> bool:
        return bool(self._streaming and self._streaming.is_native)

    @property
    def _pace(self) -> Pace:
        return self._paces.appends if self._is_native else self._paces.edits

    @property
    def _every_s(self) -> float:
        settings = self._means.settings
        return settings.append_every_s if self._is_native else settings.edit_every_s

    async def _preview(self, view: View) -> bool:
        """Show what there is; tell whether all of it is seen now."""
        try:
            await self._show(view)
            self._has_text = bool(self._streaming.has_begun if self._streaming else view.text)
        except Crowded as crowded:
            self._next_at_s = self._means.clock.elapsed_s() + crowded.wait_s
            return False
        except Unreachable as error:
            _log.info("a preview is left out: %s", error)
            return False
        except SlackFailed as error:
            raise NotShown(str(error), is_final=True) from error
        return True

    async def _show(self, view: View) -> None:
        if not view.text or view.status:
            self._placing.confirm()
            is_seen = await self._session.work(status_of(view))
            if is_seen and not view.text:
                return
        try:
            if streaming := self._streaming_of(view):
                await streaming.show(view.text)
                return
        except TextChanged:
            self._streaming = None
        await self._pages.show(self._layout.posts(view), is_preview=True)

    def _streaming_of(self, view: View) -> Streaming | None:
        """Return what streams the answer; None where it is posted and updated."""
        if self._streaming is None and self._may_stream(view):
            self._streaming = Streaming(
                self._placing,
                most_posts=self._means.settings.most_posts,
                life_s=self._means.settings.stream_life_s,
                clock=self._means.clock,
                on_stopped=lambda: self._means.on_stopped(self._identity),
                stop_row=self._layout.status("").blocks[1:],
            )
        return self._streaming

    def _may_stream(self, view: View) -> bool:
        is_fresh = not (self._placing.ids or self._placing.is_unsure)
        return is_fresh and bool(self._spot.thread and view.text) and not view.is_final

    # ---- the end

    async def _calling_nobody(self, view: View) -> View:
        """Return a view whose mentions call nobody: where others read along, they are plain."""
        if not view.has_mentions or self._spot.is_for_one:
            return view
        names = await self._means.names(self._spot.team, mentioned_in(view.text))
        return replace(view, text=uncalled(view.text, names))

    async def _finish(self, view: View) -> None:
        if self._answers:
            # A file is seen by all of a channel, and such an answer maybe by one person.
            told = with_files_in_words(view)
            await self._answers.finish(self._layout.posts(told, has_files=False))
        elif not (self._streaming and await self._finish_streaming(self._streaming, view)):
            self._streaming = None
            await self._finish_pages(view)

    async def _finish_streaming(self, streaming: Streaming, view: View) -> bool:
        """End a streamed answer; false when it is better posted anew in the places it has."""
        try:
            is_long = streaming.is_too_long(view.text)
            files = files_beside(view, is_long=is_long)
            await self._attach(files)
            if is_long and not self._has_files:
                return False
            under = self._layout.end_blocks(view, files, has_files=self._has_files)
            await streaming.finish(view.text, under)
        except TextChanged:
            return False
        return True

    async def _finish_pages(self, view: View) -> None:
        wanted = self._layout.posts(view)
        if files := wanted[-1].files:
            await self._attach(files)
            wanted = self._layout.posts(view, has_files=self._has_files)
        await self._pages.finish(wanted)

    async def _attach(self, files: tuple[File, ...]) -> None:
        """Attach what comes as files, unless that is not possible here."""
        for file in files:
            if file.name in self._uploaded or not self._has_files:
                continue
            self._placing.confirm()
            try:
                await attach(self._means.web, self._spot, file)
            except Refused as error:
                _log.warning("a file cannot be attached: %s", error)
                self._has_files = False
            self._uploaded.add(file.name)


async def _changed(draft: Draft, at_most_s: float) -> None:
    try:
        async with asyncio.timeout(at_most_s):
            await draft.changed()
    except TimeoutError:
        return


@asynccontextmanager
async def _not_shown() -> AsyncIterator[None]:
    try:
        yield
    except SlackFailed as error:
        raise NotShown(str(error), is_final=error.is_final) from error
