"""The command `/usage`: what one used and what is left; for admins, what all of a server did."""

import asyncio
import io
from collections import defaultdict
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Final

from bot.commands.budgets import budget_rows
from bot.commands.command import Audience, Command, Invocation
from bot.commands.options import Kind, Option
from bot.commands.words import NotUnderstood
from bot.platforms.port import NamedFile, Notice
from bot.usage_chart import chart_of
from bot.usage_export import Grouping, write_own_usage, write_usage
from bot.usage_report import linked_usage, own_usage, server_usage
from routing.records import TenantLine, UsageLine, together

_USUAL_DAYS: Final = 30
_MOST_DAYS: Final = 31
"""More bars are not told apart."""

_MOST_EXPORTED_DAYS: Final = 400
_DRAWING: Final = ThreadPoolExecutor(1, "drawing")
"""One thread: each that ever draws keeps megabytes of memory for the next time."""

_EXPORTED: Final[tuple[Grouping, ...]] = ("day", "model", "place", "person")


async def _mine(invocation: Invocation) -> Notice:
    services, message = invocation.services, invocation.message
    today, days = message.at.date(), _days(invocation, _MOST_DAYS)
    since = today - timedelta(days=days - 1)
    budgets = budget_rows(await services.ledger.standing(message.origin), message)
    if by_platform := await _as_one_person(invocation, since):
        lines = together(line for used in by_platform.values() for line in used)
        used = linked_usage(by_platform, today, days)
    else:
        lines = await services.accounts.of_person(message.origin, since)
        used = own_usage(lines, today, days, message.origin)
    told = [*budgets, *([""] if budgets else []), used]
    files = await usage_picture(lines, since, today)
    if lines and "form" in invocation.values:
        out = io.StringIO()
        write_own_usage(lines, out)
        files = (*files, _csv("usage.csv", out))
    return Notice("\n".join(told), files=files)


async def _as_one_person(
    invocation: Invocation, since: date
) -> Mapping[str, tuple[UsageLine, ...]]:
    """Return what all used who are one person with somebody, by platform; nothing of one alone."""
    services, me = invocation.services, invocation.message.origin.asker
    links = await services.limits.links(me)
    by_platform: defaultdict[str, tuple[UsageLine, ...]] = defaultdict(tuple)
    for asker in sorted({*links, *links.values()}):
        platform, _, person = asker.partition(":")
        here = invocation.message.origin.tenant if asker == me else ""
        used = await services.accounts.of_asker(platform, person, since, here)
        by_platform[platform] += used
    return by_platform


async def _server(invocation: Invocation) -> Notice:
    days = _days(invocation, _MOST_DAYS)
    today = invocation.message.at.date()
    since = today - timedelta(days=days - 1)
    lines = await _of_tenant(invocation, since)
    files = await usage_picture(lines, since, today)
    told = await asyncio.to_thread(server_usage, lines, days, invocation.message.origin)
    return Notice(told, files=files)


async def _export(invocation: Invocation) -> Notice:
    days = _days(invocation, _MOST_EXPORTED_DAYS)
    since = invocation.message.at.date() - timedelta(days=days - 1)
    lines = await _of_tenant(invocation, since)
    if not lines:
        return Notice(server_usage(lines, days, invocation.message.origin))
    out = io.StringIO()
    await asyncio.to_thread(write_usage, lines, _EXPORTED, out)
    told = f"Everything used in {days} days, by day, model, channel and person, in micro-dollars."
    return Notice(told, files=(_csv("usage-server.csv", out),))


async def usage_picture(
    lines: Sequence[UsageLine | TenantLine], since: date, until: date
) -> tuple[NamedFile, ...]:
    """Return a picture of what was used on some days; none where that is nothing."""
    if (chart := await asyncio.to_thread(chart_of, lines, since, until)) is None:
        return ()
    from bot.usage_picture import draw  # Pillow, for who looks at pictures

    content = await asyncio.get_running_loop().run_in_executor(_DRAWING, draw, chart)
    return (NamedFile("usage.png", content, "image/png", chart.words()),)


async def _of_tenant(invocation: Invocation, since: date) -> tuple[TenantLine, ...]:
    origin = invocation.message.origin
    return await invocation.services.accounts.of_tenant(origin.platform, origin.tenant, since)


def _days(invocation: Invocation, most: int) -> int:
    """Read how far to look back.

    Raises:
        NotUnderstood: It is too far, or not at all.
    """
    days = int(invocation.values.get("days", _USUAL_DAYS))
    if not 1 <= days <= most:
        raise NotUnderstood(f"From 1 to {most} days can be looked at, today among them.")
    return days


def _csv(name: str, out: io.StringIO) -> NamedFile:
    return NamedFile(name, out.getvalue().encode("utf-8", "replace"), "text/csv")


_DAYS: Final = Option("days", f"so many, with today; none: {_USUAL_DAYS}", Kind.WHOLE_NUMBER)

USAGE: Final = Command(
    "usage",
    "what was used in the last days, what it cost, and what is left",
    subcommands=(
        Command(
            "mine",
            "what you used, and what is left to you",
            _mine,
            options=(
                _DAYS,
                Option("form", "csv: with all of it as a file, too", choices=("csv",)),
            ),
        ),
        Command(
            "server",
            "what all here used, by day, model, channel and person",
            _server,
            options=(_DAYS,),
            audience=Audience.ADMINS,
        ),
        Command(
            "export",
            "the same as a file for spreadsheets",
            _export,
            options=(_DAYS,),
            audience=Audience.ADMINS,
        ),
    ),
    default="mine",
    is_confidential=True,
    has_mentions=True,
)
