"""What of a chat service can be seen from outside: whether it is heard, and what is sent there."""

from collections import Counter
from collections.abc import Callable, Hashable
from typing import Literal

Sending = Literal["post", "edit", "append", "delete", "other"]
"""What a request does to what is to be seen; the last: nothing."""


class Vitals:
    """Counts, for one service and this process. The threads of its doors may write, too.

    Attributes:
        sent: How many requests of each kind the service has taken.
        limited: How many it has turned away because there were too many.
        on_late: Told by how many seconds the event loop of its doors was late; to be set by whoever
            wants to know, and called in that loop's thread.
    """

    def __init__(self) -> None:
        self.sent: Counter[Sending] = Counter()
        self.limited = 0
        self.on_late: Callable[[float], object] = lambda _: None
        self._heard_by: set[Hashable] = set()

    @property
    def is_heard(self) -> bool:
        """Tell whether at least one connection is open by which the service is heard."""
        return bool(self._heard_by)

    def opened(self, connection: Hashable) -> None:
        """Take note of a connection that is open: a shard, a socket, a port."""
        self._heard_by.add(connection)

    def closed(self, connection: Hashable) -> None:
        """Take note of one that is closed."""
        self._heard_by.discard(connection)

    def all_closed(self) -> None:
        """Take note that nothing is heard any more."""
        self._heard_by.clear()
