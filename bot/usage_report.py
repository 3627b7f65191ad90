"""What was used, in words: by one person, or in a whole server or workspace. Pure."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Final

from bot.mentions import named
from bot.money import dollars
from bot.platform_words import here_words, on_words
from routing.orders import Of
from routing.query import Origin
from routing.records import TenantLine, UsageLine

_MOST_ROWS: Final = 10


def own_usage(lines: Sequence[UsageLine], today: date, days: int, reader: Origin) -> str:
    """Return what one person used, by model, and what was saved; of no line, that it is nothing."""
    return _usage(lines, today, days, here_words(reader), [])


def linked_usage(by_platform: Mapping[str, Sequence[UsageLine]], today: date, days: int) -> str:
    """Return the same of one person who is linked with others, wherever any of them used it."""
    lines = [line for used in by_platform.values() for line in used]
    rows = [_row(f"· {on_words(platform)}", used) for platform, used in by_platform.items()]
    where = " and ".join(map(on_words, by_platform))
    return _usage(lines, today, days, where, rows if len(rows) > 1 else [])


def _usage(
    lines: Sequence[UsageLine], today: date, days: int, where: str, parts: Sequence[str]
) -> str:
    if not lines:
        return f"Nothing used {where} in {_last(days)}."
    by_model = sorted({line.model for line in lines})
    rows = [
        _row("today", (line for line in lines if line.day == today)),
        *([_row(f"{days} days", lines)] if days > 1 else []),
        *parts,
        *(_row(f"· {name}", (each for each in lines if each.model == name)) for name in by_model),
    ]
    head = [f"| {where} | answers | tokens in | tokens out | spent |", "|---|--:|--:|--:|--:|"]
    return "\n".join([*head, *rows, "", _saved(lines)])


def server_usage(lines: Sequence[TenantLine], days: int, reader: Origin) -> str:
    """Return what everybody somewhere used: in all, by model, channel and person.

    Args:
        lines: What was used.
        days: In how many days.
        reader: Who is told, where: there places and people are shown by name.
    """
    if not lines:
        return f"Nothing used in {_last(days)}."
    people = _counted(len({line.person for line in lines}), "person")
    answers = _counted(_sum(lines, "answers"), "answer")
    spent = dollars(_sum(lines, "cost_microusd"))
    head = f"In {_last(days)}: **{spent}** for {answers} to {people}."
    return "\n".join(
        [
            f"{head} {_saved(lines)}",
            *_by("Models", lines, lambda line: f"`{_plain(line.model)}`"),
            *_by("Channels", lines, lambda line: named(Of.CHANNEL, line.place, reader)),
            *_by("Who asked most", lines, lambda line: named(Of.USER, line.person, reader)),
        ]
    )


def _saved(lines: Iterable[UsageLine | TenantLine]) -> str:
    lines = tuple(lines)
    by_cache = _sum(lines, "saved_by_cache_microusd")
    by_routing = _sum(lines, "saved_microusd") - by_cache
    return (
        f"Saved: {dollars(by_routing)} by routing, against the best model that was allowed, and "
        f"{dollars(by_cache)} by the cache."
    )


def _by(title: str, lines: Iterable[TenantLine], key: Callable[[TenantLine], str]) -> Iterator[str]:
    """Yield lines of who or what cost most, and what the rest did; free ones by answers."""
    spent: Counter[str] = Counter()
    answers: Counter[str] = Counter()
    for line in lines:
        spent[key(line)] += line.cost_microusd
        answers[key(line)] += line.answers
    names = sorted(spent, key=lambda name: (-spent[name], -answers[name], name))
    yield from ("", f"**{title}**", "")
    for name in names[:_MOST_ROWS]:
        yield f"- {name}: {dollars(spent[name])}, {_counted(answers[name], 'answer')}"
    if left := names[_MOST_ROWS:]:
        rest = sum(spent[name] for name in left), sum(answers[name] for name in left)
        yield f"- {len(left):,} others: {dollars(rest[0])}, {_counted(rest[1], 'answer')}"


def _row(title: str, lines: Iterable[UsageLine]) -> str:
    lines = tuple(lines)
    cells = (
        title,
        f"{sum(line.answers for line in lines):,}",
        f"{sum(line.usage.input_tokens for line in lines):,}",
        f"{sum(line.usage.output_tokens for line in lines):,}",
        dollars(sum(line.cost_microusd for line in lines)),
    )
    return f"| {' | '.join(cells)} |"


def _sum(lines: Iterable[UsageLine | TenantLine], what: str) -> int:
    return sum(getattr(line, what) for line in lines)


def _last(days: int) -> str:
    return f"the last {days} days" if days > 1 else "the last day"


def _counted(number: int, what: str) -> str:
    many = "people" if what == "person" else f"{what}s"
    return f"{number:,} {what if number == 1 else many}"


def _plain(name: str) -> str:
    return name.replace("`", "") or "unknown"
