"""Which store is opened, and what is said of it."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from config.errors import ConfigError
from config.references import Resolved, Unset
from config.settings import Settings
from routing.backends.stores import embedded_stores, forgetful_stores, open_stores
from routing.errors import StoreUnavailable
from routing.holds import Spent
from routing.ports import Conversation, Transcript
from routing.reserving import no_reservation
from tests.builders import an_origin
from tests.fakes.sockets import free_port
from tests.routing.backends.books import an_entry
from tests.routing.backends.conftest import valkey
from tests.routing.backends.test_redis_history import an_exchange

NOW = datetime.now(UTC)
AN_ENTRY = an_entry()
HERE = Conversation("discord", "guild", "general")


def settings(state_dir: Path, **store: Any) -> Settings:
    return Settings.model_validate({"state_dir": state_dir, "store": store})


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
