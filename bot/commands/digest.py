"""The command `/digest`: what was used in a server, posted in a channel week by week."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Final

from bot.commands.command import Audience, Command, Invocation
from bot.commands.options import Kind, Option
from bot.commands.ordering import give, take_back
from bot.commands.targets import for_whom
from bot.commands.usage import usage_picture
from bot.commands.words import NotUnderstood
from bot.commands.zones import known_zone
from bot.platforms.port import Notice
from bot.usage_report import server_usage
from routing.digests import WEEKDAYS, Digest, from_line, to_line
from routing.orders import ALL, Of, Order, Subject, Target, is_operator, realm_of

_DAYS: Final = 7
_NONE: Final = Notice("There is no digest here. `/digest set monday 9` orders one.")


async def _show(invocation: Invocation) -> Notice:
    origin = invocation.message.origin
    in_force = await invocation.services.orders.load(realm_of(origin))
    digest = from_line(in_force.here.value(Subject.DIGEST) or "")
    return Notice(_told(digest, invocation)) if digest else _NONE


async def _set(invocation: Invocation) -> Notice:
    message, values = invocation.message, invocation.values
    origin = message.origin
    if is_operator(origin):
        raise NotUnderstood("A digest is posted in a channel of a server: order it there.")
    digest = Digest(
        # Only where it is ordered: a channel that is named could be another server's.
        place=origin.place,
        weekday=WEEKDAYS.index(values["weekday"]),
        hour=_hour(values["hour"]),
        zone=known_zone(values.get("zone", "") or invocation.services.settings.quotas.zone),
        person=origin.person,
        since=message.at,
    )
    await give(invocation, Order(Subject.DIGEST, ALL, to_line(digest)))
    return Notice(f"Ordered. {_told(digest, invocation)}")


async def _remove(invocation: Invocation) -> Notice:
    old = await take_back(invocation, Subject.DIGEST, ALL)
    return Notice("There is no digest any more.") if old else replace(_NONE, is_failure=True)


async def _now(invocation: Invocation) -> Notice:
    """Tell what was used in the seven days before today."""
    origin, today = invocation.message.origin, invocation.message.at.date()
    since, until = today - timedelta(days=_DAYS), today - timedelta(days=1)
    accounts = invocation.services.accounts
    lines = await accounts.of_tenant(origin.platform, origin.tenant, since)
    lines = tuple(line for line in lines if line.day <= until)
    head = f"**What was used from {since} to {until}**"
    files = await usage_picture(lines, since, until)
    told = await asyncio.to_thread(server_usage, lines, _DAYS, origin)
    return Notice(f"{head}\n\n{told}", files=files)


def _told(digest: Digest, invocation: Invocation) -> str:
    origin = invocation.message.origin
    where = for_whom(Target(Of.CHANNEL, digest.place), origin)
    first = f"{digest.next_at(invocation.message.at):%Y-%m-%d %H:%M} UTC"
    return f"What was used in a week is posted {digest.when} in {where}, next at {first}."


def _hour(word: str) -> int:
    hour = int(word)
    if hour not in range(24):
        raise NotUnderstood("The hour is one from 0 to 23. Nothing is changed.")
    return hour


DIGEST: Final = Command(
    "digest",
    "what all here used, posted in a channel week by week",
    subcommands=(
        Command("show", "when and where it is posted", _show),
        Command(
            "set",
            "have it posted in this channel",
            _set,
            options=(
                Option("weekday", "on which day", is_required=True, choices=WEEKDAYS),
                Option("hour", "from 0 to 23", Kind.WHOLE_NUMBER, is_required=True),
                Option("zone", "whose hour, such as Europe/Berlin", after="in"),
            ),
        ),
        Command("remove", "have it posted no more", _remove),
        Command("now", "what it says now, to you alone", _now),
    ),
    default="show",
    audience=Audience.ADMINS,
    has_mentions=True,
)
