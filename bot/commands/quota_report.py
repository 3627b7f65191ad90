"""`/quota report`: how far each limit is used, and who is over."""

from typing import Final

from bot.budget_wording import amount_words, quota_words
from bot.commands.command import Invocation
from bot.commands.quota_effect import in_force_here, missing_of, over_now, whom_counted
from bot.platforms.port import Notice
from config.quotas import Quota
from routing.query import Origin

_MOST_LIMITS: Final = 50
"""More are not read through; each asks the store."""


async def report(invocation: Invocation) -> Notice:
    """Tell of every limit here how much of it is used."""
    reader = invocation.message.origin
    limits = [quota for quota, _ in await in_force_here(invocation)]
    if not limits:
        return Notice("There are no limits here. `/usage server` tells what was used.")
    missing = await missing_of(invocation, limits)
    rows = [
        f"- {quota_words(quota, reader, missing)}: {await _how_far(invocation, quota)}"
        for quota in limits[:_MOST_LIMITS]
    ]
    if more := len(limits) - len(rows):
        rows.append(f"- and {more:,} more, which `/quota show` lists")
    return Notice("\n".join([*rows, "", "`/usage server` tells what was used, by whom and where."]))


async def _how_far(invocation: Invocation, quota: Quota) -> str:
    if whom := whom_counted(quota, invocation.message.origin):
        return await _used(invocation, quota, whom)
    over = (await over_now(invocation, quota, None)).strip(" .")
    return f"{over[:1].lower()}{over[1:]}" or "nobody is known to be over it"


async def _used(invocation: Invocation, quota: Quota, whom: Origin) -> str:
    standing = await invocation.services.ledger.standing(whom)
    about = (quota.of, quota.tenant, quota.unit, quota.per)
    for level in standing.levels:
        limit = level.limit
        if (limit.scope, limit.tenant, limit.unit, limit.window) == about:
            used = amount_words(level.used, quota.unit)
            return f"used up, {used}" if level.share >= 1 else f"{used} used, {level.share:.0%}"
    return "another limit counts instead"
