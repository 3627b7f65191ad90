"""Several versions of the bot on one store: which form all that is kept has, and who is there.

The form has a number, the schema. A newer version writes the form in force until every process that
is there knows a higher one; so old and new share a store while one takes the other's place.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from typing import Final, Protocol

from routing.errors import StoreNotUnderstood, StoreUnavailable

EVERY_S: Final = 5.0
"""So often a process says that it is there."""

STAYS_S: Final = 30.0
"""One that has not said so for as long is gone."""


@dataclass(frozen=True, slots=True)
class Speaks:
    """What a version understands.

    Attributes:
        version: Its name, such as `0.1.0`.
        least: The oldest form it reads, and goes on writing where others know no newer.
        newest: The newest.
    """

    version: str
    least: int
    newest: int


class Versions(Protocol):
    """What the store knows of those who use it.

    Every method raises StoreUnavailable when the store does not answer, and StoreNotUnderstood when
    the form in force is none this process understands.
    """

    @property
    def speaks(self) -> Speaks:
        """Return what this process understands."""
        ...

    async def look(self) -> int:
        """Return the schema in force."""
        ...

    async def attend(self) -> int:
        """Be there for a while; return the schema in force, raised if all who are there know it."""
        ...

    async def present(self) -> tuple[Speaks, ...]:
        """Return of everybody who is there what they understand."""
        ...


class Presence:
    """Says again and again that this process is there, and notices when the store outgrew it."""

    def __init__(
        self, versions: Versions, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    ) -> None:
        self._versions = versions
        self._sleep = sleep
        self._outgrown: asyncio.Future[StoreNotUnderstood] = asyncio.Future()

    async def keep(self) -> None:
        """Be there until cancelled, or until what is kept is no longer understood."""
        while True:
            try:
                await self._versions.attend()
            except StoreNotUnderstood as error:
                self._outgrown.set_result(error)
                return
            except StoreUnavailable:
                pass  # whoever asks is told
            await self._sleep(EVERY_S)

    async def outgrown(self) -> StoreNotUnderstood:
        """Wait until what is kept is no longer understood; return why."""
        return await asyncio.shield(self._outgrown)

    async def while_understood(self, work: Coroutine[object, object, None]) -> None:
        """Do some work to its end.

        Raises:
            StoreNotUnderstood: What is kept no longer is: the work is cancelled.
        """
        working, outgrown = asyncio.create_task(work), asyncio.create_task(self.outgrown())
        outgrown.add_done_callback(lambda _: working.cancel())
        try:
            await working
        except asyncio.CancelledError:
            if outgrown.done():
                raise outgrown.result() from None
            raise
        finally:
            outgrown.cancel()
