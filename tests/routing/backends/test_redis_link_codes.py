"""The contract of the codes by which people link themselves, over every store."""

from typing import cast

from routing.backends.keys import Keys
from routing.backends.redis import Connection
from routing.backends.redis_link_codes import RedisLinkCodes
from routing.linking import (
    CODE_TTL_S,
    MOST_TRIES,
    NoSuchCode,
    code_in,
    hidden_code,
    new_code,
    shown_code,
)

ADA, UDA, EVE = "discord:1", "slack:U1", "slack:U2"


def test_a_code_is_read_however_it_is_typed() -> None:
    code = new_code()

    assert code_in(shown_code(code).lower()) == code
    assert code_in(f" {code[:3]} {code[3:]} ") == code
    assert code_in(code[:-1]) == code_in(f"{code[:-1]}0") == code_in("remove") == ""
    assert len({new_code() for _ in range(100)}) == 100


async def test_a_code_links_whoever_says_it_first_and_them_again(
    connection: Connection, keys: Keys
) -> None:
    here, there = RedisLinkCodes(connection, keys), RedisLinkCodes(connection, keys)
    code = new_code()
    await here.offer(ADA, code)

    assert await there.owner(code, EVE, is_taken=False) == ADA
    assert await there.owner(code, UDA, is_taken=True) == ADA
    assert await there.owner(code, EVE, is_taken=True) is NoSuchCode.UNKNOWN
    assert await here.owner(code, UDA, is_taken=True) == ADA
    assert await here.linked([UDA, EVE]) == {UDA: ADA}
    assert await here.linked([]) == {}


async def test_a_new_code_or_a_withdrawal_ends_the_one_before(
    connection: Connection, keys: Keys
) -> None:
    codes = RedisLinkCodes(connection, keys)
    await codes.offer(ADA, "AAAAAAAA")
    await codes.offer(ADA, "BBBBBBBB")
    assert await codes.owner("AAAAAAAA", UDA, is_taken=True) is NoSuchCode.UNKNOWN
    assert await codes.owner("BBBBBBBB", UDA, is_taken=False) == ADA

    await codes.withdraw("BBBBBBBB")

    assert await codes.owner("BBBBBBBB", UDA, is_taken=True) is NoSuchCode.UNKNOWN


async def test_guessing_ends_after_a_few_tries_also_for_the_right_code(
    connection: Connection, keys: Keys
) -> None:
    codes = RedisLinkCodes(connection, keys)
    await codes.offer(ADA, "AAAAAAAA")
    for _ in range(MOST_TRIES):
        assert await codes.owner("CCCCCCCC", EVE, is_taken=False) is NoSuchCode.UNKNOWN

    assert await codes.owner("AAAAAAAA", EVE, is_taken=True) is NoSuchCode.TOO_MANY_TRIES
    assert await codes.owner("AAAAAAAA", UDA, is_taken=True) == ADA


async def test_what_is_kept_is_not_the_code_and_ends_by_itself(
    connection: Connection, keys: Keys
) -> None:
    codes = RedisLinkCodes(connection, keys)
    await codes.offer(ADA, "AAAAAAAA")
    await codes.owner("CCCCCCCC", EVE, is_taken=False)

    for kind, who in (("code", hidden_code("AAAAAAAA")), ("offer", ADA), ("tries", EVE)):
        left_s = cast("int", await connection.command("TTL", keys.link(kind, who)))
        assert CODE_TTL_S - 60 < left_s <= CODE_TTL_S, kind
    assert "AAAAAAAA" not in str(await connection.command("GET", keys.link("offer", ADA)))
