"""The command `/audit`: who changed what, of budgets and of orders."""

from collections.abc import Container
from contextlib import suppress
from typing import Final

from bot.budget_wording import amount_words, quota_words
from bot.commands.command import Audience, Command, Invocation
from bot.commands.options import Kind, Option
from bot.commands.words import NotUnderstood
from bot.mentions import mention
from bot.platforms.port import Notice
from config.quotas import Unit
from routing import digests, quota_lines
from routing.orders import Of, is_operator
from routing.query import Origin
from routing.records import FORGETTING_KINDS, KINDS, ORDER_KINDS, Change

USUAL: Final = 20
_MOST: Final = 100


async def audited(invocation: Invocation, at_most: int, kinds: Container[str] = KINDS) -> Notice:
    """Show the last changes: an admin those of the own server, the operator all."""
    origin = invocation.message.origin
    tenant = None if is_operator(origin) else origin.tenant
    changes = await invocation.services.audit.last(at_most, tenant, kinds)
    rows = [_row(each, origin) for each in changes]
    # One line each: no chat shows tables this wide.
    head = ["The last changes, the newest first, in UTC:", ""]
    return Notice("\n".join([*head, *rows]) if rows else "Nothing was changed yet.")


async def _audit(invocation: Invocation) -> Notice:
    number = int(invocation.values.get("count", USUAL))
    if not 1 <= number <= _MOST:
        raise NotUnderstood(f"From 1 to {_MOST} changes can be shown.")
    return await audited(invocation, number)


def _row(change: Change, reader: Origin) -> str:
    old, new = (_shown(change, each, reader) for each in (change.old, change.new))
    when = f"{change.at:%Y-%m-%d %H:%M}"
    # A limit says itself what it is about, in better words than its key.
    is_told = change.what == "limit" and "{" in {change.old[:1], change.new[:1]}
    about = "" if is_told else f" {_about(change, reader)}"
    by = mention(Of.USER, change.by, reader) or change.by
    if change.what in FORGETTING_KINDS:
        return f"- {when}, {by}: {change.what}{about}: {change.new}"
    return f"- {when}, {by}: {change.what}{about}: {old} → {new}"


def _about(change: Change, reader: Origin) -> str:
    """Say whom or what a change was for."""
    of, _, who = change.about.partition(" ")
    is_order = change.what in ORDER_KINDS | FORGETTING_KINDS and of in set(Of)
    return f"{of} {mention(Of(of), who, reader) or who}" if is_order and who else change.about


def _shown(change: Change, stored: str, reader: Origin) -> str:
    """Show what a change was from or to as people say it who are in that server or workspace."""
    what = change.what
    if what in {"reset", "recount"}:
        counted = set(change.about.split())
        return next(amount_words(int(stored), unit) for unit in Unit if unit in counted)
    if what == "limit" and stored.startswith("{"):
        with suppress(ValueError):  # a newer version's
            if quota := quota_lines.from_line(stored):
                return quota_words(quota, reader)
    if what == "digest" and (digest := digests.from_line(stored)):
        return f"{digest.when}, channel {mention(Of.CHANNEL, digest.place, reader) or digest.place}"
    return stored or "nothing"


AUDIT: Final = Command(
    "audit",
    "who changed what",
    _audit,
    options=(Option("count", f"how many; none: {USUAL}", Kind.WHOLE_NUMBER),),
    audience=Audience.ADMINS,
    is_confidential=True,
    has_mentions=True,
)
