"""The form of all that is kept, as a number. What changes it, and how, is in CONTRIBUTING.md."""

from typing import Final

SCHEMA: Final = 1
"""What this version writes, once all who share a store understand it."""

LEAST: Final = 1
"""The oldest form it reads, and writes until then."""
