"""Who is told what happens while questions are answered: to be counted, never to change a thing."""

from typing import Protocol

from routing.errors import ModelFailed
from routing.reply import Receipt


class Watch(Protocol):
    """Takes note at once, neither waits nor raises, and keeps nothing of who asked what."""

    def settled(self, receipt: Receipt) -> None:
        """Take note of an answer that has ended, however it did."""
        ...

    def failed(self, failure: ModelFailed) -> None:
        """Take note of a model that did not answer."""
        ...


class Unwatched:
    """Takes no note of anything."""

    def settled(self, receipt: Receipt) -> None:
        """Let it pass."""

    def failed(self, failure: ModelFailed) -> None:
        """Let it pass."""
