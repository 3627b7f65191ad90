"""Draws what was used a day as a picture: opaque, so that it reads on dark and on light alike."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from io import BytesIO
from typing import Final

from PIL import Image, ImageDraw, ImageFont

from bot.usage_chart import OTHERS, Chart, Series, short_day

_WIDTH: Final = 1280
_HEIGHT: Final = 620
_MARGIN: Final = 36
_LEGEND_PX: Final = 410
_HEAD_PX: Final = 84
_FOOT_PX: Final = 64
_TEXT_PX: Final = 24
_TITLE_PX: Final = 32
_ROW_PX: Final = 46
_SWATCH_PX: Final = 24
_WIDEST_BAR_PX: Final = 110
_MOST_STEPS: Final = 5
_BETWEEN_LABELS_PX: Final = 18
_PARTED_PX: Final = 3

_PAPER: Final = "#ffffff"
_INK: Final = "#24292f"
_FAINT: Final = "#d0d7de"
_FRAME: Final = "#8c959f"

# Paul Tol's muted scheme: told apart by whoever sees colours differently, too.
_COLOURS: Final = (
    "#332288", "#88ccee", "#cc6677", "#117733", "#ddcc77",
    "#aa4499", "#44aa99", "#882255", "#999933", "#6699cc",
)  # fmt: skip
_OTHERS_COLOUR: Final = "#bbbbbb"


def draw(chart: Chart) -> bytes:
    """Return a chart as a PNG. Not quick: to be called in a thread."""
    picture = Image.new("RGB", (_WIDTH, _HEIGHT), _PAPER)
    _Drawing(chart, ImageDraw.Draw(picture)).all()
    out = BytesIO()
    picture.quantize(64).save(out, "PNG", optimize=True)
    return out.getvalue()


def steps(highest: int) -> list[int]:
    """Return round amounts for the lines behind the bars, from 0 to at least the highest."""
    wide = next(
        digit * 10**exponent
        for exponent in range(40)
        for digit in (1, 2, 5)
        if digit * 10**exponent * _MOST_STEPS >= highest
    )
    number = -(-highest // wide)
    return [wide * step for step in range(number + 1)]


@dataclass
class _Drawing:
    """A chart while it is drawn."""

    chart: Chart
    pen: ImageDraw.ImageDraw

    def all(self) -> None:
        """Draw everything there is."""
        self.pen.rectangle((0, 0, _WIDTH - 1, _HEIGHT - 1), outline=_FRAME, width=2)
        self._write((_MARGIN, _HEAD_PX // 2), self.chart.title, "lm", _TITLE_PX)
        self._lines()
        for place in range(len(self.chart.days)):
            self._bar(place)
        self._days()
        self._legend()

    @cached_property
    def _steps(self) -> list[int]:
        return steps(self.chart.highest)

    @cached_property
    def _left(self) -> float:
        widest = max(self._font().getlength(self.chart.amount(step)) for step in self._steps)
        return _MARGIN + widest + 14

    @property
    def _right(self) -> float:
        return _WIDTH - _LEGEND_PX - _MARGIN

    @property
    def _pace(self) -> float:
        """Return from the middle of one bar to that of the next."""
        return (self._right - self._left) / len(self.chart.days)

    def _middle(self, place: int) -> float:
        return self._left + self._pace * (place + 0.5)

    def _y(self, amount: int) -> int:
        room = _HEIGHT - _HEAD_PX - _FOOT_PX
        return round(_HEIGHT - _FOOT_PX - room * amount / self._steps[-1])

    def _lines(self) -> None:
        for step in self._steps:
            y = self._y(step)
            self.pen.line((self._left, y, self._right, y), fill=_FAINT if step else _INK, width=2)
            self._write((self._left - 12, y), self.chart.amount(step), "rm")

    def _bar(self, place: int) -> None:
        half, middle = min(self._pace * 0.74, _WIDEST_BAR_PX) / 2, self._middle(place)
        below = 0
        for series, colour in self._coloured():
            top, bottom = self._y(below + series.amounts[place]), self._y(below)
            below += series.amounts[place]
            if top < bottom:
                self.pen.rectangle((middle - half, top, middle + half, bottom - 1), fill=colour)
            if bottom - top > _PARTED_PX:
                # A line of paper parts it from the next: colours alone are not for everybody.
                self.pen.line((middle - half, top, middle + half, top), fill=_PAPER)

    def _days(self) -> None:
        """Write as many days as there is room for, today among them."""
        widest = max(self._font().getlength(short_day(day)) for day in self.chart.days)
        every = int((widest + _BETWEEN_LABELS_PX) // self._pace) + 1
        for place in range(len(self.chart.days) - 1, -1, -every):
            at = (self._middle(place), _HEIGHT - _FOOT_PX + 14)
            self._write(at, short_day(self.chart.days[place]), "mt")

    def _legend(self) -> None:
        left, right = self._right + _MARGIN, _WIDTH - _MARGIN
        # From the top as in the bars: what is stacked last stands first.
        for row, (series, colour) in enumerate(reversed(list(self._coloured()))):
            y = _HEAD_PX + row * _ROW_PX
            self.pen.rectangle((left, y, left + _SWATCH_PX, y + _SWATCH_PX), fill=colour)
            amount = self.chart.amount(series.total)
            self._write((right, y + _SWATCH_PX // 2), amount, "rm")
            room = right - self._font().getlength(amount) - left - _SWATCH_PX - 24
            name = self._shortened(series.name, room)
            self._write((left + _SWATCH_PX + 12, y + _SWATCH_PX // 2), name, "lm")

    def _coloured(self) -> Iterator[tuple[Series, str]]:
        colours = iter(_COLOURS)
        for series in self.chart.series:
            yield series, _OTHERS_COLOUR if series.name == OTHERS else next(colours)

    def _shortened(self, name: str, room: float) -> str:
        if self._font().getlength(name) <= room:
            return name
        while name and self._font().getlength(f"{name}…") > room:
            name = name[:-1]
        return f"{name}…"

    def _write(self, at: tuple[float, float], text: str, anchor: str, size: int = _TEXT_PX) -> None:
        self.pen.text(at, text, fill=_INK, font=self._font(size), anchor=anchor)

    def _font(self, size: int = _TEXT_PX) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
        return self._fonts.setdefault(size, ImageFont.load_default(size))

    @cached_property
    def _fonts(self) -> dict[int, ImageFont.FreeTypeFont | ImageFont.ImageFont]:
        return {}
