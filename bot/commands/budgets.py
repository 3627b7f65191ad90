"""What is left of the limits that hold for somebody, wherever that is shown."""

from datetime import datetime

from bot.budget_wording import amount_words, moment, whose
from bot.platforms.port import Message
from config.quotas import Scope, Window
from routing.holds import Level, Standing
from routing.orders import is_operator
from routing.quota import Limit


def budget_rows(standing: Standing, message: Message) -> list[str]:
    """Return the limits as a table, as far as they are the business of who asks; empty for none."""
    rows = [
        _row(level, message.at, is_shown=_may_see(level.limit, message))
        for level in standing.levels
    ]
    return ["| budget | used | limit | begins anew |", "|---|--:|--:|---|", *rows] if rows else []


def _may_see(limit: Limit, message: Message) -> bool:
    """Tell whether the numbers of a limit may be shown: one's own, or what one is admin of."""
    if limit.is_own or not message.is_admin:
        return limit.is_own
    return is_operator(message.origin) or limit.scope is not Scope.EVERYONE


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
