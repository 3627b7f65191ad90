"""`pointsman forget USER`: takes a person out of everything, once it is told what that is."""

import asyncio
import sys
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Final
from uuid import uuid4

from bot.forgetting.files import files_of
from bot.forgetting.wording import (
    DONE,
    ELSEWHERE,
    NOT_SEALED_OPEN,
    NOTHING,
    OUT_OF_REACH,
    SURE,
    UNANSWERABLE,
    UNCHANGED,
    linked_with,
    not_ended,
    remarks,
    rows,
    still_named,
)
from bot.platforms.terminal_identity import terminal_origin
from bot.printing import print_marked, print_table
from bot.wording import sentence
from config.errors import ConfigError
from config.settings import Settings
from routing.backends.stores import Stores, open_stores
from routing.backends.unsettled import UnsettledFiles
from routing.clock import Clock
from routing.errors import StoreUnavailable
from routing.forgetting import ForgettingElsewhere, NobodySo, Somebody, Trace, Traces, somebody
from routing.installations import Installation, SealBroken
from routing.orders import EVERYWHERE
from routing.records import FORGOTTEN

OK: Final = 0
FAILED: Final = 1
MISUSED: Final = 2

_PAUSE_S: Final = 0.5
_LEFT_S: Final = 5.0
"""So long what waits is left to workers, if there are any."""

_LAPSING_S: Final = 10.0
"""So much later than its lease a dead process's call has ended for sure."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the operator wants.

    Attributes:
        asker: Who is to be forgotten, such as `discord:1234`.
        with_linked: Whether whoever is one person with them is, too.
        with_budgets: Whether they begin with whole budgets.
        is_dry: Whether it is only told what there is.
        confirm: Asks whether it is meant; None where nobody can be asked.
    """

    asker: str
    with_linked: bool
    with_budgets: bool
    is_dry: bool
    confirm: Callable[[str], bool] | None


@dataclass(frozen=True, slots=True)
class Patience:
    """How it is waited for what is being answered."""

    clock: Clock = field(default_factory=Clock)
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep


async def forget(settings: Settings, wanted: Wanted, patience: Patience) -> int:
    """Tell what there is of somebody, ask, forget them; return the exit code.

    Nobody to be found is no failure: whoever was forgotten already is forgotten.
    """
    try:
        whom = somebody(wanted.asker)
    except NobodySo as error:
        print_marked("problem", str(error))
        return MISUSED
    if not wanted.is_dry and wanted.confirm is None:
        print_marked("problem", UNANSWERABLE)
        return MISUSED
    try:
        async with open_stores(settings) as stores:
            return await _Run(settings, stores, wanted, patience).all(whom)
    except ConfigError as error:
        print(error, file=sys.stderr)  # noqa: T201 # beside the output
        return MISUSED
    except StoreUnavailable as error:
        print(sentence(error), file=sys.stderr)  # noqa: T201 # beside the output
    except ForgettingElsewhere:
        print_marked("problem", ELSEWHERE)
    return FAILED


class _Run:
    """One run of the command."""

    def __init__(
        self, settings: Settings, stores: Stores, wanted: Wanted, patience: Patience
    ) -> None:
        self._settings = settings
        self._stores = stores
        self._wanted = wanted
        self._patience = patience

    async def all(self, whom: Somebody) -> int:
        """Do it all; return the exit code."""
        people = await self._people(whom)
        found = [await self._look(each) for each in people]
        for each, traces in zip(people, found, strict=True):
            self._tell(each, traces)
        stays = set() if self._wanted.with_budgets else {Trace.BUDGETS}
        if not any(each.counts.keys() - stays for each in found):
            print_marked("note", NOTHING.format(asker=whom.asker))
            return OK
        print_marked("note", OUT_OF_REACH)
        if self._wanted.is_dry or self._wanted.confirm is None:
            return OK
        if not self._wanted.confirm(SURE):
            print_marked("note", UNCHANGED)
            return FAILED
        have_ended = [await self._forget(each) for each in people]
        await self._write_down(people)
        print_marked("ok", DONE)
        return OK if all(have_ended) else FAILED

    async def _people(self, whom: Somebody) -> Sequence[Somebody]:
        """Return who is to be forgotten: with those linked to them, if that is wanted."""
        links = await self._stores.limits.links(whom.asker)
        others = sorted({*links, *links.values()} - {whom.asker})
        if others and not self._wanted.with_linked:
            print_marked("warning", linked_with(whom.asker, others))
            return [whom]
        return [whom, *map(somebody, others)]

    async def _look(self, whom: Somebody) -> Traces:
        """Count what there is of somebody, in the store and in files of this machine."""
        wanted, stores = self._wanted, self._stores
        traces = await stores.forgetting.look(whom, with_budgets=wanted.with_budgets)
        more = {
            Trace.INSTALLATIONS: len(await self._installed(whom, traces)),
            Trace.FILES: len(files_of(whom, self._settings.state_dir)),
        }
        counts = {**traces.counts, **{each: number for each, number in more.items() if number}}
        return replace(traces, counts=counts)

    def _tell(self, whom: Somebody, traces: Traces) -> None:
        if traces.counts:
            print_table(["", whom.asker], rows(traces), numeric={0})
        for remark in remarks(whom, traces, with_budgets=self._wanted.with_budgets):
            print_marked("note", remark)
        named = self._settings.model_dump_json(include={"rules", "quotas"})
        if f'"{whom.asker}"' in named:
            print_marked("warning", still_named(whom.asker))

    async def _forget(self, whom: Somebody) -> bool:
        """Forget somebody; tell whether all they were being answered had ended before."""
        stores, wanted = self._stores, self._wanted
        has_ended = await self._end(whom)
        if not has_ended:
            print_marked("warning", not_ended(whom.asker))
        traces = await stores.forgetting.forget(whom, with_budgets=wanted.with_budgets)
        for installation in await self._installed(whom, traces):
            if stores.installations:
                await stores.installations.keep(replace(installation, installed_by=""))
        for path in files_of(whom, self._settings.state_dir):
            path.unlink(missing_ok=True)
        return has_ended

    async def _end(self, whom: Somebody) -> bool:
        """End what they are being answered; tell whether it has, in the ledger, too."""
        quotas, clock = self._settings.quotas, self._patience.clock
        forgetting, at, began_s = self._stores.forgetting, clock.now(), clock.elapsed_s()
        until_s = began_s + quotas.lease_s + _LAPSING_S
        left = await forgetting.begin(whom, at)
        folder = self._settings.state_dir / "unsettled"
        await UnsettledFiles(folder, quotas, clock).replay(self._stores.ledger)
        while await forgetting.is_busy(whom):
            if clock.elapsed_s() >= until_s:
                return False
            if left and clock.elapsed_s() >= began_s + _LEFT_S:
                await forgetting.end(left)
                left = frozenset()
            await self._patience.sleep(_PAUSE_S)
            await self._stores.ledger.sweep()  # what a dead process held is charged first
        return True

    async def _installed(self, whom: Somebody, traces: Traces) -> list[Installation]:
        """Return the installations that somebody made; without the key nobody can tell."""
        if not traces.installed:
            return []
        try:
            found = [
                await self._stores.installations.of(team, enterprise)
                for team, enterprise in traces.installed
                if self._stores.installations
            ]
        except SealBroken:
            found = []
        if not found:
            print_marked("warning", NOT_SEALED_OPEN)
        return [each for each in found if each and each.installed_by == whom.person]

    async def _write_down(self, people: Sequence[Somebody]) -> None:
        """Let the audit tell that somebody was forgotten, and by whom, but not who."""
        operator = terminal_origin().asker
        by = FORGOTTEN if operator in {each.asker for each in people} else operator
        number = "a person" if len(people) == 1 else f"{len(people)} accounts of a person"
        await self._stores.audit.note(
            EVERYWHERE, "forget", number, "everything kept of them", by, uuid4().hex
        )
