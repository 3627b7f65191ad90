"""How somebody becomes one person on several platforms: by a code, said on both."""

import secrets
from collections.abc import Iterable, Mapping
from enum import StrEnum
from hashlib import sha256
from typing import Final, Protocol

_ALPHABET: Final = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Without what looks alike: 0 and O, 1, I and L, U and V."""

_CODE_CHARS: Final = 8

CODE_TTL_S: Final = 600
MOST_TRIES: Final = 5
"""Wrong codes of one asker in that time; there are 10^11 of them."""


TAKEN_AGAIN_S: Final = 31 * 86_400
"""No sooner does anybody take another code: with each they would have one more budget to spend."""


class NoSuchCode(StrEnum):
    """Why a code links nobody."""

    UNKNOWN = "unknown"
    TOO_MANY_TRIES = "too many tries"
    TOO_SOON = "too soon"


class LinkCodes(Protocol):
    """Keeps codes, unreadable, and who was linked by one.

    Every method raises StoreUnavailable when the store does not answer.
    """

    async def offer(self, asker: str, code: str) -> None:
        """Let a code link somebody with an asker, once and for a while, in place of an earlier."""
        ...

    async def owner(self, code: str, asker: str, *, is_taken: bool) -> str | NoSuchCode:
        """Return the asker whom a code is of; one that is not known counts as a try.

        Args:
            code: As it was offered.
            asker: Who gives it.
            is_taken: Whether it is used up: nobody but the same asker may give it once more.
        """
        ...

    async def withdraw(self, code: str) -> None:
        """Forget a code: others have seen it."""
        ...

    async def forget(self, asker: str) -> None:
        """Forget that somebody was linked by a code: from now on the operator says who they are."""
        ...

    async def linked(self, askers: Iterable[str]) -> Mapping[str, str]:
        """Return as whom askers are counted by a code, for those that took one."""
        ...


def new_code() -> str:
    """Return a code nobody can guess."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(_CODE_CHARS))


def code_in(text: str) -> str:
    """Return the code that somebody typed; empty where it cannot be one."""
    code = "".join(text.upper().replace("-", "").split())
    is_one = len(code) == _CODE_CHARS and all(char in _ALPHABET for char in code)
    return code if is_one else ""


def shown_code(code: str) -> str:
    """Return a code as it is easily copied by eye: `ABCD-EFGH`."""
    half = _CODE_CHARS // 2
    return f"{code[:half]}-{code[half:]}"


def hidden_code(code: str) -> str:
    """Return what a code is kept under, from which nobody can tell it."""
    return sha256(code.encode()).hexdigest()
