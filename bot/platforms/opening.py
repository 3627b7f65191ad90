"""Which chat services there are."""

from typing import Final

from bot.running import Opener

OPENERS: Final[tuple[Opener, ...]] = ()
"""Each with its token; those are opened whose token is set."""
