"""Who and what is there: whether the ids that admins type, or once typed, are of anybody."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import replace
from typing import Final

from bot.mentions import is_mentionable, own_id
from routing.clock import Clock
from routing.orders import Of, Target
from routing.query import Origin

LookUp = Callable[[str, Collection[Target]], Awaitable[Mapping[Target, bool]]]
"""Tells of people, channels and roles whether they are in a server or workspace.

It gets the tenant's id and bare ids; of whom it cannot tell, nothing is in what it returns.
"""

_FRESH_S: Final = 60.0
_REMEMBERED: Final = 10_000
_MOST_ASKED: Final = 25
"""At once; of more the first are asked about. Each may be a request."""

_WAIT_S: Final = 1.5
_KINDS: Final = frozenset({Of.CHANNEL, Of.ROLE, Of.USER})


class Directory:
    """Knows of ids whether they are there, asked of the platform they are of.

    Args:
        clock: Tells when what is known is too old.
        wait_s: How long an answer is waited for; without one, everything is taken to be there.
    """

    def __init__(self, clock: Clock | None = None, wait_s: float = _WAIT_S) -> None:
        self._elapsed_s = (clock or Clock()).elapsed_s
        self._wait_s = wait_s
        self._look_ups: dict[str, LookUp] = {}
        self._known: OrderedDict[tuple[str, str, Target], tuple[bool, float]] = OrderedDict()

    def take_from(self, platform: str, look_up: LookUp) -> None:
        """Look up who and what is on a platform by this."""
        self._look_ups[platform] = look_up

    async def missing(self, targets: Collection[Target], reader: Origin) -> frozenset[Target]:
        """Return those of some targets that are certainly not where somebody reads of them."""
        if (look_up := self._look_ups.get(reader.platform)) is None:
            return frozenset()
        bare = {
            each: replace(each, who=own_id(each.who, reader))
            for each in targets
            if each.of in _KINDS and (each.of is not Of.USER or _is_of_here(each.who, reader))
        }
        asked = [each for each in bare.values() if is_mentionable(each.of, each.who, reader)]
        found = await self._found(asked, reader, look_up)
        # What has not even the form of an id is nothing; what nobody tells of is taken to be there.
        is_there = {each: found.get(each, each in asked) for each in bare.values()}
        return frozenset(each for each, as_here in bare.items() if not is_there[as_here])

    async def _found(
        self, targets: Collection[Target], reader: Origin, look_up: LookUp
    ) -> Mapping[Target, bool]:
        """Return of targets whether they are there, as far as that is known by now."""
        here, now_s = (reader.platform, reader.tenant), self._elapsed_s()
        known = {each: self._known.get((*here, each)) for each in targets}
        found = {each: it[0] for each, it in known.items() if it and now_s - it[1] < _FRESH_S}
        unknown = [each for each in known if each not in found][:_MOST_ASKED]
        if not unknown:
            return found
        try:
            async with asyncio.timeout(self._wait_s):
                told = await look_up(reader.tenant, unknown)
        except TimeoutError:
            return found
        for each, is_there in told.items():
            self._known[(*here, each)] = (is_there, now_s)
        while len(self._known) > _REMEMBERED:
            self._known.popitem(last=False)
        return {**found, **told}


def _is_of_here(who: str, reader: Origin) -> bool:
    """Tell whether a person is of the platform where somebody reads of them."""
    return ":" not in who or who.startswith(f"{reader.platform}:")
