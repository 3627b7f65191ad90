"""What becomes of the inbox when an answer, or a part of the store, is lost."""

import pytest

from routing.backends.keys import Keys
from routing.backends.redis import Connection, Script
from routing.backends.redis_inbox import RedisInbox
from routing.errors import StoreUnavailable
from routing.inbox import Admission, Admitted, Ending
from tests.routing.backends.letters import CLAIM_S, Desk, a_parcel


class Lossy(Connection):
    """A connection that carries each script out twice, as after a time-out, or loses its answer."""

    def __init__(self, inner: Connection) -> None:
        self._inner = inner
        self.is_lost = False

    async def command(self, *parts: str | bytes | int) -> object:
        return await self._inner.command(*parts)

    async def run(self, script: Script, keys: object, arguments: object = ()) -> object:
        await self._inner.run(script, keys, arguments)  # type: ignore[arg-type]
        if self.is_lost:
            raise StoreUnavailable("away")
        return await self._inner.run(script, keys, arguments)  # type: ignore[arg-type]


@pytest.fixture
def desk(connection: Connection, keys: Keys) -> Desk:
    return Desk(connection, keys)


async def test_every_step_carried_out_twice_tells_what_it_told_first(
    connection: Connection, keys: Keys
) -> None:
    desk = Desk(Lossy(connection), keys, waiting=2)

    assert await desk.inbox.add(a_parcel(1, lane="talk")) == Admitted(Admission.READY)
    assert await desk.inbox.add(a_parcel(2, lane="talk")) == Admitted(Admission.WAITING)
    assert await desk.inbox.add(a_parcel(3)) == Admitted(Admission.FULL, is_to_be_told=True)
    (claim,) = await desk.inbox.claim("a", 1)
    assert (claim.identity, claim.delivery) == ("discord:1", 1)
    assert await desk.inbox.done(claim) is Ending.DONE
    (claim,) = await desk.inbox.claim("a", 1)
    assert (claim.identity, claim.delivery) == ("discord:2", 1)


async def test_what_was_claimed_in_an_answer_that_was_lost_is_given_again(
    connection: Connection, keys: Keys
) -> None:
    lossy = Lossy(connection)
    desk = Desk(lossy, keys)
    for number in (1, 2):
        await desk.inbox.add(a_parcel(number))
    lossy.is_lost = True
    with pytest.raises(StoreUnavailable):
        await desk.inbox.claim("a", 2)
    lossy.is_lost = False

    claims = await desk.inbox.claim("a", 2)

    assert [(each.identity, each.delivery) for each in claims] == [
        ("discord:1", 1),
        ("discord:2", 1),
    ]
    assert await desk.inbox.claim("a", 2) == []


async def test_a_gate_whose_holder_is_lost_does_not_block_for_ever(desk: Desk) -> None:
    for number in (1, 2):
        await desk.inbox.add(a_parcel(number, lane="talk"))
    await desk.inbox.claim("a", 1)
    await desk.connection.command("DEL", f"{desk.keys.inbox()}:parcel:discord:1")

    desk.advance(CLAIM_S)
    claims = await desk.other.claim("b", 9)

    assert [each.identity for each in claims] == ["discord:2"]


async def test_a_queue_that_is_lost_is_made_anew(desk: Desk) -> None:
    for number in (1, 2):
        await desk.inbox.add(a_parcel(number, lane="talk"))
    (first,) = await desk.inbox.claim("a", 1)
    await desk.connection.command("DEL", f"{desk.keys.inbox()}:queue:lane:talk")

    desk.advance(CLAIM_S - 1)
    await desk.inbox.renew("a", [first])
    desk.advance(1)
    assert await desk.other.claim("b", 9) == []
    await desk.inbox.done(first)

    assert [each.identity for each in await desk.other.claim("b", 9)] == ["discord:2"]


@pytest.mark.parametrize("is_begun", [False, True], ids=["ready", "running"])
async def test_a_stream_that_is_lost_is_made_anew(desk: Desk, is_begun: bool) -> None:
    await desk.inbox.add(a_parcel())
    if is_begun:
        await desk.inbox.claim("a", 1)
    await desk.connection.command("DEL", f"{desk.keys.inbox()}:stream")

    assert await desk.other.claim("b", 9) == []
    desk.advance(CLAIM_S)
    claims = await desk.other.claim("b", 9)

    assert [each.identity for each in claims] == ["discord:1"]


async def test_leases_that_are_lost_are_made_anew_when_somebody_waits(desk: Desk) -> None:
    for number in (1, 2):
        await desk.inbox.add(a_parcel(number, lane="talk"))
    await desk.inbox.claim("a", 1)
    await desk.connection.command("DEL", f"{desk.keys.inbox()}:leases")

    desk.advance(CLAIM_S)
    assert await desk.other.claim("b", 9) == []
    desk.advance(CLAIM_S)

    assert [each.identity for each in await desk.other.claim("b", 9)] == ["discord:1"]


async def test_those_who_are_lost_do_not_count_as_waiting_for_ever(
    connection: Connection, keys: Keys
) -> None:
    desk = Desk(connection, keys, waiting_per_asker=1)
    await desk.inbox.add(a_parcel(1, asker="ada"))
    await desk.connection.command("DEL", f"{desk.keys.inbox()}:parcel:discord:1")

    assert await desk.inbox.add(a_parcel(2, asker="ada")) == Admitted(Admission.READY)


async def test_workers_that_died_long_ago_are_forgotten(desk: Desk) -> None:
    await desk.inbox.claim("a", 1)

    desk.advance(3601)
    await desk.other.claim("b", 1)
    found = await desk.connection.command("ZRANGE", f"{desk.keys.inbox()}:workers", 0, -1)

    assert found == [b"b"]


async def test_an_inbox_by_the_stores_own_clock_gives_what_is_new(
    connection: Connection, keys: Keys
) -> None:
    desk = Desk(connection, keys)
    inbox = RedisInbox(connection, keys, desk.settings)
    await inbox.add(a_parcel())

    assert len(await inbox.claim("a", 1)) == 1
    assert await inbox.claim("b", 1) == []


async def test_what_nobody_can_answer_is_kept_no_longer_by_being_looked_at(desk: Desk) -> None:
    parcel = f"{desk.keys.inbox()}:parcel:discord:1"
    for number in (1, 2):
        await desk.inbox.add(a_parcel(number, lane="talk"))
    (claim,) = await desk.inbox.claim("a", 1)
    await desk.inbox.pass_on(claim, "a", CLAIM_S)
    await desk.connection.command("EXPIRE", parcel, 7200)

    desk.advance(CLAIM_S)
    (claim,) = await desk.inbox.claim("a", 1)
    await desk.inbox.pass_on(claim, "a", CLAIM_S)

    assert 0 < int(str(await desk.connection.command("TTL", parcel))) <= 7200


async def test_what_nobody_could_answer_for_long_leaves_nothing_but_room(desk: Desk) -> None:
    for number in (1, 2):
        await desk.inbox.add(a_parcel(number, lane="talk"))
    (claim,) = await desk.inbox.claim("a", 1)
    await desk.inbox.pass_on(claim, "a", CLAIM_S)
    await desk.connection.command("EXPIRE", f"{desk.keys.inbox()}:parcel:discord:1", 3000)

    desk.advance(CLAIM_S)
    (behind,) = await desk.inbox.claim("a", 9)
    await desk.inbox.done(behind)

    assert behind.identity == "discord:2"
    assert await desk.inbox.oldest_at() is None
    assert [name for name in await desk.names() if name.startswith(":known")] == [
        ":known:discord:1",
        ":known:discord:2",
    ]
    assert not [name for name in await desk.names() if ":parcel:" in name or ":gate:" in name]
