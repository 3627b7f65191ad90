"""The command `/quota`: budgets looked at by everyone, and changed by admins."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType
from typing import Final

from bot.budget_wording import amount_words, moment, quota_words, whose
from bot.commands.registry import Command, Invocation
from bot.platforms.port import Message, Notice
from bot.quota_words import NotUnderstood, read_quota
from config.quotas import Quota, Scope, Unit, Window
from routing.holds import Level
from routing.query import Origin
from routing.quota import Limit

_AUDITED: Final = 20
_TENANT_PARTS: Final = 2
_PLACE_PARTS: Final = 3
_NO_LIMIT: Final = Notice(
    "There is no such limit here, so nothing is changed. `/quota show` lists what can be changed.",
    is_failure=True,
)


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
    except ValueError:
        return Notice("That is more than any limit may be, so nothing is changed.", is_failure=True)


async def _show(invocation: Invocation, words: str) -> Notice:
    _nothing_after("show", words)
    services, message = invocation.services, invocation.message
    standing = await services.ledger.standing(message.origin)
    rows = [
        _row(level, message.at, is_shown=_may_see(level.limit, message))
        for level in standing.levels
    ]
    if not rows and not message.is_admin:
        return Notice("There is no limit to what you may ask.")
    table = ["| budget | used | limit | begins anew |", "|---|--:|--:|---|", *rows]
    told = table if rows else ["No limit holds for you here."]
    if message.is_admin:
        settings = services.settings.quotas
        in_force = [
            f"- {quota_words(quota)} ({'run time' if is_set else 'configuration'})"
            for quota, is_set in await services.limits.in_force()
            if quota.tenant == message.origin.tenant or _is_operator(message.origin)
        ]
        told += ["", f"All limits (days begin in {settings.zone}):", "", *(in_force or ["- none"])]
    return Notice("\n".join(told))


async def _set(invocation: Invocation, words: str) -> Notice:
    origin = invocation.message.origin
    quota = read_quota(words, origin)
    old = await invocation.services.limits.set(quota, origin.asker)
    if whom := _whom(quota, origin):
        # What was spent before the limit was there counts as well.
        await invocation.services.limits.recount(whom, quota)
    return _changed(old, quota)


async def _grant(invocation: Invocation, words: str) -> Notice:
    message = invocation.message
    more = read_quota(words, message.origin)
    # The answer's name stands for the change: a worker that takes over grants nothing twice.
    new = await invocation.services.limits.raise_by(
        more, message.origin.asker, change_id=message.reply_id
    )
    if new is None:
        return _NO_LIMIT
    return Notice(f"Granted {amount_words(more.amount, more.unit)}: now {quota_words(new)}.")


async def _remove(invocation: Invocation, words: str) -> Notice:
    origin = invocation.message.origin
    quota = read_quota(words, origin, needs_amount=False)
    old = await invocation.services.limits.remove(quota, origin.asker)
    if old is None:
        return _NO_LIMIT
    return Notice(f"Removed: {quota_words(old)}.")


async def _restore(invocation: Invocation, words: str) -> Notice:
    origin = invocation.message.origin
    quota = read_quota(words, origin, needs_amount=False)
    configured = await invocation.services.limits.restore(quota, origin.asker)
    said = quota_words(configured) if configured else "no such limit"
    return Notice(f"As the configuration says: {said}.")


async def _reset(invocation: Invocation, words: str) -> Notice:
    quota, whom = _named(invocation, words)
    by = invocation.message.origin.asker
    spent = await invocation.services.limits.reset(whom, quota, by)
    return _NO_LIMIT if spent is None else Notice(f"Forgiven: {amount_words(spent, quota.unit)}.")


async def _recount(invocation: Invocation, words: str) -> Notice:
    quota, whom = _named(invocation, words)
    spent = await invocation.services.limits.recount(whom, quota)
    if spent is None:
        return _NO_LIMIT
    return Notice(f"Counted anew from the records: {amount_words(spent, quota.unit)}.")


def _named(invocation: Invocation, words: str) -> tuple[Quota, Origin]:
    """Read which limit of whom is meant.

    Raises:
        NotUnderstood: Nobody in particular is meant, or nothing that is counted in records.
    """
    origin = invocation.message.origin
    quota = read_quota(words, origin, needs_amount=False)
    if quota.unit is Unit.AT_ONCE:
        raise NotUnderstood("Answers at once count themselves: there is nothing to forgive.")
    if whom := _whom(quota, origin):
        return quota, whom
    whose = "a user, such as `user discord:1234`"
    if quota.of in {Scope.TENANT, Scope.PLACE}:
        whose = "a server or channel, such as `server discord:GUILD` or `channel discord:GUILD:ID`"
    raise NotUnderstood(f"Say whose spending is meant: {whose}. Nothing is changed.")


async def _link(invocation: Invocation, words: str) -> Notice:
    """Count one asker as another: `slack:U1 discord:1`; alone, an asker is linked no longer."""
    origin = invocation.message.origin
    asker, person = (*words.split(), "", "")[:2]
    if not _is_operator(origin):
        return Notice("Only the operator may link people, from the shell.", is_failure=True)
    if ":" not in asker or (person and ":" not in person) or len(words.split()) > 2:  # noqa: PLR2004 # two people
        raise NotUnderstood("Say who is whom: `link slack:U024 discord:1234`, or one to end it.")
    await invocation.services.limits.link(asker, person, origin.asker)
    if not person:
        return Notice(f"{asker} is counted alone again.")
    return Notice(f"{asker} and {person} are one person: one budget covers both.")


async def _audit(invocation: Invocation, words: str) -> Notice:
    _nothing_after("audit", words)
    origin = invocation.message.origin
    tenant = None if _is_operator(origin) else origin.tenant
    changes = await invocation.services.limits.audit(_AUDITED, tenant)
    rows = [
        f"| {each.at:%Y-%m-%d %H:%M} | {each.by} | {each.what} {each.about} "
        f"| {_shown(each.old)} | {_shown(each.new)} |"
        for each in changes
    ]
    head = ["| when (UTC) | who | what | old | new |", "|---|---|---|---|---|"]
    return Notice("\n".join([*head, *rows]) if rows else "Nothing was changed yet.")


def _nothing_after(verb: str, words: str) -> None:
    if words:
        raise NotUnderstood(f"Nothing can follow `/quota {verb}`: it tells what there is for you.")


def _shown(stored: str) -> str:
    """Show what a change was from or to as people say it."""
    if not stored.startswith("{"):
        return stored or "nothing"
    return quota_words(Quota.model_validate_json(stored))


def _changed(old: Quota | None, new: Quota) -> Notice:
    before = f" It was {amount_words(old.amount, old.unit)}." if old else ""
    return Notice(f"Set: {quota_words(new)}.{before}")


def _whom(quota: Quota, origin: Origin) -> Origin | None:
    """Return an origin whose spending a quota counts; None when it means nobody in particular."""
    if quota.of is Scope.EVERYONE:
        return origin
    who = next(iter(quota.ids), "")
    parts = who.split(":")
    match quota.of:
        case Scope.ASKER if who:
            platform, _, person = who.partition(":")
            return replace(origin, platform=platform, person=person, roles=frozenset())
        case Scope.TENANT if len(parts) == _TENANT_PARTS:
            return replace(origin, platform=parts[0], tenant=parts[1])
        case Scope.PLACE if len(parts) == _PLACE_PARTS:
            platform, tenant, place = parts
            return replace(origin, platform=platform, tenant=tenant, place=place)
        case Scope.TENANT if not _is_operator(origin) or who == origin.tenant:
            return origin
        case Scope.PLACE if who and (not _is_operator(origin) or who == origin.place):
            return replace(origin, place=who)
        case _:
            return None


def _may_see(limit: Limit, message: Message) -> bool:
    """Tell whether the numbers of a limit may be shown: one's own, or what one is admin of."""
    if limit.is_own or not message.is_admin:
        return limit.is_own
    return _is_operator(message.origin) or limit.scope is not Scope.EVERYONE


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
        "restore": _restore,
        "reset": _reset,
        "recount": _recount,
        "link": _link,
        "audit": _audit,
    }
)

QUOTA: Final = Command(
    "quota",
    "[show|set|grant|remove|restore|reset|recount|link|audit …]",
    "what may be spent, and what is left; admins change it",
    _quota,
)
