"""Commands that look back: `/why` and `/usage`."""

import io
from collections.abc import Iterable
from datetime import timedelta
from typing import Final

from bot.commands.command import Command, Invocation
from bot.commands.options import Option
from bot.commands.verdicts import meant_exchange, no_exchange
from bot.explaining import explanation_markdown
from bot.money import dollars
from bot.platforms.port import NamedFile, Notice
from bot.usage_export import write_own_usage
from routing.explanation_lines import replay
from routing.records import UsageLine

_USAGE_DAYS: Final = 30


async def _why(invocation: Invocation) -> Notice:
    if (meant := await meant_exchange(invocation)) is None:
        return no_exchange(invocation, "There is no answer to explain yet.")
    conversation = invocation.message.conversation
    kept = await invocation.services.history.explanation(conversation, meant.reply_id)
    if not kept:
        return Notice("I no longer know why: the explanation is gone.", is_failure=True)
    try:
        return Notice(explanation_markdown(replay(kept)))
    except ValueError:
        return Notice(
            "I cannot read any more why: another version of me wrote it down. The next answer "
            "can be explained again.",
            is_failure=True,
        )


async def _usage(invocation: Invocation) -> Notice:
    today = invocation.message.at.date()
    since = today - timedelta(days=_USAGE_DAYS - 1)
    lines = await invocation.services.accounts.of_person(invocation.message.origin, since)
    if not lines:
        return Notice(f"Nothing used in the last {_USAGE_DAYS} days.")
    by_model = sorted({line.model for line in lines})
    rows = [
        _row("today", (line for line in lines if line.day == today)),
        _row(f"{_USAGE_DAYS} days", lines),
        *(_row(f"· {name}", (each for each in lines if each.model == name)) for name in by_model),
    ]
    head = ["| | answers | tokens in | tokens out | spent | saved |", "|---|--:|--:|--:|--:|--:|"]
    files = (_csv(lines),) if "form" in invocation.values else ()
    return Notice("\n".join([*head, *rows]), files=files)


def _csv(lines: Iterable[UsageLine]) -> NamedFile:
    out = io.StringIO()
    write_own_usage(lines, out)
    return NamedFile("usage.csv", out.getvalue().encode(), "text/csv")


def _row(title: str, lines: Iterable[UsageLine]) -> str:
    lines = tuple(lines)
    cells = (
        title,
        f"{sum(line.answers for line in lines):,}",
        f"{sum(line.usage.input_tokens for line in lines):,}",
        f"{sum(line.usage.output_tokens for line in lines):,}",
        dollars(sum(line.cost_microusd for line in lines)),
        dollars(sum(line.saved_microusd for line in lines)),
    )
    return f"| {' | '.join(cells)} |"


WHY: Final = Command(
    "why", "why the last answer came from where it came from", _why, is_everyday=True
)
USAGE: Final = Command(
    "usage",
    "what you used in the last days, and what it cost",
    _usage,
    options=(Option("form", "csv: with all of it as a file, too", choices=("csv",)),),
)
