"""What can follow `/quota set` and the like: the options platforms show, and what is suggested."""

from collections.abc import Sequence
from typing import Final

from bot.budget_wording import amount_words
from bot.commands.command import Typing
from bot.commands.options import Kind, Option, Suggestion
from bot.quota_words import names_of
from config.quotas import Window

WHOSE: Final = (
    Option(
        "scope",
        "whose budget it is",
        is_required=True,
        choices=("user", "role", "channel", "server", "everyone"),
        synonyms=("asker", "person", "group", "place", "workspace", "tenant"),
    ),
    Option("user", "this one alone; none: each user", Kind.USER),
    Option("role", "of which role, with scope role", Kind.ROLE),
    Option("channel", "this one alone; none: each channel", Kind.CHANNEL),
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


async def limits_like(typing: Typing) -> Sequence[Suggestion]:
    """Suggest the limits that whoever types may change here."""
    origin = typing.message.origin
    of_all = origin.platform == "terminal"
    return [
        Suggestion(name, f"{name}: {amount_words(quota.amount, quota.unit)}")
        for quota, _ in await typing.services.limits.in_force()
        if of_all or quota.tenant == origin.tenant
        for name in names_of(quota)
        if typing.may_mean(name)
    ]
