"""How often Slack lets a method be called: by workspace, and for posts by channel too.

What must be seen waits its turn, in order. What can be left out never waits, and leaves room for
the former. Whatever Slack asks for on top of that is kept: nothing is sent before it is over.
"""

import asyncio
import math
from collections import deque
from collections.abc import Awaitable, Callable
from enum import Enum, auto
from typing import Final

from bot.platforms.slack.errors import Crowded
from config.chats import SlackSettings
from routing.clock import Clock

TICK_S: Final = 0.001
"""Nobody waits for less: it may be too little to move a clock on."""

_MINUTE_S: Final = 61.0
"""A second more, for what is on its way."""
_BURST: Final = 3
"""Posts that one channel takes at once; then about one a second."""

_PREVIEW_SHARE: Final = 0.8
"""Of the room, for what can be left out; see `preview_share` for what has another."""

_MOST_WINDOWS: Final = 2000
_MOST_WAITING: Final = 16


class Tier(Enum):
    """What a method is counted as."""

    STREAMS = auto()
    EDITS = auto()
    BEGINNINGS = auto()
    APPENDS = auto()
    POSTS = auto()
    OTHER = auto()


_OTHER_SHARES: Final = {Tier.STREAMS: 1.0, Tier.EDITS: 0.6, Tier.BEGINNINGS: 1.0}
_BEGUN_SHARE: Final = 0.3
"""Of all updates: so many posts that will be updated are begun, each needs one for its end."""


class Window:
    """What one limit has left: so many calls in so long.

    Args:
        count: How many.
        period_s: In how long.
        clock: Tells the time.
    """

    def __init__(self, count: int, period_s: float, clock: Clock) -> None:
        self._count = count
        self._period_s = period_s
        self._clock = clock
        self._turns: deque[float] = deque(maxlen=count)
        self._closed_until_s = -math.inf

    @property
    def is_idle(self) -> bool:
        """Tell whether nothing would be lost by forgetting it."""
        last_s = self._turns[-1] + self._period_s if self._turns else -math.inf
        return self._clock.elapsed_s() > max(last_s, self._closed_until_s)

    def wait_s(self, share: float = 1.0) -> float:
        """Return how long a call has to wait that may use only a share of the room."""
        now_s, wait_s = self._clock.elapsed_s(), 0.0
        turns = max(1, int(self._count * share))
        if len(self._turns) >= turns:
            wait_s = self._turns[-turns] + self._period_s - now_s
        wait_s = max(wait_s, self._closed_until_s - now_s)
        return wait_s if wait_s > TICK_S else 0

    def rest(self, seconds: float) -> None:
        """Let nothing through for so long."""
        self._closed_until_s = max(self._closed_until_s, self._clock.elapsed_s() + seconds)

    async def turn(self, sleep: Callable[[float], Awaitable[None]]) -> None:
        """Wait until one more call may be made, and count it."""
        now_s = self._clock.elapsed_s()
        is_full = len(self._turns) == self._count
        at_s = max(now_s, self._turns[0] + self._period_s) if is_full else now_s
        self._turns.append(at_s)
        # Nothing but time ends it, and while it is waited for the end may move away.
        while (wait_s := max(at_s, self._closed_until_s) - self._clock.elapsed_s()) > TICK_S:
            await sleep(wait_s)


class Tiers:
    """The limits of all workspaces.

    Args:
        settings: How many calls of which tier Slack allows.
        clock: Tells the time.
        sleep: Waits for so many seconds.
    """

    def __init__(
        self,
        settings: SlackSettings,
        clock: Clock,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._clock = clock
        self._sleep = sleep
        self._waiting = 0
        self._windows: dict[tuple[str, ...], Window] = {}
        self._rooms: dict[Tier, tuple[int, float]] = {
            Tier.STREAMS: (settings.streams_per_min, _MINUTE_S),
            Tier.EDITS: (settings.edits_per_min, _MINUTE_S),
            Tier.BEGINNINGS: (max(1, int(settings.edits_per_min * _BEGUN_SHARE)), _MINUTE_S),
            Tier.APPENDS: (settings.appends_per_min, _MINUTE_S),
            Tier.POSTS: (_BURST, _BURST),
            Tier.OTHER: (1000, _MINUTE_S),
        }

    def has_room(self) -> bool:
        """Tell whether more answers can be shown: few writes wait that must be seen."""
        return self._waiting < _MOST_WAITING

    async def turn(
        self, team: str, method: str, tier: Tier, lane: str = "", *, is_preview: bool = False
    ) -> None:
        """Wait until a method may be called.

        Args:
            team: The workspace.
            method: Which.
            tier: What it is counted as.
            lane: The channel, where each has a limit of its own.
            is_preview: Whether it can be left out, and so never waits.

        Raises:
            Crowded: It is left out.
        """
        window = self._window(team, method, tier, lane)
        if is_preview and (wait_s := window.wait_s(preview_share(tier))):
            raise Crowded(wait_s)
        self._waiting += 1
        try:
            await window.turn(self._sleep)
        finally:
            self._waiting -= 1

    def rest(self, team: str, method: str, tier: Tier, lane: str, seconds: float) -> None:
        """Call a method no more for so long: Slack says so."""
        self._window(team, method, tier, lane).rest(seconds)

    def _window(self, *key: *tuple[str, str, Tier, str]) -> Window:
        team, method, tier, lane = key
        name = (team, method, lane)
        if (window := self._windows.get(name)) is None:
            if len(self._windows) >= _MOST_WINDOWS:
                self._windows = {
                    key: each for key, each in self._windows.items() if not each.is_idle
                }
            count, period_s = self._rooms[tier]
            window = self._windows[name] = Window(count, period_s, self._clock)
        return window


def preview_share(tier: Tier) -> float:
    """Return how much of a tier's room is for what can be left out.

    A stream is begun as a preview only. Each post that grows by updates needs one for its end.
    """
    return _OTHER_SHARES.get(tier, _PREVIEW_SHARE)
