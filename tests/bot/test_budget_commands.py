"""`pointsman usage` without words: what there is of everybody, and of whom that is."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.budget_commands import usage
from bot.usage_export import Grouping
from config.settings import Settings
from routing.backends.stores import open_stores
from routing.holds import Spent
from routing.reserving import no_reservation
from tests.builders import an_origin
from tests.routing.backends.books import an_entry
from tests.routing.backends.conftest import valkey


async def test_an_operator_sees_every_tenant_s_usage_or_that_of_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    valkey()
    settings = Settings.model_validate({"state_dir": tmp_path})
    async with open_stores(settings) as stores:
        await stores.limits.link("slack:ada", "discord:ada", "op")
        for platform, tenant, cost in (("discord", "1", 7), ("slack", "T1", 5)):
            origin, entry = an_origin(platform=platform, tenant=tenant), an_entry(tenant)
            wish = no_reservation(tenant, origin, datetime.now(UTC), entry)
            await stores.ledger.settle(
                await stores.ledger.reserve(wish), Spent(cost, answers=1), entry
            )

    async def told(tenant: str, by: Grouping = "tenant") -> tuple[list[str], str]:
        assert await usage(settings, by=[by], days=2, tenant=tenant, as_csv=True) == 0
        shown = capsys.readouterr()
        return shown.out.split()[1:], shown.err

    assert await told("") == (["discord:1,1,0,7,0", "slack:T1,1,0,5,0"], "")
    assert await told("slack:T1") == await told("T1") == (["slack:T1,1,0,5,0"], "")
    assert await told("T2") == ([], "No usage is known of T2. It is of: discord:1, slack:T1.\n")
    assert await told("", "person") == (["discord:ada,2,0,12,0"], "")
