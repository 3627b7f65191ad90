"""What could not be settled, as files in the state folder: one a call, replaced in one step.

The emergency allowance lives here too: while the store is away, all that these files hold or say
was spent must stay within it.
"""

import asyncio
import json
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final

from config.catalog import MICROUSD
from config.quotas import QuotaSettings
from routing.backends.keys import encoded
from routing.bill_lines import NewerBill, bill_from_value, bill_to_value
from routing.clock import Clock
from routing.holds import Entry, Hold, Reservation, Spent
from routing.ports import Ledger
from routing.reply import Bill

_SUFFIX: Final = ".json"
_LONGEST_ANSWER: Final = timedelta(hours=1)
"""After which an admitted call that nobody settled is charged what it is known to have used."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Kept:
    """One file: a call that was settled, or that was admitted and may still run."""

    bill: Bill
    is_running: bool


class UnsettledFiles:
    """Keeps calls in a folder that several processes of one machine may share."""

    def __init__(self, folder: Path, settings: QuotaSettings, clock: Clock) -> None:
        self._folder = folder
        self._clock = clock
        self._left: set[Path] = set()
        self.adopt(settings)

    def adopt(self, settings: QuotaSettings) -> None:
        """Grant what other settings allow; what was granted counts."""
        self._allowance_microusd = int(settings.emergency_usd * MICROUSD)

    async def admit(self, reservation: Reservation) -> bool:
        """Grant a call while the store is away, if the emergency allowance covers it."""
        if not self._allowance_microusd:
            return False
        return await asyncio.to_thread(self._admit, reservation)

    async def keep(self, hold: Hold, spent: Spent, entry: Entry) -> None:
        """Keep what a call used; the same call again replaces it."""
        kept = _Kept(Bill(hold, spent, entry), is_running=False)
        try:
            await asyncio.to_thread(self._write, kept)
        except OSError as error:
            # Neither store nor disk: the log is all that is left.
            _log.error("%s is in no ledger: %s %s", hold.reservation.call_id, asdict(spent), error)

    async def settled(self, call_id: str, delivery: int) -> None:
        """Forget a call that was admitted or kept; one that was not changes nothing."""
        await asyncio.to_thread(self._path(call_id, delivery).unlink, missing_ok=True)

    async def replay(self, ledger: Ledger) -> int:
        """Settle all that is kept; return how many there were."""
        done = 0
        for path in await asyncio.to_thread(self._paths):
            if (kept := await asyncio.to_thread(self._read, path)) is None:
                continue
            bill = kept.bill
            until = bill.hold.reservation.at + _LONGEST_ANSWER
            if kept.is_running and self._clock.now() < until:
                continue  # whoever was granted it will settle it
            await ledger.settle(bill.hold, bill.spent, bill.entry)
            await asyncio.to_thread(path.unlink, missing_ok=True)
            done += 1
        return done

    def _admit(self, reservation: Reservation) -> bool:
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with _locked(self._folder / "lock"):
            paths = self._paths()
            kept = [self._read(path) for path in paths]
            self._left.intersection_update(paths)
            used = sum(
                _held_microusd(each) for each in kept if each and each.bill.hold.is_emergency
            )
            if self._left or used + reservation.most.cost_microusd > self._allowance_microusd:
                return False
            asker, tokens = reservation.origin.asker, reservation.output_tokens
            hold = Hold(reservation, asker, tokens, is_emergency=True)
            self._write(_Kept(Bill(hold, reservation.known, reservation.entry), is_running=True))
            return True

    def _paths(self) -> list[Path]:
        return sorted(self._folder.glob(f"*{_SUFFIX}")) if self._folder.is_dir() else []

    def _path(self, call_id: str, delivery: int) -> Path:
        later = f",{delivery}" if delivery > 1 else ""  # a comma is in no encoded id
        return self._folder / f"{encoded(call_id)}{later}{_SUFFIX}"

    def _write(self, kept: _Kept) -> None:
        reservation = kept.bill.hold.reservation
        path = self._path(reservation.call_id, reservation.delivery)
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        written = path.with_suffix(f".{os.getpid()}.new")
        with written.open("w", encoding="utf-8") as file:
            file.write(_to_json(kept))
            file.flush()
            os.fsync(file.fileno())
        written.replace(path)

    def _read(self, path: Path) -> _Kept | None:
        """Read a file; one that cannot be understood is put aside, so that a person can look."""
        try:
            return _from_json(path.read_text(encoding="utf-8"))
        except FileNotFoundError:  # another process has just settled it
            return None
        except OSError as error:
            _log.error("%s cannot be read and is left: %s", path, error)
            return None
        except NewerBill as error:
            if path not in self._left:
                _log.warning("%s is left to a newer version: %s", path, error)
            self._left.add(path)  # how much it stands for is not known: nothing more is granted
            return None
        except (ValueError, KeyError, TypeError) as error:
            _log.error("%s cannot be read and is put aside: %s", path, error)
            with suppress(OSError):
                path.replace(path.with_suffix(".unreadable"))
            return None


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Let one process at a time in; where the system has no such locks, our own threads only."""
    try:
        import fcntl  # not on Windows
    except ImportError:
        yield
        return
    with path.open("w", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _held_microusd(kept: _Kept) -> int:
    bill = kept.bill
    most = bill.hold.reservation.most if kept.is_running else bill.spent
    return most.cost_microusd


def _to_json(kept: _Kept) -> str:
    return json.dumps(bill_to_value(kept.bill) | {"is_running": kept.is_running})


def _from_json(text: str) -> _Kept:
    """Read a file's text.

    Raises:
        ValueError: It is none of ours, or of another version.
    """
    given = json.loads(text)
    return _Kept(bill_from_value(given), given["is_running"])
