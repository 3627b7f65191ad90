"""Bars of what was used a day: which there are, what they say, and that they can be drawn."""

from datetime import date, timedelta
from io import BytesIO

import pytest
from PIL import Image

from bot.usage_chart import OTHERS, Chart, chart_of
from bot.usage_picture import draw, steps
from routing.records import TenantLine

TODAY = date(2026, 3, 2)


def used(model: str, cost: int = 0, *, answers: int = 1, days_ago: int = 0) -> TenantLine:
    """Return what was used of a model on a day."""
    day = TODAY - timedelta(days=days_ago)
    return TenantLine(day, model, "tea", "ada", answers, 10, cost, 0)


def a_chart(*lines: TenantLine, days: int = 7) -> Chart:
    chart = chart_of(lines, TODAY - timedelta(days=days - 1), TODAY)
    assert chart
    return chart


def test_bars_are_stacked_by_model_with_the_dearest_first_and_no_day_left_out() -> None:
    chart = a_chart(
        used("gpt", 5), used("llama", 9, days_ago=2), used("gpt", 5, days_ago=2), days=3
    )

    assert [day.isoformat() for day in chart.days] == ["2026-02-28", "2026-03-01", "2026-03-02"]
    assert [(each.name, each.amounts) for each in chart.series] == [
        ("gpt", (5, 0, 5)),
        ("llama", (9, 0, 0)),
    ]
    assert chart.highest == 14


def test_what_is_used_least_is_summed_up_where_colours_would_run_out() -> None:
    chart = a_chart(*(used(f"m{n}", 100 - n) for n in range(12)))

    assert [each.name for each in chart.series] == [*(f"m{n}" for n in range(9)), OTHERS]
    assert chart.series[-1].total == 91 + 90 + 89
    assert len(a_chart(*(used(f"m{n}", 1) for n in range(10))).series) == 10


def test_where_all_was_free_answers_are_counted() -> None:
    chart = a_chart(used("tiny", answers=3), used("tiny", answers=4, days_ago=1))

    assert chart.words() == "Answers a day, by model: tiny 7. Mar 1: 4, Mar 2: 3."


def test_nothing_used_makes_no_chart() -> None:
    assert chart_of((), TODAY, TODAY) is None
    assert chart_of((used("gpt", 5, days_ago=1),), TODAY, TODAY) is None
    assert chart_of((used("gpt", answers=0),), TODAY, TODAY) is None


def test_a_picture_is_described_in_as_many_words_as_a_chat_takes() -> None:
    chart = a_chart(
        *(
            used(f"a-model-of-a-name-that-nobody-would-give-it-but-here-{n}", 123_456, days_ago=n)
            for n in range(31)
        ),
        days=31,
    )

    assert len(chart.words()) == 1000
    assert chart.words().endswith("…")


@pytest.mark.parametrize("highest", [1, 3, 5, 6, 999, 1_000_000, 10**15])
def test_the_lines_behind_the_bars_are_round_few_and_reach_the_highest(highest: int) -> None:
    found = steps(highest)

    assert found[0] == 0
    assert found[-2] < highest <= found[-1]
    assert len(found) <= 6
    assert str(found[1]).rstrip("0") in {"1", "2", "5"}


@pytest.mark.parametrize("days", [1, 7, 31])
def test_each_day_is_drawn_where_something_was_used_and_no_other(days: int) -> None:
    first, last = used("gpt", 9, days_ago=days - 1), used("llama", 4)

    drawn = Image.open(BytesIO(draw(a_chart(first, last, days=days)))).convert("RGB")
    row = [drawn.crop((x, 550, x + 1, 551)).getcolors() for x in range(830)]

    coloured = [x for x, found in enumerate(row) if found and _is_coloured(found[0][1])]
    reach = coloured[-1] - coloured[0]
    assert (reach < 120) if days == 1 else (reach > 500)
    assert 20 < len(coloured) < 240


def _is_coloured(pixel: object) -> bool:
    assert isinstance(pixel, tuple)
    return bool(max(pixel) - min(pixel) > 30)
