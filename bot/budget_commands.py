"""`pointsman quota …` and `pointsman usage …`: the same from the shell as in the chat."""

import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from bot.app import open_app
from bot.log import log_to
from bot.money import dollars
from bot.platforms.terminal import Terminal
from bot.printing import print_table
from bot.usage_export import Grouping, summed, write_records, write_usage
from bot.wording import sentence
from config.errors import ConfigError
from config.settings import Settings
from routing.backends.stores import open_stores
from routing.books import Accounts, Limits
from routing.errors import StoreNotUnderstood, StoreUnavailable
from routing.records import FORGOTTEN, TenantLine


async def run_command(settings: Settings, text: str) -> int:
    """Run a command of the chat, such as `/quota show`; return the exit code."""
    log_to(settings.state_dir, settings.log)
    try:
        async with open_app(settings) as app:
            await app.stores.ledger.sweep()  # what dead processes held is charged before it is told
            terminal = Terminal(settings.terminal, settings.state_dir)
            return 0 if await terminal.ask_once(app.handler.answer, text) else 1
    except (ConfigError, StoreUnavailable) as error:
        return _failed(error)


async def usage(
    settings: Settings, *, by: Sequence[Grouping], days: int, tenant: str, as_csv: bool
) -> int:
    """Print what a tenant used, told as `platform:tenant` or by its id; of none, what all did."""
    since = datetime.now(UTC).date() - timedelta(days=days - 1)
    try:
        async with open_stores(settings) as stores:
            await stores.ledger.sweep()  # what dead processes held is charged before it is told
            known = await stores.accounts.tenants()
            meant = [each for each in known if tenant in {"", each, each.partition(":")[2]}]
            lines = await _used_by(meant, stores.accounts, since)
            if "person" in by:
                lines = await _by_person(lines, stores.limits)
    except (ConfigError, StoreUnavailable) as error:
        return _failed(error)
    if not meant:
        print(_nothing_of(tenant, known), file=sys.stderr)  # noqa: T201 # beside the output
    if as_csv:
        write_usage(lines, by, sys.stdout)
        return 0
    rows = [
        [*map(str, row[:-2]), dollars(int(row[-2])), dollars(int(row[-1]))]
        for row in summed(lines, by)
    ]
    headings = [*by, "answers", "tokens", "spent", "saved"]
    print_table(headings, rows, numeric=set(range(len(by), len(headings))))
    return 0


async def _used_by(tenants: Sequence[str], accounts: Accounts, since: date) -> list[TenantLine]:
    lines: list[TenantLine] = []
    for tenant in tenants:
        platform, _, name = tenant.partition(":")
        lines += await accounts.of_tenant(platform, name, since)
    return lines


async def _by_person(lines: Sequence[TenantLine], limits: Limits) -> list[TenantLine]:
    """Return lines that say who somebody is on all platforms, as `discord:1`."""
    askers = [f"{line.tenant.partition(':')[0]}:{line.person}" for line in lines]
    persons = await limits.persons(askers)
    return [
        line if line.person == FORGOTTEN else replace(line, person=persons[asker])
        for line, asker in zip(lines, askers, strict=True)
    ]


def _nothing_of(tenant: str, known: Sequence[str]) -> str:
    if not known:
        return "Nobody has used anything yet."
    return f"No usage is known of {tenant}. It is of: {', '.join(known)}."


async def records(settings: Settings, *, days: int) -> int:
    """Print the exact ledger as CSV."""
    since = datetime.now(UTC) - timedelta(days=days)
    try:
        async with open_stores(settings) as stores:
            await stores.ledger.sweep()
            await write_records(stores.accounts.records(since), sys.stdout)
    except (ConfigError, StoreUnavailable) as error:
        return _failed(error)
    return 0


def _failed(error: ConfigError | StoreUnavailable) -> int:
    if isinstance(error, ConfigError | StoreNotUnderstood):
        print(error, file=sys.stderr)  # noqa: T201 # beside the output
        return 2
    print(sentence(error), file=sys.stderr)  # noqa: T201 # the same
    return 1
