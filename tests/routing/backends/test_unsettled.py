import asyncio
import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from config.quotas import QuotaSettings
from routing.backends.unsettled import UnsettledFiles
from routing.clock import Clock
from routing.errors import StoreUnavailable
from routing.holds import Hold, Reservation, Spent
from routing.pricing import Usage
from routing.reserving import no_reservation
from tests.builders import an_origin
from tests.fakes.ports import ListLedger, ToldClock
from tests.routing.backends.books import an_entry

FIVE_DOLLARS = QuotaSettings.model_validate({"emergency_usd": 5})


def files(
    folder: Path, settings: QuotaSettings = FIVE_DOLLARS, clock: Clock | None = None
) -> UnsettledFiles:
    return UnsettledFiles(folder, settings, clock or ToldClock().clock())


def a_reservation(cost: int, call_id: str = "call") -> Reservation:
    origin = an_origin(roles=frozenset({"staff"}), person="a/b:ä")
    nothing = no_reservation(call_id, origin, ToldClock().at, an_entry(call_id))
    most, known = Spent(cost, Usage(10, 1000), 1), Spent(cost // 10, Usage(10), 1)
    return Reservation(call_id, origin, nothing.at, nothing.entry, most, most, known, 1000, 64)


def a_hold(cost: int, call_id: str = "call") -> Hold:
    return Hold(a_reservation(cost, call_id), "terminal:ada", 1000)


async def test_what_is_kept_is_settled_whole_once_the_store_is_back(tmp_path: Path) -> None:
    ledger, spent, entry = ListLedger(), Spent(70, Usage(10, 20, 5, 3), 1, 1, 9), an_entry(rule="x")
    await files(tmp_path).keep(a_hold(100, "r1/../:0"), spent, entry)

    assert await files(tmp_path).replay(ledger) == 1

    (settled,) = ledger.settlements
    assert (settled.spent, settled.entry, settled.hold.person) == (spent, entry, "terminal:ada")
    assert settled.hold.reservation.call_id == "r1/../:0"
    assert settled.hold.reservation.origin == a_reservation(1).origin
    assert await files(tmp_path).replay(ledger) == 0


async def test_while_the_store_is_away_everything_stays_kept(tmp_path: Path) -> None:
    ledger = ListLedger()
    await files(tmp_path).keep(a_hold(100), Spent(70), an_entry())
    ledger.is_away = True

    with pytest.raises(StoreUnavailable):
        await files(tmp_path).replay(ledger)

    ledger.is_away = False
    assert await files(tmp_path).replay(ledger) == 1


async def test_the_emergency_allowance_bounds_what_is_admitted_by_all_processes(
    tmp_path: Path,
) -> None:
    two = [files(tmp_path), files(tmp_path)]

    admitted = await asyncio.gather(
        *(two[n % 2].admit(a_reservation(900_000, f"call-{n}")) for n in range(10))
    )

    assert sum(admitted) == 5


async def test_what_an_admitted_call_really_cost_takes_the_place_of_what_it_might(
    tmp_path: Path,
) -> None:
    kept = files(tmp_path)
    assert await kept.admit(a_reservation(4_900_000, "one"))
    assert not await kept.admit(a_reservation(200_000, "two"))

    await kept.keep(a_hold(4_900_000, "one"), Spent(100_000), an_entry())

    assert await kept.admit(a_reservation(4_900_000, "two"))


async def test_without_an_allowance_nothing_is_admitted(tmp_path: Path) -> None:
    assert not await files(tmp_path, QuotaSettings()).admit(a_reservation(1))


async def test_an_admitted_call_is_forgotten_when_it_is_settled_after_all(tmp_path: Path) -> None:
    kept, ledger = files(tmp_path), ListLedger()
    await kept.admit(a_reservation(100))

    await kept.settled("call", 1)
    await kept.settled("call", 1)

    assert await kept.replay(ledger) == 0


async def test_what_one_worker_leaves_is_not_lost_when_another_is_admitted_to_the_same_call(
    tmp_path: Path,
) -> None:
    kept, ledger = files(tmp_path), ListLedger()
    await kept.keep(a_hold(100), Spent(70), an_entry())
    later = replace(a_reservation(100), delivery=2)

    assert await kept.admit(later)
    await kept.settled("call", 2)
    assert await kept.replay(ledger) == 1

    assert ledger.spent.cost_microusd == 70


async def test_a_file_of_the_version_before_is_read(tmp_path: Path) -> None:
    ledger = ListLedger()
    await files(tmp_path).keep(a_hold(100), Spent(70), an_entry())
    path = tmp_path / "call.json"
    older = json.loads(path.read_text())
    for name in ("delivery", "limits"):
        del older[name]
    path.write_text(json.dumps(older))

    assert await files(tmp_path).replay(ledger) == 1

    assert ledger.spent.cost_microusd == 70


async def test_an_admitted_call_whose_process_died_is_charged_what_is_known(tmp_path: Path) -> None:
    clock, ledger = ToldClock(), ListLedger()
    await files(tmp_path).admit(a_reservation(100))

    assert await files(tmp_path, clock=clock.clock()).replay(ledger) == 0
    clock.advance(timedelta(hours=1).total_seconds())
    assert await files(tmp_path, clock=clock.clock()).replay(ledger) == 1

    assert ledger.spent.cost_microusd == 10


async def test_a_file_nobody_understands_is_put_aside(tmp_path: Path) -> None:
    (tmp_path / "odd.json").write_text('{"version": "odd"}')
    (tmp_path / "cut.json").write_text('{"version": 1, "call_')

    assert await files(tmp_path).replay(ListLedger()) == 0

    assert (tmp_path / "cut.unreadable").exists()
    assert (tmp_path / "odd.unreadable").exists()


async def test_a_file_of_a_newer_version_is_left_to_it_and_nothing_granted_beside_it(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    kept, newer = files(tmp_path), tmp_path / "newer.json"
    newer.write_text('{"version": 99}')

    assert [await kept.replay(ListLedger()) for _ in range(2)] == [0, 0]
    assert not await kept.admit(a_reservation(1))
    assert newer.read_text() == '{"version": 99}'
    assert caplog.text.count("is left to a newer version") == 1
    newer.unlink()
    assert await kept.admit(a_reservation(1))
