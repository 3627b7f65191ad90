"""What can follow `/quota set` and the like: the options platforms show, and what is suggested."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

from bot.budget_wording import amount_words, quota_words
from bot.commands.command import Typing
from bot.commands.options import Kind, Option, Suggestion
from bot.commands.words import NotUnderstood
from bot.quota_words import names_of, read_quota, unit_word
from config.quotas import Scope, Window
from routing.query import Origin
from routing.quota import one_by_one

_WHO: Final = Option("who", "an id, me or here; none: each of them")
WHOSE: Final = (
    Option(
        "scope",
        "whose budget it is",
        is_required=True,
        choices=("user", "role", "channel", "server", "everyone"),
        synonyms=("asker", "person", "group", "place", "workspace", "tenant"),
    ),
    Option("user", "this one alone; none: each user", Kind.USER, goes_with="user", shares=_WHO),
    Option("role", "of which role, with scope role", Kind.ROLE, goes_with="role", shares=_WHO),
    Option(
        "channel",
        "this one alone; none: each channel",
        Kind.CHANNEL,
        goes_with="channel",
        shares=_WHO,
    ),
)
HOW_MUCH: Final = (
    Option("amount", "such as $5, 50k or 20", Kind.AMOUNT, is_required=True),
    Option(
        "unit", "what is counted; none: dollars", choices=("usd", "tokens", "questions", "at-once")
    ),
    Option("per", "in which time", choices=tuple(each.value for each in Window), after="per"),
    Option("zone", "where its days begin, such as Europe/Berlin", after="in"),
)
WHICH: Final = (
    Option("limit", "one of those in force", Kind.TEXT, is_required=True, has_suggestions=True),
)

_SCOPES: Final[Mapping[Scope, str]] = MappingProxyType(
    {
        Scope.ASKER: "user",
        Scope.ROLE: "role",
        Scope.PLACE: "channel",
        Scope.TENANT: "server",
        Scope.EVERYONE: "everyone",
    }
)


def options_of(words: str, origin: Origin) -> Mapping[str, str]:
    """Return by which options a limit is set that words name, as in `asker usd per day`.

    Raises:
        NotUnderstood: They name none, or one that options cannot tell.
    """
    quota = read_quota(words, origin, needs_amount=False)
    scope, who = _SCOPES[quota.of], next(iter(quota.ids), "")
    if who and scope not in {option.name for option in WHOSE}:
        raise NotUnderstood(f"A limit of {who} is set in words.")
    given = {"scope": scope, scope: who, "unit": unit_word(quota.unit)}
    if quota.per:
        given["per"] = quota.per.value
    return {name: value for name, value in given.items() if value}


async def limits_like(typing: Typing) -> Sequence[Suggestion]:
    """Suggest the limits that whoever types may change here."""
    origin = typing.message.origin
    of_all = origin.platform == "terminal"
    return [
        Suggestion(
            name,
            f"{name}: {amount_words(each.amount, each.unit)}",
            quota_words(each, origin) if each.ids else "",
        )
        for quota, _ in await typing.services.limits.in_force()
        if of_all or quota.tenant == origin.tenant
        for each in one_by_one(quota)
        for name in names_of(each)
        if typing.may_mean(name)
    ]
