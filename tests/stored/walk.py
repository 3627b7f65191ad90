"""Leaves in a store and a folder whatever the bot ever does, one of each kind."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Final

import fakeredis

from bot.message_lines import message_to_line
from bot.platforms.slack.doors.unheard import Unheard
from bot.view_lines import view_to_line
from bot.written import Memory, Written
from bot.written import to_line as written_to_line
from config.catalog import TaskClass
from config.chats import IntakeSettings
from config.quotas import QuotaSettings
from config.settings import HistorySettings, HouseSettings, UsageSettings
from routing import digests
from routing.backends.keys import Keys
from routing.backends.redis import Connection
from routing.backends.redis_cache import RedisCache
from routing.backends.redis_comparisons import RedisComparisons
from routing.backends.redis_history import RedisHistory
from routing.backends.redis_inbox import RedisInbox
from routing.backends.redis_installations import RedisInstallations
from routing.backends.redis_lengths import RedisLengths
from routing.backends.redis_link_codes import RedisLinkCodes
from routing.backends.redis_marks import RedisMarks
from routing.backends.redis_orders import RedisOrders
from routing.backends.redis_posts import RedisPosts
from routing.backends.redis_versions import RedisVersions
from routing.backends.redis_votes import RedisVotes
from routing.backends.sealing import Seal
from routing.backends.unsettled import UnsettledFiles
from routing.clock import Clock
from routing.comparisons import Choice
from routing.explanation_lines import to_line as explanation_to_line
from routing.holds import Spent
from routing.inbox import Wish
from routing.orders import ALL, Order, Subject
from routing.pricing import Usage
from routing.reply import Bill
from tests.routing.backends.books import Books, an_entry
from tests.routing.backends.conftest import PATIENT
from tests.stored import values as one

HASH_TAG: Final = "stored"
SEAL: Final = Seal("a long secret of the operator's")
SPENT: Final = Spent(70, Usage(10, 20), requests=1, answers=1, saved_microusd=30)
CLAIM_S: Final = 12


class World:
    """All that keeps something, in one store and one folder, at noon of a day."""

    def __init__(self, connection: Connection, folder: Path) -> None:
        self.connection, keys = connection, Keys(HASH_TAG)
        self.at_ms = int(one.NOON.timestamp() * 1000)
        clock = Clock(now=lambda: one.NOON)
        history = HistorySettings()
        self.versions = RedisVersions(connection, keys, one.PRESENT, lambda: self.at_ms)
        self.history = RedisHistory(connection, keys, history)
        self.posts = RedisPosts(connection, keys, history)
        self.cache = RedisCache(connection, keys)
        self.books = Books(connection, keys, *one.LIMITS, at=one.NOON)
        self.orders = RedisOrders(connection, keys, UsageSettings())
        self.link_codes = RedisLinkCodes(connection, keys)
        self.votes = RedisVotes(connection, keys, HouseSettings())
        self.comparisons = RedisComparisons(connection, keys, history)
        self.lengths = RedisLengths(connection, keys)
        self.marks = RedisMarks(connection, keys)
        self.installations = RedisInstallations(connection, keys, SEAL)
        intake = IntakeSettings(claim_s=CLAIM_S, waiting_per_asker=1)
        self.inbox = RedisInbox(connection, keys, intake, lambda: self.at_ms)
        self.unsettled = UnsettledFiles(
            folder / "unsettled", QuotaSettings.model_validate({"emergency_usd": 1}), clock
        )
        self.unheard = Unheard(folder / "unheard", clock)


@asynccontextmanager
async def a_world(folder: Path) -> AsyncIterator[World]:
    """Yield a world in which there is nothing yet."""
    async with fakeredis.FakeAsyncRedis(server=fakeredis.FakeServer()) as client:
        yield World(Connection(client, PATIENT, Clock(), name="it", way_out="none"), folder)


async def walk(world: World) -> None:
    """Leave one of each kind."""
    await world.versions.attend()
    await _talk(world)
    await _spend(world)
    await _order(world)
    await _judge(world)
    await _listen(world)
    await _take_in(world)


async def _talk(world: World) -> None:
    explanation = explanation_to_line(one.an_explanation())
    await world.history.append(one.HERE, one.EXCHANGE, explanation)
    await world.history.append(one.HERE, one.AGAIN, "")
    await world.history.revise(one.HERE, "r1", one.REVISED)
    await world.history.choose(one.HERE, "llama")
    await world.history.forget_person("discord", "eve", one.NOON)
    await world.posts.note("discord", "general", "1235", one.POSTED)
    await world.cache.ask(one.CACHE_KEYS, "me")
    await world.cache.keep(one.CACHE_KEYS, "me", one.CACHED, generation=0, ttl_s=100)
    await world.cache.purge(one.PURGED)
    await world.cache.ask(replace(one.CACHE_KEYS, scope="s3"), "me")


async def _spend(world: World) -> None:
    """Leave a call of each kind: open, settled, lapsed, and taken over by another worker."""
    books, origin = world.books, one.ORIGIN
    await books.settle(await books.reserve(100, call_id="r1:0", origin=origin), 70, answers=1)
    await books.reserve(300, call_id="r2:0", origin=origin)
    books.advance(seconds=60)
    await books.ledger.sweep()
    await books.reserve(300, call_id="r3:0", origin=origin)
    taken_over = books.reservation(200, call_id="r3:0", origin=origin)
    hold = await books.ledger.reserve(replace(taken_over, delivery=2))
    await books.reserve(400, call_id="r4:0", origin=origin)
    await world.unsettled.keep(hold, SPENT, an_entry("r3:0"))
    await books.limits.set(one.SET, one.OPERATOR, "change 1")
    await books.limits.remove(one.REMOVED, one.OPERATOR, "change 2")
    await books.limits.link(one.OTHER, "discord:ada", one.OPERATOR, "change 3")
    await books.limits.reset(origin, one.LIMITS[2], one.OPERATOR, "change 4")
    await world.link_codes.offer("discord:ada", one.CODE)
    await world.link_codes.owner("HGFEDCBA", "slack:U2", is_taken=False)
    await world.link_codes.offer("discord:bob", "BBBBBBBB")
    await world.link_codes.owner("BBBBBBBB", one.OTHER, is_taken=True)


async def _order(world: World) -> None:
    orders = (
        Order(Subject.PAUSE, ALL, "over budget"),
        Order(Subject.PERSONA, one.CHANNEL, one.PERSONA),
        Order(Subject.DIGEST, ALL, digests.to_line(one.DIGEST)),
    )
    for number, order in enumerate(orders):
        await world.orders.give(one.REALM, order, "discord:ada", f"order {number}")


async def _judge(world: World) -> None:
    await world.votes.cast(one.HOUSE, one.VOTE)
    await world.lengths.note("llama", TaskClass.MATH, 100)
    await world.comparisons.propose("discord", "ada", one.PROPOSAL)
    await world.comparisons.keep(one.PLACE, one.COMPARED)
    await world.comparisons.vote(one.PLACE, "r1", "discord:ada", Choice.A)


async def _listen(world: World) -> None:
    await world.marks.note("discord", one.MARK, one.NOON)
    await world.installations.keep(one.INSTALLATION)
    await world.installations.keep(one.ORGANISATION)
    await world.installations.join("TOTHER", "EHOLDING")
    await world.installations.expect("a state", 600)
    world.unheard.keep(one.EVENT)


async def _take_in(world: World) -> None:
    """Leave a parcel in each state, also one that is done, cancelled or refused."""
    inbox, line = world.inbox, message_to_line(one.MESSAGE)
    for number in range(1, 5):
        await inbox.add(one.a_parcel(number, line))
    done, running, handed, passed_on = await inbox.claim("a", 4)
    await inbox.done(done)
    await inbox.note(running, "posts", '["77"]')
    await inbox.note(running, "sealed", await _sealed(world))
    await inbox.note(running, "view", view_to_line(one.VIEW))
    await inbox.wish(running.identity, Wish.STOP)
    await inbox.hand_over(handed)
    await inbox.pass_on(passed_on, "a", 60)
    await inbox.add(one.a_parcel(5, line, lane="lane 2"))
    await inbox.note_waiting("discord:5", "posts", '["78"]')
    await inbox.add(replace(one.a_parcel(6, line), asker="discord:5"))
    await inbox.add(one.a_parcel(7, line))
    await inbox.wish("discord:7", Wish.CANCEL)
    await inbox.add(one.a_parcel(8, line))


async def _sealed(world: World) -> str:
    """Return an answer as it is written down before it is settled."""
    hold = await world.books.reserve(500, call_id="r5:0", origin=one.ORIGIN)
    explanation = explanation_to_line(one.an_explanation())
    memory = Memory(one.HERE, one.EXCHANGE, explanation)
    bill = Bill(hold, SPENT, an_entry("r5:0"))
    return written_to_line(Written("42", "hm", "llama", "r5", memory, bill))
