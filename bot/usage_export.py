"""Usage as tables for spreadsheets: what was used a day, or every record of the exact ledger."""

import csv
from collections import defaultdict
from collections.abc import AsyncIterable, Iterable, Sequence
from typing import Final, Literal, TextIO

from routing.records import RECORD_AMOUNTS, Record, TenantLine, UsageLine

Grouping = Literal["tenant", "day", "model", "place", "person"]
"""By what usage may be summed up."""

_AMOUNTS: Final = ("answers", "tokens", "cost_microusd", "saved_microusd")
_FACTS: Final = (
    "at", "reply_id", "platform", "tenant", "place", "asker", "person", "reason", "rule",
    "outcome", "is_cached", "is_reported", "held_microusd",
)  # fmt: skip


def summed(lines: Iterable[TenantLine], by: Sequence[Grouping]) -> list[tuple[str | int, ...]]:
    """Sum usage up.

    Args:
        lines: What was used.
        by: The columns kept, in order.

    Returns:
        Rows of those columns, then answers, tokens, cost and saved in micro-dollars, in order.
    """
    sums: defaultdict[tuple[str, ...], list[int]] = defaultdict(lambda: [0] * len(_AMOUNTS))
    for line in lines:
        found = sums[tuple(str(getattr(line, column)) for column in by)]
        for place, amount in enumerate(_AMOUNTS):
            found[place] += getattr(line, amount)
    return [(*key, *amounts) for key, amounts in sorted(sums.items())]


def write_usage(lines: Iterable[TenantLine], by: Sequence[Grouping], out: TextIO) -> None:
    """Write summed usage as CSV with a header."""
    writer = csv.writer(out)
    writer.writerow([*by, *_AMOUNTS])
    writer.writerows([_safe(cell) for cell in row] for row in summed(lines, by))


def write_own_usage(lines: Iterable[UsageLine], out: TextIO) -> None:
    """Write what one person used as CSV with a header, by day and model."""
    writer = csv.writer(out)
    writer.writerow(["day", "model", "answers", "input_tokens", "output_tokens", *_AMOUNTS[2:]])
    for line in lines:
        used = (line.usage.input_tokens, line.usage.output_tokens)
        costs = (line.cost_microusd, line.saved_microusd)
        row = (line.day.isoformat(), line.model, line.answers, *used, *costs)
        writer.writerow([_safe(cell) for cell in row])


async def write_records(records: AsyncIterable[Record], out: TextIO) -> None:
    """Write the exact ledger as CSV with a header, oldest first."""
    writer = csv.writer(out)
    writer.writerow(["kind", "call", "model", *RECORD_AMOUNTS, *_FACTS])
    async for record in records:
        facts = (record.facts.get(name, "") for name in _FACTS)
        row = (
            record.kind,
            record.call_id,
            record.model,
            *(record.amounts[name] for name in RECORD_AMOUNTS),
            *facts,
        )
        writer.writerow([_safe(cell) for cell in row])


def _safe(cell: str | int) -> str | int:
    """Keep a spreadsheet from taking an id for a formula."""
    is_formula = isinstance(cell, str) and cell.startswith(("=", "+", "-", "@", "\t", "\r"))
    return f"'{cell}" if is_formula else cell
