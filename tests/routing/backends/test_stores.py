"""Which store is opened, and what is said of it."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from config.errors import ConfigError
from config.references import Resolved, Unset
from config.settings import Settings
from routing.backends.stores import embedded_stores, forgetful_stores, open_stores
from routing.errors import QuotaExceeded, StoreUnavailable
from routing.holds import Reservation, Spent
from routing.inbox import Admission
from routing.ports import Conversation, Transcript
from routing.reserving import no_reservation
from tests.builders import an_origin
from tests.fakes.sockets import free_port
from tests.routing.backends.books import A_DAY, an_entry
from tests.routing.backends.conftest import valkey
from tests.routing.backends.letters import a_parcel
from tests.routing.backends.test_redis_history import an_exchange

NOW = datetime.now(UTC)
AN_ENTRY = an_entry()
HERE = Conversation("discord", "guild", "general")


def settings(state_dir: Path, **store: Any) -> Settings:
    return Settings.model_validate({"state_dir": state_dir, "store": store})


def priced(call_id: str, microusd: int) -> Reservation:
    """Build a reservation of a call that may cost so much, and not less."""
    spent = Spent(microusd)
    nothing = no_reservation(call_id, an_origin(), NOW, AN_ENTRY)
    return replace(nothing, most=spent, least=spent)


def limited(usd: str, **further: Any) -> Settings:
    """Build settings by which each asker may spend so much a day."""
    limits = [{"of": "asker", "usd": usd, "per": "day"}]
    return Settings.model_validate({"quotas": {"limits": limits}} | further)


async def test_without_an_address_our_own_valkey_keeps_everything(tmp_path: Path) -> None:
    valkey()
    async with open_stores(settings(tmp_path)) as stores:
        assert stores.describe == f"embedded Valkey in {tmp_path / 'store'}"
        assert stores.notice == ""
        await stores.ping()
        await stores.history.append(HERE, an_exchange(), "why")
        hold = await stores.ledger.reserve(no_reservation("call", an_origin(), NOW, AN_ENTRY))
        await stores.ledger.settle(hold, Spent(7, answers=1), AN_ENTRY)

    async with embedded_stores(settings(tmp_path), valkey()) as stores:
        assert await stores.history.load(HERE) == Transcript(exchanges=(an_exchange(),))
        (line,) = await stores.accounts.of_person(an_origin(), NOW.date())
        assert (line.model, line.answers, line.cost_microusd) == ("llama", 1, 7)


def test_an_address_that_leads_nowhere_is_an_error_not_another_store(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="env:REDIS_URL is not set"):
        open_stores(settings(tmp_path, url=Unset("env:REDIS_URL")))


async def test_a_store_that_forgets_says_so() -> None:
    async with forgetful_stores(Settings()) as stores:
        await stores.ping()
        await stores.history.choose(HERE, "llama")
        assert await stores.history.load(HERE) == Transcript(wanted="llama")
        assert "forgotten at exit" in stores.notice

    async with forgetful_stores(Settings()) as stores:
        assert await stores.history.load(HERE) == Transcript()


async def test_a_named_store_is_used(tmp_path: Path, redis_url: str) -> None:
    async with open_stores(settings(tmp_path, url=redis_url)) as stores:
        await stores.ping()

        assert (stores.describe, stores.notice) == (redis_url, "")


async def test_a_named_store_that_is_down_opens_and_fails_later(tmp_path: Path) -> None:
    url = Resolved(f"redis://:hunter2@127.0.0.1:{free_port()}", "env:REDIS_URL")

    async with open_stores(settings(tmp_path, url=url)) as stores:
        assert "hunter2" not in stores.describe
        with pytest.raises(StoreUnavailable, match="REDIS_URL") as unavailable:
            await stores.history.load(HERE)

    assert "hunter2" not in str(unavailable.value)


def test_what_is_no_address_of_a_store_is_a_mistake_of_the_configuration(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"store\.url"):
        open_stores(settings(tmp_path, url="mysql://host"))


async def test_all_of_them_go_by_other_settings_and_keep_what_they_have() -> None:
    before = limited("1")
    after = limited("0.001", history={"exchanges": 1}, intake={"waiting": 1})
    async with forgetful_stores(before) as stores:
        await stores.ledger.reserve(priced("first", 600))
        for name in ("1", "2"):
            await stores.history.append(HERE, replace(an_exchange(), reply_id=name), "why")

        stores.adopt(after)

        with pytest.raises(QuotaExceeded):
            await stores.ledger.reserve(priced("second", 600))
        await stores.ledger.reserve(priced("third", 400))
        assert [each.reply_id for each in (await stores.history.load(HERE)).exchanges] == ["2"]
        admitted = [(await stores.inbox.add(a_parcel(number))).admission for number in (1, 2)]
        assert admitted == [Admission.READY, Admission.FULL]


async def test_a_limit_that_was_set_at_run_time_wins_over_another_configuration() -> None:
    async with forgetful_stores(Settings()) as stores:
        await stores.limits.set(A_DAY, "discord:1")

        stores.adopt(limited("0.0001"))

        await stores.ledger.reserve(priced("call", 900))
        assert await stores.limits.in_force() == ((A_DAY, True),)
