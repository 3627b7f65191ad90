"""The command `/quota`: budgets looked at by everyone, and changed by admins."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType
from typing import Final

from bot.budget_wording import amount_words, moment, quota_words, whose
from bot.commands.registry import Command, Invocation
from bot.platforms.port import Notice
from bot.quota_words import NotUnderstood, read_quota
from config.quotas import Quota, Scope, Window
from routing.holds import Level
from routing.query import Origin
from routing.quota import Limit

_AUDITED: Final = 20


async def _quota(invocation: Invocation) -> Notice:
    verb, words = (*invocation.words.split(maxsplit=1), "", "")[:2]
    verb = verb.lower() or "show"
    if verb not in _VERBS:
        allowed = ", ".join(f"`{each}`" for each in _VERBS)
        return Notice(f"After `/quota` comes one of {allowed}.", is_failure=True)
    if verb != "show" and not invocation.message.is_admin:
        return Notice("Only an admin may change budgets.", is_failure=True)
    try:
        return await _VERBS[verb](invocation, words)
    except NotUnderstood as error:
        return Notice(str(error), is_failure=True)


async def _show(invocation: Invocation, _words: str) -> Notice:
    services, message = invocation.services, invocation.message
    standing = await services.ledger.standing(message.origin)
    rows = [
        _row(level, message.at, is_shown=level.limit.is_own or message.is_admin)
        for level in standing.levels
    ]
    if not rows and not message.is_admin:
        return Notice("There is no limit to what you may ask.")
    table = ["| budget | used | limit | begins anew |", "|---|--:|--:|---|", *rows]
    told = table if rows else ["No limit holds for you here."]
    if message.is_admin:
        settings = services.settings.quotas
        in_force = [
            f"- {quota_words(quota)} ({'set in the chat' if is_set else 'from the configuration'})"
            for quota, is_set in await services.limits.in_force()
            if quota.tenant in {"", message.origin.tenant} or _is_operator(message.origin)
        ]
        told += ["", f"All limits (days begin in {settings.zone}):", "", *(in_force or ["- none"])]
    return Notice("\n".join(told))


async def _set(invocation: Invocation, words: str) -> Notice:
    origin = invocation.message.origin
    quota = read_quota(words, origin)
    old = await invocation.services.limits.set(quota, origin.asker)
    if quota.of not in {Scope.ASKER, Scope.ROLE} or quota.ids:
        # What was spent before the limit was there counts as well.
        await invocation.services.limits.recount(_whom(quota, origin), quota)
    return _changed(old, quota)


async def _grant(invocation: Invocation, words: str) -> Notice:
    origin = invocation.message.origin
    more = read_quota(words, origin)
    new = await invocation.services.limits.raise_by(more, origin.asker)
    return Notice(f"Granted {amount_words(more.amount, more.unit)}: now {quota_words(new)}.")


async def _remove(invocation: Invocation, words: str) -> Notice:
    origin = invocation.message.origin
    quota = read_quota(words, origin, needs_amount=False)
    old = await invocation.services.limits.remove(quota, origin.asker)
    if old is None:
        return Notice("There is no such limit, so nothing is changed.", is_failure=True)
    return Notice(f"Removed: {quota_words(old)}.")


async def _reset(invocation: Invocation, words: str) -> Notice:
    origin = invocation.message.origin
    quota = read_quota(words, origin, needs_amount=False)
    spent = await invocation.services.limits.reset(_whom(quota, origin), quota, origin.asker)
    if spent is None:
        return Notice("There is no such limit, so nothing is changed.", is_failure=True)
    return Notice(f"Forgiven: {amount_words(spent, quota.unit)}.")


async def _recount(invocation: Invocation, words: str) -> Notice:
    origin = invocation.message.origin
    quota = read_quota(words, origin, needs_amount=False)
    spent = await invocation.services.limits.recount(_whom(quota, origin), quota)
    if spent is None:
        return Notice("There is no such limit, so nothing is changed.", is_failure=True)
    return Notice(f"Counted anew from the records: {amount_words(spent, quota.unit)}.")


async def _audit(invocation: Invocation, _words: str) -> Notice:
    changes = await invocation.services.limits.audit(_AUDITED)
    rows = [
        f"| {each.at:%Y-%m-%d %H:%M} | {each.by} | {each.what} {each.about} "
        f"| {_shown(each.old)} | {_shown(each.new)} |"
        for each in changes
    ]
    head = ["| when (UTC) | who | what | old | new |", "|---|---|---|---|---|"]
    return Notice("\n".join([*head, *rows]) if rows else "Nothing was changed yet.")


def _shown(stored: str) -> str:
    """Show what a change was from or to as people say it."""
    if not stored.startswith("{"):
        return stored or "nothing"
    return quota_words(Quota.model_validate_json(stored))


def _changed(old: Quota | None, new: Quota) -> Notice:
    before = f" It was {amount_words(old.amount, old.unit)}." if old else ""
    return Notice(f"Set: {quota_words(new)}.{before}")


def _whom(quota: Quota, origin: Origin) -> Origin:
    """Return an origin whose spending a quota's id counts; without one, the asker's own."""
    who = next(iter(quota.ids), "")
    match quota.of:
        case Scope.ASKER if who:
            platform, _, person = who.partition(":")
            return replace(origin, platform=platform, person=person, roles=frozenset())
        case Scope.PLACE if who:
            return replace(origin, place=who)
        case Scope.TENANT if who:
            return replace(origin, tenant=who)
        case _:
            return origin


def _is_operator(origin: Origin) -> bool:
    return origin.platform == "terminal"


def _row(level: Level, at: datetime, *, is_shown: bool) -> str:
    limit = level.limit
    used = "used up" if level.share >= 1 else "room left"
    cells = (
        whose(limit),
        amount_words(level.used, limit.unit) if is_shown else used,
        amount_words(limit.amount, limit.unit) if is_shown else "",
        _begins_anew(limit, at),
    )
    return f"| {' | '.join(cells)} |"


def _begins_anew(limit: Limit, at: datetime) -> str:
    if period := limit.period(at):
        return moment(period.ends_at, limit.zone)
    if limit.window is None:
        return "when an answer ends"
    return "never" if limit.window is Window.LIFETIME else "little by little"


_VERBS: Final[Mapping[str, Callable[[Invocation, str], Awaitable[Notice]]]] = MappingProxyType(
    {
        "show": _show,
        "set": _set,
        "grant": _grant,
        "remove": _remove,
        "reset": _reset,
        "recount": _recount,
        "audit": _audit,
    }
)

QUOTA: Final = Command(
    "quota",
    "[show|set|grant|remove|reset|recount|audit …]",
    "what may be spent, and what is left; admins change it",
    _quota,
)
