"""How the time to show a long answer grows with it: `python -m tests.bench.splitting`.

Renders and splits texts of doubling length for Discord, and prints how much longer each took than
the one of half its length: 2 is linear. The texts are prose, code, tables, and the marks that make
careless parsers slow.
"""

import argparse
import time
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from bot.platforms.discord.outgoing import chars_of
from bot.platforms.discord.rendering import DISCORD
from bot.platforms.rendering import rendered
from bot.splitting import split

_LIMIT: Final = 1900

TEXTS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "prose": "Some **bold** words and a [link](https://example.com/page). " * 12 + "\n\n",
        "one line": "word ",
        "one word": "x",
        "code": "```python\n" + "for i in range(10): print(i)\n" * 20 + "```\n",
        "table": "| a | b |\n|---|---|\n" + "| one | two |\n" * 20 + "\n",
        "stars": "*a **b ",
        "backticks": "` `` ``` ",
        "brackets": "[a](",
        "angles": "<b><@",
        "spoilers": "||a ",
    }
)


@dataclass(frozen=True, slots=True)
class Growth:
    """What one kind of text cost."""

    name: str
    chars: int
    took_s: float
    ratio: float


def growth(name: str, chars: int, repeats: int = 3) -> Growth:
    """Return what a text costs, and how many times that is of half of it; the best of some runs."""
    whole = (TEXTS[name] * (chars // len(TEXTS[name]) + 1))[:chars]
    half_s = min(_took_s(whole[: chars // 2]) for _ in range(repeats))
    whole_s = min(_took_s(whole) for _ in range(repeats))
    return Growth(name, chars, whole_s, whole_s / half_s)


def _took_s(text: str) -> float:
    before_s = time.perf_counter()
    split(rendered(text, DISCORD), _LIMIT, chars_of)
    return time.perf_counter() - before_s


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--chars", type=int, default=200_000)
    asked = parser.parse_args()
    print(f"{'text':<12}{'chars':>10}{'ms':>10}{'x half':>8}")
    for name in TEXTS:
        each = growth(name, asked.chars)
        print(f"{each.name:<12}{each.chars:>10,}{each.took_s * 1000:>10.1f}{each.ratio:>8.2f}")


if __name__ == "__main__":
    main()
