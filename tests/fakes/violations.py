"""What a fake service holds against a bot."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Violation:
    """Something a well-behaved bot never does.

    Attributes:
        what: In two or three words, such as `may ping`.
        detail: With which request, and why.
    """

    what: str
    detail: str
