"""The posts of one answer, each made once: also when Slack's word that it was made gets lost.

A post tells of itself which answer it belongs to, so it can be looked for; a stream does so only
when it ends, but no other stream of ours grows in a thread behind the question. Slack rations that
look. Until it was had nothing is posted; where the bot may never have it, it posts again: better
seen twice than not at all.
"""

import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from bot.platforms.slack.blocks import Outgoing
from bot.platforms.slack.errors import (
    Forbidden,
    GonePost,
    PlaceClosed,
    Refused,
    SlackFailed,
    StreamOver,
    StreamRuns,
    Unreachable,
)
from bot.platforms.slack.spot import Spot
from bot.platforms.slack.web import POSTED, SlackWeb, StreamEnd
from bot.platforms.surface import Posts

_log = logging.getLogger(__name__)

_UNSEEN: Final = "answered-"
_RUNS_STILL: Final = {"cant_delete_message", "streaming_state_conflict"}


class Placing:
    """What was posted of one answer, and how more is.

    Args:
        web: Sends.
        spot: Where.
        posts: What was posted already, and whether more may be.
    """

    def __init__(self, web: SlackWeb, spot: Spot, posts: Posts) -> None:
        self.web = web
        self.spot = spot
        self._posts = posts
        self._is_unsure = posts.may_have_more

    @property
    def ids(self) -> tuple[str, ...]:
        """Return the ts of each post, in order."""
        return self._posts.ids

    @property
    def unseen(self) -> int:
        """Return how many posts there are whose ts Slack does not tell."""
        return sum(each.startswith(_UNSEEN) for each in self.ids)

    @property
    def is_unsure(self) -> bool:
        """Tell whether there may be a post that nobody has noted."""
        return self._is_unsure

    def confirm(self) -> None:
        """Return if the question is still ours; raises `ClaimLost`."""
        self._posts.confirm()

    def mark(self) -> Mapping[str, str]:
        """Return what the next post tells of itself."""
        return {"answer": self._posts.nonce, "place": str(len(self.ids))}

    async def post(self, outgoing: Outgoing) -> str:
        """Post something and return its ts; what was found instead shows what is wanted too."""
        is_found, ts = await self.make(
            lambda: self.web.post(
                self.spot.team,
                self.spot.channel,
                outgoing,
                thread=self.spot.thread,
                metadata=self.mark(),
            )
        )
        if is_found:
            await self.update(ts, outgoing)
        return ts

    async def make(self, send: Callable[[], Awaitable[str]]) -> tuple[bool, str]:
        """Let `send` make the next post, unless it is there already.

        Returns:
            Whether it was there, and its ts.
        """
        found = await self._found() if self._is_unsure else ""
        self._is_unsure = False
        if not found:
            await self._posts.announce()
            self.confirm()
            try:
                ts = await send()
            except Unreachable as error:
                self._is_unsure = error.may_be_done
                raise
        await self._posts.note((*self.ids, found or ts))
        return bool(found), found or ts

    async def settle(self) -> None:
        """Take note of a post that an earlier worker could not note any more."""
        if self._is_unsure and (found := await self._found()):
            await self._posts.note((*self.ids, found))
        self._is_unsure = False

    async def note_unseen(self) -> None:
        """Take note of a post whose ts Slack does not tell."""
        await self._posts.note((*self.ids, f"{_UNSEEN}{self.unseen}"))

    async def update(self, ts: str, outgoing: Outgoing, *, is_preview: bool = False) -> None:
        """Let a post show something else, even if it is still a stream that nobody writes."""
        self.confirm()
        team, channel = self.spot.team, self.spot.channel
        try:
            await self.web.update(team, channel, ts, outgoing, is_preview=is_preview)
        except StreamRuns:
            await self.end_stream(ts)
            await self.web.update(team, channel, ts, outgoing)

    async def end_stream(self, ts: str) -> None:
        """Let a message grow no more, if it does; the answer goes on."""
        self.confirm()
        try:
            end = StreamEnd(session="processing")
            await self.web.stop_stream(self.spot.team, self.spot.channel, ts, end)
        except StreamOver:
            return

    async def delete_from(self, first: int) -> None:
        """Take posts away that are too many."""
        ids = self.ids
        for ts in ids[first:]:
            if ts.startswith(_UNSEEN):
                continue
            self.confirm()
            try:
                await self._delete(ts)
            except SlackFailed as error:
                _log.warning("a post is still there: %s", error)
        if first < len(ids):
            await self._posts.note(ids[:first])

    async def _delete(self, ts: str) -> None:
        team, channel = self.spot.team, self.spot.channel
        try:
            await self.web.delete(team, channel, ts)
        except Refused as error:
            if error.code not in _RUNS_STILL:
                raise
            await self.end_stream(ts)
            await self.web.delete(team, channel, ts)

    async def _found(self) -> str:
        """Look for a post that was made and not heard of.

        Raises:
            SlackFailed: That cannot be known now.
        """
        spot, marked = self.spot, self.mark()
        try:
            if spot.thread:
                oldest = spot.question or spot.thread
                messages = await self.web.replies(
                    spot.team, spot.channel, spot.thread, oldest=oldest
                )
            else:
                messages = await self.web.history(spot.team, spot.channel)
            bot = await self.web.auth_test(spot.team)
        except (Forbidden, PlaceClosed, GonePost) as error:
            _log.warning("a post whose answer was lost cannot be looked for: %s", error)
            return ""
        ours = [each for each in messages if _is_by(each, bot) and each.get("ts") not in self.ids]
        return _marked(ours, marked) or (_unmarked(ours, spot) if spot.thread else "")


def marked_with(outgoing: Outgoing, metadata: Mapping[str, str]) -> Outgoing:
    """Return a post that tells more of itself."""
    return replace(outgoing, metadata={**outgoing.metadata, **metadata})


def _is_by(message: Mapping[str, Any], bot: Mapping[str, Any]) -> bool:
    by_user = message.get("user") == bot.get("user_id", "")
    return by_user or ("bot_id" in message and message["bot_id"] == bot.get("bot_id"))


def _marked(messages: Sequence[Mapping[str, Any]], mark: Mapping[str, str]) -> str:
    for each in messages:
        told = each.get("metadata") or {}
        if told.get("event_type") == POSTED and told.get("event_payload") == mark:
            return str(each["ts"])
    return ""


def _unmarked(messages: Sequence[Mapping[str, Any]], spot: Spot) -> str:
    """Return a stream of ours that has not told yet what it belongs to."""
    after = spot.question or spot.thread
    for each in messages:
        is_marked = (each.get("metadata") or {}).get("event_type") == POSTED
        if not (is_marked or each.get("files")) and str(each.get("ts", "")) > after:
            return str(each["ts"])
    return ""
