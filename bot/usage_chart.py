"""What was used a day, by model, as bars of a chart and as words. Pure."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from bot.money import dollars
from routing.records import TenantLine, UsageLine

MOST_SERIES: Final = 9
"""More colours than that are not told apart; what is used least is summed up."""

OTHERS: Final = "others"

_WORDS_CHARS: Final = 1000
"""Discord takes 1024 to describe a picture."""


@dataclass(frozen=True, slots=True)
class Series:
    """What one model was used for, day by day.

    Attributes:
        name: The model's, or `OTHERS`.
        amounts: One for each day, in their order.
    """

    name: str
    amounts: tuple[int, ...]

    @property
    def total(self) -> int:
        """Return the sum of all days."""
        return sum(self.amounts)


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars of what was used a day, stacked by model.

    Attributes:
        days: Oldest first, without a gap.
        series: The most used first, `OTHERS` last; never empty.
        is_money: Whether the amounts are micro-dollars; else, where all was free, answers.
    """

    days: tuple[date, ...]
    series: tuple[Series, ...]
    is_money: bool

    @property
    def highest(self) -> int:
        """Return the amount of the highest bar."""
        return max(self.of_day(place) for place in range(len(self.days)))

    @property
    def title(self) -> str:
        """Say what the bars are."""
        return f"{'Dollars' if self.is_money else 'Answers'} a day"

    def of_day(self, place: int) -> int:
        """Return the amount of a day, by its place."""
        return sum(each.amounts[place] for each in self.series)

    def amount(self, amount: int) -> str:
        """Write an amount."""
        return dollars(amount) if self.is_money else f"{amount:,}"

    def words(self) -> str:
        """Say the same in words; days without anything are left out."""
        told = f"{self.title}, by model: {_listed(self._by_model())}. {_listed(self._by_day())}."
        return told if len(told) <= _WORDS_CHARS else f"{told[: _WORDS_CHARS - 1]}…"

    def _by_model(self) -> Iterator[str]:
        return (f"{each.name} {self.amount(each.total)}" for each in self.series)

    def _by_day(self) -> Iterator[str]:
        for place, day in enumerate(self.days):
            if amount := self.of_day(place):
                yield f"{short_day(day)}: {self.amount(amount)}"


def chart_of(lines: Sequence[UsageLine | TenantLine], since: date, until: date) -> Chart | None:
    """Return the bars of some days, both ends included; None where nothing was used."""
    is_money = any(line.cost_microusd for line in lines)
    used: Counter[tuple[date, str]] = Counter()
    totals: Counter[str] = Counter()
    for line in lines:
        amount = line.cost_microusd if is_money else line.answers
        if since <= line.day <= until and amount > 0:
            used[line.day, line.model] += amount
            totals[line.model] += amount
    if not totals:
        return None
    names = sorted(totals, key=lambda name: (-totals[name], name))
    days = tuple(since + timedelta(days=n) for n in range((until - since).days + 1))
    kept = names if len(names) <= MOST_SERIES + 1 else names[:MOST_SERIES]
    series = [_series(name, (name,), days, used) for name in kept]
    if left := names[len(kept) :]:
        series.append(_series(OTHERS, left, days, used))
    return Chart(days, tuple(series), is_money)


def short_day(day: date) -> str:
    """Return a day of this or the last year as people say it: `Nov 4`."""
    return f"{day:%b} {day.day}"


def _series(
    name: str, of: Sequence[str], days: Iterable[date], used: Counter[tuple[date, str]]
) -> Series:
    return Series(name, tuple(sum(used[day, each] for each in of) for day in days))


def _listed(parts: Iterable[str]) -> str:
    return ", ".join(parts)
