"""A question in this process' hands: whether it still is, and what was posted for it."""

import asyncio
import hashlib
import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from bot.platforms.surface import ClaimLost
from routing.errors import StoreUnavailable
from routing.inbox import Claim, Inbox
from routing.stop import Stop

POSTS: Final = "posts"
_ANNOUNCED: Final = "announced"
"""The note of which posts there are."""

_AGAIN_S: Final = 0.2
_SURE_SHARE: Final = 0.8
"""Of a lease: after that another worker may soon have the question."""


class Held:
    """A claim, and for how long it is surely ours.

    Args:
        claim: What was claimed.
        lease_s: How long it is ours without being renewed.
        elapsed_s: Seconds since some fixed moment.
        asked_at_s: When it was asked for.
    """

    def __init__(
        self, claim: Claim, lease_s: float, elapsed_s: Callable[[], float], asked_at_s: float
    ) -> None:
        self.claim = claim
        self.stop = Stop()
        self.is_lost = False
        self.is_gone = False
        self.is_done = False
        self._sure_s = _SURE_SHARE * lease_s
        self._elapsed_s = elapsed_s
        self._sure_until_s = asked_at_s + self._sure_s
        self._news = asyncio.Event()

    @property
    def is_sure(self) -> bool:
        """Tell whether it is surely ours now."""
        return not self.is_lost and self._elapsed_s() < self._sure_until_s

    def renewed(self, asked_at_s: float) -> None:
        """Take note that a renewal succeeded, which was asked for at some moment."""
        self._sure_until_s = asked_at_s + self._sure_s
        self._news.set()

    def lose(self) -> None:
        """Take note that another worker has it, or nobody any more."""
        self.is_lost = True
        self._news.set()

    def question_gone(self) -> None:
        """Take note that there is nothing to answer: the answer is ended, nothing of it shown."""
        self.is_gone = True
        self.stop.request()

    async def sure(self) -> None:
        """Wait until it is surely ours.

        Raises:
            ClaimLost: It never will be again.
        """
        while not self.is_sure:
            if self.is_lost:
                raise ClaimLost
            self._news.clear()
            await self._news.wait()


class ClaimPosts:
    """What was posted for a claimed question.

    Attributes:
        may_have_more: Whether an earlier worker may have posted what it could not note any more.
        is_withdrawing: Whether the question is gone and its posts are taken away: the only
            writing that is left then.
    """

    def __init__(self, held: Held, inbox: Inbox, sleep: Callable[[float], Awaitable[None]]) -> None:
        self.nonce = _nonce(held.claim.identity)
        self._held = held
        self._inbox = inbox
        self._sleep = sleep
        self._ids = posts_of(held.claim.notes)
        self._noted_ids = self._ids
        self.may_have_more = int(held.claim.notes.get(_ANNOUNCED, "0")) > len(self._ids)
        self._changed = asyncio.Event()
        self.is_withdrawing = False
        if self._ids:
            self._changed.set()

    @property
    def ids(self) -> tuple[str, ...]:
        """Return the posts there are, in order."""
        return self._ids

    def confirm(self) -> None:
        """Return if the question is surely ours."""
        if self._held.is_gone and not self.is_withdrawing:
            raise ClaimLost
        if not self._held.is_sure:
            raise ClaimLost

    async def announce(self) -> None:
        """Write down that one more post is about to be made."""
        count = str(len(self._ids) + 1)
        await noted(self._held, self._inbox, self._sleep, _ANNOUNCED, count)

    async def note(self, ids: tuple[str, ...]) -> None:
        """Write down which posts there are now; while the store is away, as long as it is ours."""
        self._ids = ids
        self._changed.set()
        await noted(self._held, self._inbox, self._sleep, POSTS, json.dumps(ids))
        self._noted_ids = ids

    async def changed(self) -> tuple[str, ...]:
        """Wait until there are other posts than the last time, and return which."""
        await self._changed.wait()
        self._changed.clear()
        return self._ids

    async def catch_up(self) -> None:
        """Write down what could not be while the store was away."""
        if self._ids != self._noted_ids:
            await self.note(self._ids)


class WaitingPosts:
    """What was posted for a question nobody has begun: at most the line that says it waits.

    Its nonce is the worker's: where one has begun meanwhile, both have the same post.
    """

    def __init__(self, identity: str, inbox: Inbox, ids: tuple[str, ...] = ()) -> None:
        self.nonce = _nonce(identity)
        self.may_have_more = False
        self._identity = identity
        self._inbox = inbox
        self._ids = ids

    @property
    def ids(self) -> tuple[str, ...]:
        """Return the posts there are, in order."""
        return self._ids

    def confirm(self) -> None:
        """Return: nobody else writes it."""

    async def announce(self) -> None:
        """Do nothing: a line that says that a question waits is no part of its answer."""

    async def note(self, ids: tuple[str, ...]) -> None:
        """Write down which posts there are, unless somebody has begun to answer."""
        self._ids = ids
        try:
            is_noted = await self._inbox.note_waiting(self._identity, POSTS, json.dumps(ids))
        except StoreUnavailable as error:
            raise ClaimLost from error
        if not is_noted:
            raise ClaimLost


async def noted(
    held: Held, inbox: Inbox, sleep: Callable[[float], Awaitable[None]], name: str, text: str
) -> None:
    """Note something of a claim; with the store away, again and again as long as it is ours.

    Raises:
        ClaimLost: It is another's now, or may be.
    """
    while True:
        try:
            if await inbox.note(held.claim, name, text):
                return
            held.lose()
        except StoreUnavailable:
            await sleep(_AGAIN_S)
        if not held.is_sure:
            raise ClaimLost


def posts_of(notes: Mapping[str, str]) -> tuple[str, ...]:
    """Read which posts there are from the notes of a parcel."""
    text = notes.get(POSTS)
    return tuple(json.loads(text)) if text else ()


def _nonce(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:24]
