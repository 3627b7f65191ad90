"""An answer that grows in messages of its own making: Slack's streams.

A message takes appends, one after the other, until the stream's life ends; before that the answer
goes on in a new one. Where a message was closed all the same, or it is not known whether the last
append arrived, the message is made whole by an update and the answer goes on in a new one: nothing
is ever appended twice. Where streams are refused, a message is posted, and updated as it grows.
"""

import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import Final

from bot.platforms.slack.blocks import Block, Outgoing
from bot.platforms.slack.errors import (
    Crowded,
    Forbidden,
    NoStreams,
    Refused,
    StreamOver,
    StreamStopped,
    Unreachable,
)
from bot.platforms.slack.flow import Cut, Flow
from bot.platforms.slack.layout import message_of
from bot.platforms.slack.placing import Placing, marked_with
from bot.platforms.slack.web import StreamEnd
from routing.clock import Clock

_log = logging.getLogger(__name__)

_SOON_SHARE: Final = 0.1
"""Of a stream's life: at its end, in which a good place to end the message is looked for."""


class Streaming:
    """One answer over streams.

    Args:
        placing: Where it is posted.
        most_posts: Of more full messages than these nothing is shown.
        life_s: How long a message is streamed at most.
        clock: Tells how long it was.
        on_stopped: Called when the person has stopped the answer.
        stop_row: What is under a message that is posted and updated instead.
    """

    def __init__(
        self,
        placing: Placing,
        *,
        most_posts: int,
        life_s: float,
        clock: Clock,
        on_stopped: Callable[[], Awaitable[object]],
        stop_row: Sequence[Block],
    ) -> None:
        self._placing = placing
        self._web, self._spot = placing.web, placing.spot
        self._flow = Flow(most_posts)
        self._life_s = life_s
        self._clock = clock
        self._on_stopped = on_stopped
        self._stop_row = tuple(stop_row)
        self._ts = ""
        self._messages = 0
        self._mark = placing.mark()
        self._started_at_s = 0.0
        self._is_native = True
        self._is_broken = self._is_stopped = self._is_done = False
        self._has_ended_session = False

    @property
    def is_native(self) -> bool:
        """Tell whether it is streamed, not updated."""
        return self._is_native

    @property
    def has_begun(self) -> bool:
        """Tell whether something of it is to be seen."""
        return bool(self._placing.ids)

    @property
    def has_ended_session(self) -> bool:
        """Tell whether the session's status went with the end of the last message."""
        return self._has_ended_session

    def is_too_long(self, text: str) -> bool:
        """Tell whether a text that is whole has more than is shown of it.

        Raises:
            TextChanged: It is not the text of before, gone on.
        """
        self._flow.take(text, is_whole=True)
        return self._flow.is_full

    async def show(self, text: str, *, is_whole: bool = False) -> None:
        """Show what there is of the text now; of a whole one, all but the last message's.

        Args:
            text: The answer's, so far.
            is_whole: Whether nothing more comes: then what must wait, waits.

        Raises:
            SlackFailed: It is not all to be seen.
            TextChanged: It is not the text of before, gone on.
        """
        self._flow.take(text, is_whole=is_whole)
        while not self._is_stopped and not (is_whole and not self._flow.is_over):
            if cut := self._due():
                await self._end_message(cut)
                continue
            await self._grow(is_preview=not is_whole)
            if not self._is_broken and not self._flow.is_over:
                return

    async def finish(self, text: str, under: Sequence[Block]) -> None:
        """Show all of the text, and what comes under it.

        Raises:
            SlackFailed: It is not all to be seen.
            TextChanged: It is not the text of before, gone on.
        """
        if self._is_done:
            return
        await self.show(text, is_whole=True)
        if not self._ts:
            await self._post(message_of(self._flow.shown, under))
        elif self._is_native and not self._is_stopped:
            await self._stop(self._flow.next(), self._flow.shown, under, "active")
        else:
            await self._placing.update(self._ts, message_of(self._flow.shown, under))
        self._is_done = True

    # ---- one message

    def _due(self) -> Cut | None:
        """Return where the message that grows ends now; None: it goes on."""
        flow = self._flow
        left_s = self._life_s - (self._clock.elapsed_s() - self._started_at_s)
        if self._is_broken:
            return flow.cut(is_pressing=True)
        is_old = bool(self._ts) and self._is_native and left_s <= self._life_s * _SOON_SHARE
        if not (is_old or flow.is_due):
            return None
        is_pressing = flow.is_over or (is_old and left_s <= 0)
        return flow.cut(is_pressing=is_pressing)

    async def _grow(self, *, is_preview: bool) -> None:
        more = self._flow.next()
        if not more.strip():
            return
        if self._is_native and not self._ts:
            await self._start(more)
        elif self._is_native:
            await self._append(more, is_preview=is_preview)
        if not self._is_native:
            await self._update(is_preview=is_preview)

    async def _start(self, more: str) -> None:
        spot = self._spot
        recipient = (spot.person, spot.person_team)
        self._mark = self._placing.mark()
        try:
            is_found, self._ts = await self._make(
                lambda: self._web.start_stream(
                    spot.team,
                    spot.channel,
                    thread=spot.thread,
                    text=more,
                    recipient=recipient,
                    is_preview=True,
                )
            )
        except (NoStreams, Forbidden, Crowded) as error:
            if self._placing.is_unsure:
                raise
            self._refused(error)
        except Refused as error:
            if type(error) is not Refused:
                raise
            self._refused(error)
        else:
            self._started_at_s = self._clock.elapsed_s()
            self._is_broken = is_found
            if not is_found:
                self._flow.was_sent()

    async def _make(self, send: Callable[[], Awaitable[str]]) -> tuple[bool, str]:
        """Let the next message be made; also return whether it was there already.

        It is when the claim was in doubt before the message could be noted, and is ours again.
        """
        if self._is_there:
            made = True, self._placing.ids[self._messages]
        else:
            made = await self._placing.make(send)
        self._messages += 1
        return made

    async def _post(self, outgoing: Outgoing) -> str:
        """Post the next message, or let it show what is wanted, and return its ts."""
        if self._is_there:
            ts = self._placing.ids[self._messages]
            await self._placing.update(ts, outgoing)
        else:
            ts = await self._placing.post(outgoing)
        self._messages += 1
        return ts

    @property
    def _is_there(self) -> bool:
        return self._messages < len(self._placing.ids)

    def _refused(self, error: Exception) -> None:
        _log.info("an answer is not streamed: %s", error)
        self._is_native = False

    async def _append(self, more: str, *, is_preview: bool) -> None:
        self._placing.confirm()
        spot = self._spot
        try:
            await self._web.append_stream(
                spot.team, spot.channel, self._ts, more, is_preview=is_preview
            )
        except StreamStopped:
            await self._stopped()
        except StreamOver:
            self._is_broken = True
        except Unreachable as error:
            if not error.may_be_done:
                raise
            self._is_broken = True
        else:
            self._flow.was_sent()

    async def _update(self, *, is_preview: bool) -> None:
        outgoing = message_of(self._flow.shown, self._stop_row)
        if self._ts:
            await self._placing.update(self._ts, outgoing, is_preview=is_preview)
        else:
            if is_preview:
                await self._web.begin_updates(self._spot.team)
            self._ts = await self._post(outgoing)
        self._flow.was_sent()

    async def _end_message(self, cut: Cut) -> None:
        """End the message that grows; the answer goes on in another."""
        if not self._ts:
            await self._post(message_of(cut.shown))
        elif self._is_native:
            await self._stop(cut.rest, cut.shown, (), "processing")
        else:
            await self._placing.update(self._ts, message_of(cut.shown))
        if not self._is_stopped:
            self._next_message(cut)

    async def _stop(self, rest: str, shown: str, under: Sequence[Block], session: str) -> None:
        """Stop a stream with what is still to come; where it was closed, by an update."""
        self._placing.confirm()
        end = StreamEnd(rest, tuple(under), self._mark, session)
        try:
            if not self._is_broken:
                await self._stop_with(end)
                self._has_ended_session = session == "active"
                return
        except StreamStopped:
            await self._stopped()
        except (StreamOver, Unreachable) as error:
            _log.info("a stream is made whole by an update: %s", error)
        self._is_broken = True
        await self._placing.end_stream(self._ts)
        await self._placing.update(self._ts, marked_with(message_of(shown, under), self._mark))

    async def _stop_with(self, end: StreamEnd) -> None:
        """Stop a stream; what is under the text is left out where Slack does not take it."""
        spot = self._spot
        try:
            await self._web.stop_stream(spot.team, spot.channel, self._ts, end)
        except Refused as error:
            if type(error) is not Refused or not end.blocks:
                raise
            _log.error("what comes under an answer is left out: %s", error)
            end = replace(end, blocks=())
            await self._web.stop_stream(spot.team, spot.channel, self._ts, end)

    def _next_message(self, cut: Cut) -> None:
        self._flow.begin_after(cut)
        self._ts, self._is_broken = "", False

    async def _stopped(self) -> None:
        self._is_stopped = True
        await self._on_stopped()
