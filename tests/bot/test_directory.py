"""Of which ids it is said that nobody and nothing has them."""

import asyncio
from collections.abc import Collection

from bot.directory import Directory
from routing.orders import Of, Target
from tests.builders import an_origin
from tests.fakes.told_time import ToldTime

HERE = an_origin(platform="discord", tenant="1")
ROLE, USER = Target(Of.ROLE, "33"), Target(Of.USER, "discord:11")


class Server:
    """What of Discord is looked up; whatever is not in `there` is unknown."""

    def __init__(self, **there: bool) -> None:
        self.there = there
        self.asked: list[str] = []
        self.gate = asyncio.Event()
        self.gate.set()

    async def __call__(self, tenant: str, targets: Collection[Target]) -> dict[Target, bool]:
        assert tenant == "1"
        await self.gate.wait()
        self.asked += [each.who for each in targets]
        known = {each: self.there.get(f"_{each.who}") for each in targets}
        return {each: is_there for each, is_there in known.items() if is_there is not None}


def directory_of(server: Server, time: ToldTime, wait_s: float = 5) -> Directory:
    directory = Directory(time.clock(), wait_s)
    directory.take_from("discord", server)
    return directory


async def test_only_what_is_known_to_be_gone_is_missing() -> None:
    directory = directory_of(Server(_33=False), ToldTime())

    assert await directory.missing([ROLE, USER], HERE) == {ROLE}


async def test_what_is_known_is_not_asked_again_for_a_minute() -> None:
    server, time = Server(_33=False, _11=True), ToldTime()
    directory = directory_of(server, time)

    for _ in range(2):
        await directory.missing([ROLE, USER], HERE)
    asked_at_first = list(server.asked)
    await time.pass_by(61)
    await directory.missing([USER], HERE)

    assert asked_at_first == ["33", "11"]
    assert server.asked == ["33", "11", "11"]


async def test_what_has_not_the_form_of_an_id_is_missing_and_others_people_are_not() -> None:
    directory = directory_of(server := Server(), ToldTime())
    foreign, no_id = Target(Of.USER, "slack:U1"), Target(Of.ROLE, "S1234567")

    assert await directory.missing([foreign, no_id, Target(Of.MODEL, "gpt")], HERE) == {no_id}
    assert server.asked == []


async def test_whoever_waits_too_long_is_told_of_nobody() -> None:
    server = Server(_33=False)
    server.gate.clear()

    assert await directory_of(server, ToldTime(), wait_s=0).missing([ROLE], HERE) == frozenset()


async def test_nobody_is_missing_where_nobody_can_be_asked() -> None:
    terminal = an_origin()

    assert await directory_of(Server(), ToldTime()).missing([ROLE], terminal) == frozenset()
