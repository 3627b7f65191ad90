"""What was taken in by this process already: Slack sends much of it twice."""

from collections import OrderedDict
from typing import Final

_REMEMBERED: Final = 20_000


class Once:
    """Remembers names, the latest ones."""

    def __init__(self) -> None:
        self._known: OrderedDict[str, None] = OrderedDict()

    def __contains__(self, name: str) -> bool:
        """Tell whether something was taken in."""
        return name in self._known

    def add(self, name: str) -> None:
        """Remember that something was taken in."""
        self._known[name] = None
        if len(self._known) > _REMEMBERED:
            self._known.popitem(last=False)
