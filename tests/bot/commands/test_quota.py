"""Budgets as they are changed and felt in a conversation, over a whole store."""

import io
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.app import services_over
from bot.commands.everything import COMMANDS
from bot.directory import Directory
from bot.handler import Handler
from bot.platforms.port import Message, Notice
from bot.platforms.terminal_identity import terminal_conversation
from bot.usage_export import summed, write_records, write_usage
from config.settings import Settings
from routing.backends.stores import Stores, forgetful_stores
from routing.embedding import embed_nothing
from routing.errors import QuotaExceeded
from routing.learning import Learning
from routing.router import Router
from routing.stop import Stop
from tests.builders import a_card, an_origin
from tests.fakes.ports import DictCache, ScriptedCompleter, spending
from tests.routing.scripted import receipt_of, text_of


class House:
    """A bot over one cheap model, with everything a store keeps."""

    def __init__(self, settings: Settings, stores: Stores) -> None:
        completer = ScriptedCompleter({"llama": "42"})
        budgets = spending(stores.ledger)
        router = Router(settings, completer=completer, spending=budgets, cache=DictCache())
        learning = Learning(settings, stores.votes, embed_nothing)
        services = services_over(settings, stores, router, learning, Directory())
        self.stores = stores
        self.services = services
        self.handler = Handler(services, COMMANDS)
        self._said = 0

    async def say(self, text: str, *, is_admin: bool = False, **origin: Any) -> list[Any]:
        self._said += 1
        where = an_origin(**origin)
        message = Message(
            message_id=str(self._said),
            origin=where,
            conversation=terminal_conversation(where),
            text=text,
            at=datetime.now(UTC),
            is_admin=is_admin,
        )
        return [event async for event in self.handler.answer(message, Stop())]

    async def told(self, text: str, **given: Any) -> str:
        (notice,) = await self.say(text, **given)
        assert isinstance(notice, Notice)
        return notice.markdown


@asynccontextmanager
async def a_house(*limits: dict[str, Any]) -> AsyncGenerator[House]:
    """Open a house with these limits in its configuration."""
    settings = Settings.model_validate({"models": [a_card()], "quotas": {"limits": limits}})
    async with forgetful_stores(settings) as stores:
        yield House(settings, stores)


@pytest.fixture
async def house() -> AsyncGenerator[House]:
    async with a_house() as opened:
        yield opened


async def test_a_budget_set_in_the_chat_holds_from_the_next_question_on(house: House) -> None:
    assert text_of(await house.say("6 x 7?")) == "42"

    told = await house.told("/quota set asker 1 question per day", is_admin=True)
    assert told == "Set: asker 1 question per day. Over it now: ada."

    assert text_of(await house.say("6 x 8?")) == "42"
    with pytest.raises(QuotaExceeded):
        await house.say("6 x 9?")
    assert text_of(await house.say("6 x 9?", person="bob")) == "42"


async def test_an_answer_from_the_cache_counts_as_a_question() -> None:
    async with a_house({"of": "asker", "requests": 2, "per": "day"}) as house:
        await house.say("What is a stack?")
        await house.say("/new")

        assert receipt_of(await house.say("What is a stack?")).is_cached
        await house.say("/new")
        with pytest.raises(QuotaExceeded):
            await house.say("What is a stack?")


async def test_the_answer_that_reaches_the_warning_share_says_so_and_no_other() -> None:
    async with a_house({"of": "asker", "requests": 5, "per": "day"}) as house:
        warned = [bool(receipt_of(await house.say(f"6 x {n}?")).warnings) for n in range(5)]

    assert warned == [False, False, False, True, False]


async def test_everyone_sees_their_own_budget_and_no_other() -> None:
    limits = (
        {"of": "asker", "usd": 1, "per": "day"},
        {"of": "everyone", "usd": 77, "per": "lifetime"},
    )
    async with a_house(*limits) as house:
        await house.say("6 x 7?")
        mine = await house.told("/quota")
        theirs = await house.told("/quota", is_admin=True)

    assert "| your budget for today | $0." in mine
    assert "$1.00" in mine
    assert "77" not in mine
    assert "room left" in mine
    assert "| the budget of everyone for all time | $0." in theirs
    assert "- everyone $77.00 per lifetime (configuration)" in theirs


async def test_only_an_admin_changes_a_budget(house: House) -> None:

    for verb in ("set asker $1 per day", "grant asker $1 per day", "audit", "reset x", "remove x"):
        assert (
            await house.told(f"/quota {verb}")
            == f"Only an admin may use `/quota {verb.split()[0]}`."
        )

    assert await house.stores.limits.in_force() == ()


async def test_a_budget_is_granted_reset_counted_removed_and_audited(house: House) -> None:
    await house.told("/quota set everyone $1 per month confirm", is_admin=True)
    await house.say("6 x 7?")

    async def do(words: str) -> str:
        confirmed = words if words == "audit" else f"{words} confirm"
        return await house.told(f"/quota {confirmed}", is_admin=True)

    assert await do("grant everyone $2 per month") == (
        "Granted $2.00: now everyone $3.00 per month."
    )
    recount = "/quota recount everyone usd per month"
    assert (await house.told(recount, is_admin=True)).startswith(
        "Counted anew from the records: $0"
    )
    assert (await do("reset everyone usd per month")).startswith("Forgiven: $0.0")
    assert await do("set everyone $5 per month") == "Set: everyone $5.00 per month. It was $3.00."
    assert await do("remove everyone usd per month") == "Removed: everyone $5.00 per month."
    assert "nothing is changed" in await do("remove everyone usd per month")
    audit = await do("audit")
    assert "everyone $3.00 per month → everyone $5.00 per month" in audit
    assert audit.count("terminal:ada") == 5
    assert ": reset everyone microusd month: $0.0" in audit


async def test_what_many_would_feel_is_told_first_and_done_when_confirmed(house: House) -> None:
    there: dict[str, Any] = {"platform": "discord", "tenant": "guild"}
    for person in ("ada", "bob"):
        await house.say("6 x 7?", person=person, **there)
    admin = {"is_admin": True, **there}

    (asked,) = await house.say("/quota set server 1 question per day", **admin)

    assert asked.markdown == (
        "This is for everybody in this server; 2 people asked here in the last "
        "30 days. There is no such limit now. Nothing is changed yet: "
        "`/quota set server 1 question per day confirm` does it."
    )
    assert asked.confirm_by == "/quota set server 1 question per day confirm"
    assert await house.stores.limits.in_force() == ()
    assert await house.told(asked.confirm_by, **there) == "Only an admin may use `/quota set`."
    assert await house.told(asked.confirm_by, **admin) == (
        "Set: tenant 1 question per day. It is used up already: spent are 2 questions."
    )
    assert "The limit is 1 question now" in await house.told(
        "/quota remove server questions per day", **admin
    )
    (role,) = await house.say("/quota set role 77 $1 per day", **admin)
    assert "everybody who has role <@&77>;" in role.markdown


async def test_a_limit_for_somebody_counts_what_was_spent_before_it_was_set(house: House) -> None:
    await house.say("6 x 7?")

    await house.told("/quota set user ada 1 question per day", is_admin=True)

    with pytest.raises(QuotaExceeded):
        await house.say("6 x 8?")


async def test_an_admin_of_one_server_learns_nothing_of_another_or_of_everyone() -> None:
    limits = (
        {"of": "everyone", "usd": 77, "per": "month"},
        {"of": "tenant", "ids": ["other"], "usd": 66, "per": "month"},
    )
    here: dict[str, Any] = {"platform": "discord", "tenant": "here", "is_admin": True}
    async with a_house(*limits) as house:
        await house.told(
            "/quota set user 5 $3 per day", platform="discord", tenant="other", is_admin=True
        )
        shown = await house.told("/quota", **here)
        audit = await house.told("/quota audit", **here)

    assert "77" not in shown
    assert "66" not in shown
    assert audit == "Nothing was changed yet."


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("reset server guildB usd per month", "server discord:GUILD"),
        ("recount asker at-once", "count themselves"),
        ("grant asker $1000000 per day", "more than any limit may be"),
        ("set asker $0.0000001 per day", "a millionth"),
        ("link slack:U1 bob", "Say who is whom"),
    ],
)
async def test_what_cannot_be_done_says_why(house: House, words: str, told: str) -> None:
    await house.told("/quota set asker $5 per day", is_admin=True)

    assert told in await house.told(f"/quota {words}", is_admin=True)


async def test_the_operator_counts_and_forgives_a_server_elsewhere(house: House) -> None:
    there: dict[str, Any] = {"platform": "discord", "tenant": "guild"}
    await house.say("6 x 7?", **there)

    await house.told("/quota set server discord:guild 1 question per day confirm", is_admin=True)
    with pytest.raises(QuotaExceeded):
        await house.say("6 x 8?", **there)

    told = await house.told(
        "/quota reset server discord:guild requests per day confirm", is_admin=True
    )
    assert told == "Forgiven: 1 question."
    await house.say("6 x 8?", **there)


async def test_the_operator_links_two_askers_so_that_one_budget_covers_both() -> None:
    async with a_house({"of": "asker", "requests": 1, "per": "day"}) as house:
        await house.say("6 x 7?")
        await house.told("/quota link discord:1 terminal:ada", is_admin=True)
        with pytest.raises(QuotaExceeded):
            await house.say("6 x 8?", platform="discord", person="1")

        assert "alone again" in await house.told("/quota link discord:1", is_admin=True)
        await house.say("6 x 8?", platform="discord", person="1")


@pytest.mark.parametrize("words", ["fly", "set", "set asker $1 per eon", "remove", "reset asker x"])
async def test_what_is_not_understood_changes_nothing(house: House, words: str) -> None:
    (notice,) = await house.say(f"/quota {words}", is_admin=True)

    assert isinstance(notice, Notice)
    assert notice.is_failure
    assert await house.stores.limits.in_force() == ()


async def test_usage_is_exported_by_what_is_asked_and_record_by_record(house: House) -> None:
    await house.say("6 x 7?")
    await house.say("6 x 8?", person="=cmd()")
    today = datetime.now(UTC).date()
    lines = await house.stores.accounts.of_tenant("terminal", "local", today)

    assert [row[:2] for row in summed(lines, ["person"])] == [("=cmd()", 1), ("ada", 1)]
    out = io.StringIO()
    write_usage(lines, ["day", "person"], out)
    head, first, second = out.getvalue().splitlines()
    assert head == "day,person,answers,tokens,cost_microusd,saved_microusd"
    assert first.startswith(f"{today},'=cmd(),1,120,")
    assert second.startswith(f"{today},ada,1,120,")

    out = io.StringIO()
    since = datetime.now(UTC) - timedelta(days=1)
    await write_records(house.stores.accounts.records(since), out)
    head, *rows = out.getvalue().splitlines()
    assert head.startswith("kind,call,model,cost_microusd,tokens,requests,")
    assert [row.split(",")[0] for row in rows] == ["settled", "settled"]
