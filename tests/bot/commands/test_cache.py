import asyncio
from collections.abc import AsyncGenerator, Sequence
from datetime import UTC, datetime
from itertools import count
from typing import Any
from uuid import uuid4

import fakeredis
import pytest

from bot.commands.cache import forget_answer
from bot.commands.everything import COMMANDS
from bot.handler import Handler
from bot.platforms.port import Message, Notice, OutgoingEvent
from config.settings import HistorySettings, Settings, StoreSettings, UsageSettings
from routing.backends.keys import Keys
from routing.backends.redis import Connection
from routing.backends.redis_audit import RedisAudit
from routing.backends.redis_cache import RedisCache
from routing.backends.redis_comparisons import RedisComparisons
from routing.clock import Clock
from routing.ports import Conversation
from routing.reply import Finished, Receipt
from routing.router import Router
from routing.stop import Stop
from tests.bot.commands.administered import two_replicas
from tests.builders import a_card, an_origin
from tests.fakes.history import DictHistory
from tests.fakes.ports import ListLedger, ScriptedCompleter, Step, spending
from tests.fakes.services import services_of

QUESTION = "What is the capital of France?"


class House:
    """A handler over a real cache; each question is the first of its own conversation."""

    def __init__(self, connection: Connection, script: Sequence[Step] | str = "Paris") -> None:
        self.completer = ScriptedCompleter({"llama": script})
        self.cache = RedisCache(connection, Keys("test"))
        self.audit = RedisAudit(connection, Keys("test"), UsageSettings())
        self.comparisons = RedisComparisons(connection, Keys("test"), HistorySettings())
        self.history = DictHistory()
        self.serve()
        self._numbers = count()

    def serve(self, **settings: object) -> None:
        """Begin anew with other settings."""
        given = Settings.model_validate({"models": (a_card(),)} | settings)
        ledger = ListLedger()
        router = Router(
            given, completer=self.completer, spending=spending(ledger), cache=self.cache
        )
        self.services = services_of(
            given,
            router,
            self.history,
            ledger=ledger,
            audit=self.audit,
            comparisons=self.comparisons,
        )
        self.handler = Handler(self.services, COMMANDS)

    async def say(
        self, text: str, thread: str = "", *, is_admin: bool = False, **origin: object
    ) -> tuple[list[OutgoingEvent], Conversation]:
        where = an_origin(**origin)
        thread = thread or str(next(self._numbers))
        conversation = Conversation(where.platform, where.tenant, where.place, thread)
        message = Message(
            uuid4().hex, where, conversation, text, datetime.now(UTC), is_admin=is_admin
        )
        return [event async for event in self.handler.answer(message, Stop())], conversation

    async def ask(self, text: str = QUESTION) -> tuple[Receipt, Conversation]:
        events, conversation = await self.say(text)
        assert isinstance(events[-1], Finished)
        return events[-1].receipt, conversation

    async def told(self, text: str, **origin: Any) -> Notice:
        (notice,) = (await self.say(text, **origin))[0]
        assert isinstance(notice, Notice)
        return notice


@pytest.fixture
async def connection() -> AsyncGenerator[Connection]:
    async with fakeredis.FakeAsyncRedis(server=fakeredis.FakeServer()) as client:
        yield Connection(client, StoreSettings(), Clock(), name="the store", way_out="start it")


async def test_a_purge_forgets_what_was_kept_and_says_so(connection: Connection) -> None:
    house = House(connection)
    await house.ask()
    assert (await house.ask())[0].is_cached

    told = await house.told("/purge")

    assert "every answer kept for you here" in told.markdown
    assert await house.audit.last() == ()
    assert not (await house.ask())[0].is_cached


async def test_an_answer_begun_before_a_purge_is_not_kept_after_it(connection: Connection) -> None:
    held = asyncio.Event()
    house = House(connection, [held, "Paris"])
    asking = asyncio.create_task(house.ask())
    while not house.completer.calls:  # noqa: ASYNC110 # nothing is slept: they only take turns
        await asyncio.sleep(0)

    await house.told("/purge")
    held.set()
    await asking

    assert not (await house.ask())[0].is_cached


async def test_who_is_forgotten_is_not_answered_from_what_was_kept_for_them_anywhere(
    connection: Connection,
) -> None:
    house = House(connection)
    await house.say(QUESTION, place="D1")
    await house.say(QUESTION, place="C1", private=False)

    await house.told("/forget", place="D2")

    alone, _ = await house.say(QUESTION, place="D1")
    shared, _ = await house.say(QUESTION, place="C1", private=False)
    assert [each[-1].receipt.is_cached for each in (alone, shared)] == [False, True]  # type: ignore[union-attr] # both are answers


async def test_what_others_share_only_an_admin_may_have_forgotten(connection: Connection) -> None:
    house = House(connection)

    refused = await house.told("/purge", private=False)
    public = await house.told("/purge", private=False, is_public=True, is_admin=True)
    closed = await house.told("/purge", private=False, is_admin=True)

    assert refused.is_failure
    assert len(await house.audit.last()) == 2
    assert "for this channel, and those all public channels share." in public.markdown
    assert "for this channel." in closed.markdown


async def test_who_had_a_channel_s_answers_forgotten_is_told_by_the_audit() -> None:
    async with two_replicas() as (bot, replica):
        await bot.ordered("/purge")

        told = await replica.ordered("/audit")

    assert "discord:ada: purge channel C0000001: every kept answer" in told


@pytest.mark.parametrize("words", [QUESTION, "Hey, what's the capital of France?"])
async def test_a_bad_answer_is_forgotten_however_it_was_asked_for(
    words: str, connection: Connection
) -> None:
    house = House(connection)
    await house.ask()
    receipt, conversation = await house.ask(words)

    assert await forget_answer(house.services, conversation, receipt.reply_id)

    assert not (await house.ask())[0].is_cached


@pytest.mark.parametrize("house", [{"enabled": True}, {"enabled": False}], ids=["on", "off"])
async def test_a_thumb_down_takes_the_answer_out_of_the_cache(
    house: dict[str, bool], connection: Connection
) -> None:
    bot = House(connection)
    bot.serve(house=house)
    _, conversation = await bot.ask()

    (told,), _ = await bot.say("/bad", thread=conversation.thread)

    assert isinstance(told, Notice)
    assert "no longer gives that answer" in told.markdown
    assert not (await bot.ask())[0].is_cached


async def test_a_bad_answer_is_forgotten_also_when_the_settings_were_others(
    connection: Connection,
) -> None:
    house = House(connection)
    receipt, conversation = await house.ask()
    house.serve(routing={"preset": "best"})

    await forget_answer(house.services, conversation, receipt.reply_id)

    house.serve()
    assert not (await house.ask())[0].is_cached


async def test_of_a_reply_the_cache_has_no_part_in_there_is_nothing_to_forget(
    connection: Connection,
) -> None:
    house = House(connection)
    receipt, conversation = await house.ask("What is my name?")

    assert not await forget_answer(house.services, conversation, receipt.reply_id)
    assert not await forget_answer(house.services, conversation, "unknown")
