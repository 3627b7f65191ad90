"""Takes questions in: each is written down before it counts as taken, and refused with a reason."""

import asyncio
import json
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from contextlib import suppress
from dataclasses import astuple, dataclass
from typing import Final

from bot.draft import View
from bot.held import WaitingPosts, posts_of
from bot.loop_breaker import LoopBreaker
from bot.memory import Memory
from bot.message_lines import MessageUnreadable, message_from_line, message_to_line
from bot.platforms.port import Message
from bot.platforms.surface import ClaimLost, NotShown, Surface
from bot.unbegun import Unbegun
from config.chats import IntakeSettings
from routing.clock import Clock
from routing.errors import StoreUnavailable
from routing.inbox import Admission, Admitted, Found, Inbox, Parcel, Whereabouts, Wish

WAITS: Final = "waits until what was asked before is answered …"

_NOTICED_S: Final = 0.7
"""A question that is nobody's for so long says that it waits."""

_LINE_PAUSES_S: Final = (1.0, 2.0, 4.0, 8.0)
"""Between tries to say so, while other posts go first."""

_TRIED_S: Final = 15.0
"""How long the store is waited for before a question is refused."""

_AGAIN_S: Final = 0.5
_FEW: Final = 4
"""So many wait at most where there is room for what was missed earlier."""

_MOST_HELD: Final = 500
"""Questions held here while the store is away; more are refused at once."""

_MOST_DOUBTFUL: Final = 10_000
"""Refused questions that are still to be taken back; of more, the first are left."""

_MOST_CANCELLED: Final = 500
"""The latest ones, of which a line may just be on its way."""

_FULL: Final = "Too many questions wait already. Ask again in a moment."
_LOOP: Final = "Those were more questions than a person asks in a minute. Ask again in one."
_AWAY: Final = (
    "I cannot take questions in at the moment: where they are kept does not answer. "
    "Ask again in a moment."
)

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Door:
    """What it takes to take questions in.

    Attributes:
        inbox: Where they go.
        surfaces: Where it is said that one waits or is refused, by platform.
        memory: Which post belongs to which answer.
        wake: Tells the worker of this process, if there is one, that there is something new.
        unbegun: Told by that worker what it begins.
        sleep: Waits for so many seconds.
        refused: Told, in a word, why a question is not taken in.
    """

    inbox: Inbox
    surfaces: Mapping[str, Surface]
    memory: Memory
    wake: Callable[[], None]
    unbegun: Unbegun
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    refused: Callable[[str], object] = lambda _: None


class Intake:
    """The way in, for the platforms of this process."""

    def __init__(self, door: Door, clock: Clock, notice_every_s: float) -> None:
        self._door = door
        self._elapsed_s = clock.elapsed_s
        self._notice_every_s = notice_every_s
        self._breaker = LoopBreaker()
        self._looping: dict[str, float] = {}
        self._held = 0
        self._refused: deque[str] = deque(maxlen=_MOST_HELD)
        self._doubtful: deque[str] = deque(maxlen=_MOST_DOUBTFUL)
        self._taking_back: asyncio.Task[None] | None = None
        self._cancelled: deque[str] = deque(maxlen=_MOST_CANCELLED)
        self._tasks: set[asyncio.Task[None]] = set()

    def adopt(self, settings: IntakeSettings) -> None:
        """Tell people as often as other settings say that they are not answered."""
        self._notice_every_s = settings.notice_every_s

    async def aclose(self) -> None:
        """End what is being said beside."""
        await self._door.unbegun.aclose()
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def settled(self) -> None:
        """Return when nothing is being said or undone beside."""
        while self._tasks:
            await asyncio.wait(tuple(self._tasks))

    async def accept(self, message: Message) -> Admitted:
        """Take a question in, and return once it is kept, or refused.

        A refusal is said here; so is that a question waits.
        """
        origin, now_s = message.origin, self._elapsed_s()
        if not self._breaker.admits(origin.asker, origin.place, now_s, message.identity):
            return await self._refused_as_loop(message)
        if message.identity in self._refused:
            return Admitted(Admission.AGAIN)
        admitted = await self._added(message)
        if admitted is None:
            self._door.refused("store_away")
            self._refused.append(message.identity)
            self._take_back_later(message.identity)
            await self._refuse(message, _AWAY)
            return Admitted(Admission.FULL, is_to_be_told=True)
        if admitted.admission is Admission.FULL:
            self._door.refused("inbox_full")
        match admitted.admission:
            case Admission.READY:
                self._look_after(message)
                self._door.wake()
            case Admission.AGAIN:
                self._door.wake()
            case Admission.WAITING:
                self._beside(self._say_it_waits(message))
            case Admission.FULL if admitted.is_to_be_told:
                await self._refuse(message, _FULL, is_optional=True)
        return admitted

    async def knows(self, identity: str) -> bool:
        """Tell whether a question was taken in before; not, as long as the store cannot say."""
        try:
            return await self._door.inbox.knows(identity)
        except StoreUnavailable:
            return False

    async def has_room(self) -> bool:
        """Tell whether a question that has waited long would be taken in beside new ones."""
        try:
            return await self._door.inbox.waiting() <= _FEW
        except StoreUnavailable:
            return False

    async def edited(self, message: Message) -> None:
        """Take note that a question reads differently now.

        Written anew whole, it says what the service says of it now, whoever took it in.
        """

        async def revise() -> None:
            if not await self._door.inbox.revise(message.identity, message_to_line(message)):
                await self._door.memory.revised(message)

        await self._tried(revise)

    async def deleted(self, platform: str, place: str, post_id: str) -> None:
        """Take note that a post is gone: a question is not answered then, an exchange forgotten."""

        async def cancel() -> None:
            found = await self._cancel(f"{platform}:{post_id}")
            if found.whereabouts is Whereabouts.GONE:
                await self._door.memory.deleted(platform, place, post_id)

        await self._tried(cancel)

    async def stop(self, identity: str) -> Whereabouts:
        """End the answer to a question, with what there is of it; one not begun is taken back.

        Raises:
            StoreUnavailable: It goes on.
        """
        found = await self._door.inbox.wish(identity, Wish.STOP)
        if found.whereabouts is Whereabouts.WAITING:
            found = await self._cancel(identity)
        return found.whereabouts

    # ---- taking in

    async def _added(self, message: Message) -> Admitted | None:
        """Keep a question; None when that could not be done in time."""
        parcel = parcel_of(message)
        if self._held >= _MOST_HELD:
            return None
        self._held += 1
        try:
            until_s = self._elapsed_s() + _TRIED_S
            while True:
                try:
                    return await self._door.inbox.add(parcel)
                except StoreUnavailable as error:
                    if self._elapsed_s() >= until_s:
                        _log.warning("%s is not taken in: %s", message.identity, error)
                        return None
                await self._door.sleep(_AGAIN_S)
        finally:
            self._held -= 1

    def _take_back_later(self, identity: str) -> None:
        """Cancel a question that was refused, but may have been kept all the same."""
        self._doubtful.append(identity)
        if self._taking_back is None or self._taking_back.done():
            self._taking_back = self._beside(self._take_back())

    async def _take_back(self) -> None:
        """Cancel what is doubtful, one after the other: with the store away that may be much."""
        while self._doubtful:
            identity = self._doubtful.popleft()
            try:
                await self._cancel(identity)
            except StoreUnavailable:
                self._doubtful.appendleft(identity)
                await self._door.sleep(_AGAIN_S)

    async def _cancel(self, identity: str) -> Found:
        if identity not in self._cancelled:
            self._cancelled.append(identity)
        found = await self._door.inbox.wish(identity, Wish.CANCEL)
        if found.whereabouts is Whereabouts.WAITING and (ids := posts_of(found.notes)):
            try:
                message = message_from_line(found.content)
            except MessageUnreadable as error:
                _log.warning("%s still says that it waits: %s", identity, error)
            else:
                await self._withdraw(message, ids)
        self._door.wake()
        return found

    # ---- saying so

    def _look_after(self, message: Message) -> None:
        """Let a question say that it waits when every worker is busy."""

        def not_begun() -> None:
            self._beside(self._say_it_waits(message, is_sure=False))

        self._door.unbegun.expect(message.identity, _NOTICED_S, not_begun)

    async def _say_it_waits(self, message: Message, *, is_sure: bool = True) -> None:
        """Say that a question waits, if it does and as long as it does; other posts go first."""
        inbox, identity = self._door.inbox, message.identity
        try:
            for pause_s in _LINE_PAUSES_S:
                if not is_sure and await inbox.is_begun(identity):
                    return
                if await self._has_said_it_waits(message):
                    return
                await self._door.sleep(pause_s)
                is_sure = False
        except StoreUnavailable as error:
            _log.info("%s may wait and not say so: %s", identity, error)

    async def _has_said_it_waits(self, message: Message) -> bool:
        """Try to say that a question waits; False when that may succeed later."""
        surface = self._door.surfaces[message.origin.platform]
        posts = WaitingPosts(message.identity, self._door.inbox)
        try:
            await surface.reply(message, posts).begin(WAITS, is_optional=True)
        except NotShown as error:
            _log.info("%s does not say that it waits: %s", message.identity, error)
            return error.is_final
        except ClaimLost:
            _log.info("%s waits no longer", message.identity)  # the post is its worker's now
            if message.identity in self._cancelled:  # nobody's, else
                await self._withdraw(message, posts.ids)
        else:
            await self._door.memory.begun(message, posts.ids)
        return True

    async def _withdraw(self, message: Message, ids: tuple[str, ...]) -> None:
        posts = WaitingPosts(message.identity, self._door.inbox, ids)
        try:
            with suppress(ClaimLost):  # that they are gone is noted nowhere any more
                await self._door.surfaces[message.origin.platform].reply(message, posts).withdraw()
        except NotShown as error:
            _log.warning("%s still says that it waits: %s", message.identity, error)

    async def _refused_as_loop(self, message: Message) -> Admitted:
        self._door.refused("too_fast")
        now_s, asker = self._elapsed_s(), message.origin.asker
        is_to_be_told = self._looping.get(asker, 0.0) <= now_s
        if is_to_be_told:
            self._looping = {each: at for each, at in self._looping.items() if at > now_s}
            self._looping[asker] = now_s + self._notice_every_s
            _log.warning("%s asks more than a person does", asker)
            await self._refuse(message, _LOOP, is_optional=True)
        return Admitted(Admission.FULL, is_to_be_told=is_to_be_told)

    async def _refuse(self, message: Message, why: str, *, is_optional: bool = False) -> None:
        view = View(why, is_final=True, is_notice=True, is_failure=True)
        await self._door.surfaces[message.origin.platform].refuse(
            message, view, is_optional=is_optional
        )

    # ---- beside

    async def _tried(self, step: Callable[[], Awaitable[None]]) -> None:
        """Do something, with the store away for as long as it takes to be of use."""
        until_s = self._elapsed_s() + _TRIED_S
        while True:
            try:
                await step()
            except StoreUnavailable as error:
                if self._elapsed_s() >= until_s:
                    _log.warning("an edit or deletion is not honoured: %s", error)
                    return
                await self._door.sleep(_AGAIN_S)
            else:
                return

    def _beside(self, work: Coroutine[object, object, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            _log.error("work beside the intake failed", exc_info=error)


def parcel_of(message: Message) -> Parcel:
    """Say whose turn it is, and whose share it counts in."""
    origin = message.origin
    return Parcel(
        identity=message.identity,
        lane=json.dumps(astuple(message.conversation)),
        asker=origin.asker,
        place=json.dumps((origin.platform, origin.tenant, origin.place)),
        content=message_to_line(message),
    )
