"""Ends a conversation between bots: no person asks so much, so fast, in one place. Pure."""

from collections import OrderedDict, deque
from typing import Final

MOST_A_MINUTE: Final = 20
"""Questions of one asker in one place."""

_MINUTE_S: Final = 60.0
_REMEMBERED: Final = 10_000
"""Askers and places; beyond that the one longest silent is forgotten."""


class LoopBreaker:
    """Counts what each asker asks in each place."""

    def __init__(self) -> None:
        self._asked: OrderedDict[tuple[str, str], deque[tuple[float, str]]] = OrderedDict()

    def admits(self, asker: str, place: str, now_s: float, identity: str) -> bool:
        """Count a question; tell whether there are no more of them than a person asks.

        What a service tells of twice, as Slack does of a mention, counts once.
        """
        moments = self._asked.setdefault((asker, place), deque(maxlen=MOST_A_MINUTE))
        self._asked.move_to_end((asker, place))
        if len(self._asked) > _REMEMBERED:
            self._asked.popitem(last=False)
        if any(identity == each for _, each in moments):
            return True
        if len(moments) == MOST_A_MINUTE and now_s - moments[0][0] < _MINUTE_S:
            return False
        moments.append((now_s, identity))
        return True
