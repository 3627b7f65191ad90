"""The contract of a cache, over every store."""

import asyncio
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from config.settings import StoreSettings
from routing.backends.keys import Keys
from routing.backends.redis import Connection
from routing.backends.redis_cache import NOT_KEPT, RedisCache
from routing.cache import CachedAnswer, CacheHit, CacheKeys, CacheTurn
from routing.errors import StoreUnavailable
from routing.pricing import Usage
from tests.fakes.sockets import free_port
from tests.routing.backends.conftest import connection_to, server

HERE = CacheKeys(scope="s1", exact="e1", reduced="r1")
PARIS = CachedAnswer("Paris 🦉", "llama", Usage(10, 2), 7, datetime(2026, 11, 24, tzinfo=UTC))
LEADS, WAITS = CacheTurn(leads=True, generation=0), CacheTurn(leads=False, generation=0)


async def keep(cache: RedisCache, keys: CacheKeys = HERE, generation: int = 0) -> None:
    await cache.keep(keys, "me", PARIS, generation=generation, ttl_s=100)


async def test_what_is_kept_is_found_under_either_key(connection: Connection, keys: Keys) -> None:
    cache = RedisCache(connection, keys)
    assert await cache.ask(HERE, "me") == LEADS

    await keep(cache)

    assert await cache.ask(HERE, "you") == CacheHit(PARIS, HERE, is_reduced=False)
    other_words = replace(HERE, exact="e2")
    assert await cache.ask(other_words, "you") == CacheHit(PARIS, other_words, is_reduced=True)


async def test_a_question_that_is_not_reduced_is_found_by_its_letters_alone(
    connection: Connection, keys: Keys
) -> None:
    cache, exact = RedisCache(connection, keys), replace(HERE, reduced="")
    await keep(cache, exact)

    assert await cache.ask(exact, "you") == CacheHit(PARIS, exact, is_reduced=False)
    assert await cache.ask(replace(exact, exact="e2"), "you") == LEADS


async def test_another_scope_never_finds_it(connection: Connection, keys: Keys) -> None:
    cache = RedisCache(connection, keys)
    await keep(cache)

    assert await cache.ask(replace(HERE, scope="s2"), "you") == LEADS


async def test_everything_kept_ends_by_itself(connection: Connection, keys: Keys) -> None:
    cache = RedisCache(connection, keys)
    await keep(cache)
    await cache.purge("s1")
    await cache.ask(HERE, "me")

    for part in (("answer", "s1", "e1"), ("answer", "s1", "r1"), ("turn", "s1", "r1")):
        left_s = await connection.command("TTL", keys.cache(*part))
        assert isinstance(left_s, int)
        assert 0 < left_s <= 100
    generation_s = await connection.command("TTL", keys.cache("generation", "s1"))
    assert isinstance(generation_s, int)
    assert generation_s > 60 * 86_400


async def test_of_a_hundred_who_ask_at_once_one_leads_and_then_all_find_it(
    connection: Connection, keys: Keys
) -> None:
    cache = RedisCache(connection, keys)

    asked = await asyncio.gather(*(cache.ask(HERE, f"caller {n}") for n in range(100)))

    assert asked.count(LEADS) == 1
    assert asked.count(WAITS) == 99
    await cache.keep(HERE, f"caller {asked.index(LEADS)}", PARIS, generation=0, ttl_s=100)
    again = await asyncio.gather(*(cache.ask(HERE, f"caller {n}") for n in range(100)))
    assert set(again) == {CacheHit(PARIS, HERE, is_reduced=False)}


async def test_who_asks_the_same_in_other_words_waits_for_the_same_answer(
    connection: Connection, keys: Keys
) -> None:
    cache = RedisCache(connection, keys)

    assert await cache.ask(HERE, "me") == LEADS
    assert await cache.ask(replace(HERE, exact="e2"), "you") == WAITS


async def test_who_leads_goes_on_leading_when_asking_again(
    connection: Connection, keys: Keys
) -> None:
    cache = RedisCache(connection, keys)

    assert [await cache.ask(HERE, "me"), await cache.ask(HERE, "me")] == [LEADS, LEADS]


async def test_a_turn_that_is_ended_goes_to_the_next_and_only_its_holder_ends_it(
    connection: Connection, keys: Keys
) -> None:
    cache = RedisCache(connection, keys)
    await cache.ask(HERE, "me")

    await cache.release(HERE, "you")
    assert await cache.ask(HERE, "you") == WAITS
    await cache.release(HERE, "me")
    await cache.release(HERE, "me")
    assert await cache.ask(HERE, "you") == LEADS


async def test_a_leader_that_renews_keeps_its_turn_and_one_that_died_is_succeeded_by_one(
    connection: Connection, keys: Keys
) -> None:
    cache, turn = RedisCache(connection, keys), keys.cache("turn", "s1", "r1")
    await cache.ask(HERE, "me")
    await connection.command("PEXPIRE", turn, 600)

    await cache.renew(HERE, "me")
    left_ms = await connection.command("PTTL", turn)
    assert isinstance(left_ms, int)
    assert left_ms > 1000

    await connection.command("PEXPIRE", turn, 0)  # as if the time had passed
    asked = await asyncio.gather(*(cache.ask(HERE, f"caller {n}") for n in range(20)))
    assert asked.count(LEADS) == 1


async def test_a_purge_forgets_what_was_kept_and_what_was_begun(
    connection: Connection, keys: Keys
) -> None:
    cache = RedisCache(connection, keys)
    await keep(cache)
    await cache.purge("s1")

    assert await cache.ask(HERE, "me") == CacheTurn(leads=True, generation=1)
    await keep(cache, generation=0)
    assert await cache.ask(HERE, "you") == CacheTurn(leads=True, generation=1)
    await keep(cache, generation=1)
    assert await cache.ask(HERE, "you") == CacheHit(PARIS, HERE, is_reduced=False)


async def test_one_answer_is_removed_under_both_keys(connection: Connection, keys: Keys) -> None:
    cache = RedisCache(connection, keys)
    await keep(cache)

    await cache.remove(HERE)

    assert await cache.ask(HERE, "you") == LEADS


async def test_an_answer_found_by_other_words_is_removed_under_the_first_words_too(
    connection: Connection, keys: Keys
) -> None:
    cache = RedisCache(connection, keys)
    await keep(cache)

    await cache.remove(replace(HERE, exact="e2"))

    assert await cache.ask(replace(HERE, reduced=""), "you") == LEADS


@pytest.mark.parametrize("raw", [b"", b"{", b'{"schema": 99}', b"\xff\xfe"])
async def test_what_cannot_be_read_is_a_miss_and_makes_way(
    raw: bytes, connection: Connection, keys: Keys
) -> None:
    cache = RedisCache(connection, keys)
    for digest in ("e1", "r1"):
        answer = keys.cache("answer", "s1", digest)
        await connection.command("HSET", answer, "generation", 0, "answer", raw)

    assert await cache.ask(HERE, "me") == WAITS
    assert await cache.ask(HERE, "me") == LEADS


async def test_an_answer_that_is_very_large_is_not_kept(connection: Connection, keys: Keys) -> None:
    cache = RedisCache(connection, keys)
    await cache.ask(HERE, "me")

    await cache.keep(HERE, "me", replace(PARIS, text="x" * 300_000), generation=0, ttl_s=100)

    assert await cache.ask(HERE, "you") == LEADS


async def test_a_store_that_is_away_is_a_miss_soon_and_no_error(keys: Keys) -> None:
    url = f"redis://127.0.0.1:{free_port()}"
    async with connection_to(url, StoreSettings()) as connection:
        cache = RedisCache(connection, keys)
        began_s = time.monotonic()

        assert await cache.ask(HERE, "me") == CacheTurn(leads=True, generation=NOT_KEPT)
        await keep(cache, generation=NOT_KEPT)
        await cache.renew(HERE, "me")
        await cache.release(HERE, "me")
        await cache.remove(HERE)

        assert time.monotonic() - began_s < 2.5  # it decides in a moment; machines may be slow
        with pytest.raises(StoreUnavailable):
            await cache.purge("s1")


@pytest.mark.usefixtures("redis_url")  # skips where there is no redis-server
async def test_a_store_that_is_full_is_a_miss_and_no_error(tmp_path: Path, keys: Keys) -> None:
    port = free_port()
    full = ("--maxmemory", "1kb", "--maxmemory-policy", "noeviction")
    with server(tmp_path, port, *full):
        async with connection_to(f"redis://127.0.0.1:{port}") as connection:
            cache = RedisCache(connection, keys)

            assert await cache.ask(HERE, "me") == CacheTurn(leads=True, generation=NOT_KEPT)
            await keep(cache)
            assert await cache.ask(HERE, "me") == CacheTurn(leads=True, generation=NOT_KEPT)


async def test_a_turn_that_is_opened_is_everybody_s_and_only_its_holder_opens_it(
    connection: Connection, keys: Keys
) -> None:
    cache = RedisCache(connection, keys)
    await cache.ask(HERE, "me")

    await cache.open(HERE, "you")
    assert await cache.ask(HERE, "you") == WAITS

    await cache.open(HERE, "me")
    await cache.release(HERE, "me")
    asked = await asyncio.gather(*(cache.ask(HERE, f"caller {n}") for n in range(20)))
    assert asked == [LEADS] * 20
