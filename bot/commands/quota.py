"""The command `/quota`: budgets looked at by everyone, and changed by admins."""

from typing import Final

from bot.budget_wording import amount_words, quota_words
from bot.commands.audit import USUAL, audited
from bot.commands.budgets import budget_rows
from bot.commands.command import AskFirst, Audience, Command, Invocation, Run, Told
from bot.commands.options import Option
from bot.commands.quota_effect import (
    asked_first,
    in_force_here,
    missing_of,
    over_now,
    whom_counted,
)
from bot.commands.quota_options import HOW_MUCH, WHICH, WHOSE, limits_like, options_of
from bot.commands.quota_report import report
from bot.commands.words import NotUnderstood
from bot.platforms.port import Notice
from bot.quota_words import read_quota
from config.quotas import Quota, Scope, Unit
from routing.orders import is_operator
from routing.query import Origin
from routing.records import BUDGET_KINDS

_NO_LIMIT: Final = Notice(
    "There is no such limit here, so nothing is changed. `/quota show` lists those there are, "
    "`/quota set` makes one.",
    is_failure=True,
)
_TOO_MUCH: Final = "That is more than any limit may be, so nothing is changed."


async def _show(invocation: Invocation) -> Notice:
    services, message = invocation.services, invocation.message
    standing = await services.ledger.standing(message.origin)
    table = budget_rows(standing, message)
    if not table and not message.is_admin:
        return Notice("There is no limit to what you may ask.")
    told = table or ["No limit holds for you here."]
    if message.is_admin:
        settings = services.settings.quotas
        limits = await in_force_here(invocation)
        missing = await missing_of(invocation, [quota for quota, _ in limits])
        in_force = [
            f"- {quota_words(quota, message.origin, missing)} "
            f"({'run time' if is_set else 'configuration'})"
            for quota, is_set in limits
        ]
        whose = "All limits" if is_operator(message.origin) else "Limits set for here alone"
        told += ["", f"{whose} (days begin in {settings.zone}):", "", *(in_force or ["- none"])]
    return Notice("\n".join(told))


async def _set(invocation: Invocation) -> Notice | AskFirst:
    origin = invocation.message.origin
    quota = read_quota(invocation.words, origin)
    if asked := await asked_first(invocation, quota):
        return asked
    old = await invocation.services.limits.set(quota, *_by(invocation))
    spent = None
    if whom := whom_counted(quota, origin):
        # What was spent before the limit was there counts as well.
        spent = await invocation.services.limits.recount(whom, quota)
    before = f" It was {amount_words(old.amount, old.unit)}." if old else ""
    over = await over_now(invocation, quota, spent)
    return Notice(f"Set: {await _written(invocation, quota)}.{before}{over}")


async def _written(invocation: Invocation, quota: Quota) -> str:
    missing = await missing_of(invocation, [quota])
    return quota_words(quota, invocation.message.origin, missing)


async def _grant(invocation: Invocation) -> Notice | AskFirst:
    more = read_quota(invocation.words, invocation.message.origin)
    if asked := await asked_first(invocation, more):
        return asked
    new = await invocation.services.limits.raise_by(more, *_by(invocation))
    if new is None:
        return _NO_LIMIT
    now = await _written(invocation, new)
    return Notice(f"Granted {amount_words(more.amount, more.unit)}: now {now}.")


async def _remove(invocation: Invocation) -> Notice | AskFirst:
    quota = read_quota(invocation.words, invocation.message.origin, needs_amount=False)
    if asked := await asked_first(invocation, quota):
        return asked
    old = await invocation.services.limits.remove(quota, *_by(invocation))
    if old is None:
        return _NO_LIMIT
    return Notice(f"Removed: {await _written(invocation, old)}.")


async def _restore(invocation: Invocation) -> Notice | AskFirst:
    quota = read_quota(invocation.words, invocation.message.origin, needs_amount=False)
    if asked := await asked_first(invocation, quota):
        return asked
    configured = await invocation.services.limits.restore(quota, *_by(invocation))
    said = await _written(invocation, configured) if configured else "no such limit"
    return Notice(f"As the configuration says: {said}.")


async def _reset(invocation: Invocation) -> Notice | AskFirst:
    quota, whom = _named(invocation)
    if asked := await asked_first(invocation, quota):
        return asked
    spent = await invocation.services.limits.reset(whom, quota, *_by(invocation))
    return _NO_LIMIT if spent is None else Notice(f"Forgiven: {amount_words(spent, quota.unit)}.")


async def _recount(invocation: Invocation) -> Notice:
    quota, whom = _named(invocation)
    by = invocation.message.origin.asker
    spent = await invocation.services.limits.recount(whom, quota, by)
    if spent is None:
        return _NO_LIMIT
    return Notice(f"Counted anew from the records: {amount_words(spent, quota.unit)}.")


def _by(invocation: Invocation) -> tuple[str, str]:
    """Return who changes something, and the change's name, by which no other worker repeats it."""
    message = invocation.message
    return message.origin.asker, message.reply_id


def _named(invocation: Invocation) -> tuple[Quota, Origin]:
    """Read which limit of whom is meant.

    Raises:
        NotUnderstood: Nobody in particular is meant, or nothing that is counted in records.
    """
    origin = invocation.message.origin
    quota = read_quota(invocation.words, origin, needs_amount=False)
    if quota.unit is Unit.AT_ONCE:
        raise NotUnderstood("Answers at once count themselves: there is nothing to forgive.")
    if whom := whom_counted(quota, origin):
        return quota, whom
    whose = "a user, such as `user discord:1234`"
    if quota.of in {Scope.TENANT, Scope.PLACE}:
        whose = "a server or channel, such as `server discord:GUILD` or `channel discord:GUILD:ID`"
    raise NotUnderstood(f"Say whose spending is meant: {whose}. Nothing is changed.")


async def _link(invocation: Invocation) -> Notice:
    """Count one asker as another: `slack:U1 discord:1`; alone, an asker is linked no longer."""
    origin = invocation.message.origin
    asker, person = (invocation.values.get(name, "") for name in ("asker", "person"))
    if ":" not in asker or (person and ":" not in person):
        raise NotUnderstood("Say who is whom: `link slack:U024 discord:1234`, or one to end it.")
    await invocation.services.link_codes.forget(asker)
    await invocation.services.limits.link(asker, person, origin.asker)
    if not person:
        return Notice(f"{asker} is counted alone again.")
    return Notice(f"{asker} and {person} are one person: one budget covers both.")


async def _audit(invocation: Invocation) -> Notice:
    return await audited(invocation, USUAL, BUDGET_KINDS)


def _changing(name: str, summary: str, run: Run, options: tuple[Option, ...]) -> Command:
    async def careful(invocation: Invocation) -> Told:
        try:
            return await run(invocation)
        except ValueError:
            raise NotUnderstood(_TOO_MUCH) from None

    is_named = options == WHICH
    return Command(
        name,
        summary,
        careful,
        options=options,
        suggest=limits_like if is_named else None,
        fill=None if is_named else options_of,
        has_form=not is_named,
        audience=Audience.ADMINS,
        is_free=True,
        asks_first=True,
    )


_LINKED: Final = (
    Option("asker", "who is counted as somebody else, such as slack:U024", is_required=True),
    Option("person", "whom they are counted as, such as discord:1234; none: alone again"),
)

QUOTA: Final = Command(
    "quota",
    "what may be spent, and what is left; admins change it",
    subcommands=(
        Command(
            "show",
            "what is left to you, and which limits there are",
            _show,
            is_confidential=True,
        ),
        _changing("set", "set a limit", _set, WHOSE + HOW_MUCH),
        _changing("grant", "add to a limit", _grant, WHOSE + HOW_MUCH),
        _changing("remove", "take a limit away", _remove, WHICH),
        _changing("restore", "set a limit as the configuration has it", _restore, WHICH),
        _changing("reset", "forgive what was spent of a limit", _reset, WHICH),
        _changing("recount", "count what was spent anew from the records", _recount, WHICH),
        Command(
            "link",
            "count one person as another, so that one limit covers both",
            _link,
            options=_LINKED,
            audience=Audience.OPERATOR,
        ),
        Command(
            "report",
            "how far each limit here is used, and who is over",
            report,
            audience=Audience.ADMINS,
            is_confidential=True,
        ),
        Command(
            "audit",
            "the last changes",
            _audit,
            audience=Audience.ADMINS,
            is_confidential=True,
        ),
    ),
    default="show",
    has_mentions=True,
)
