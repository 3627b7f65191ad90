"""The pages people read, cut into what tests look at: links, headings, samples."""

import re
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

ROOT: Final = Path(__file__).parent.parent
GUIDE: Final = ROOT / "config" / "guide"
README: Final = ROOT / "README.md"
PAGES: Final = (README, ROOT / "CONTRIBUTING.md", *sorted(GUIDE.glob("*.md")))

_FENCE: Final = re.compile(
    r"^(?P<indent> *)```(?P<language>\w*)\n(?P<text>.*?)^ *```$", re.MULTILINE | re.DOTALL
)
_HEADING: Final = re.compile(r"^#+ (.+)$", re.MULTILINE)
_LINK: Final = re.compile(r"\]\(([^)\s]+)\)")


class Sample(NamedTuple):
    """A fenced block, without the indent of the list it stands in."""

    language: str
    text: str


def text_of(page: Path | str) -> str:
    """Return a page's text; a name is one of the guide's."""
    path = GUIDE / page if isinstance(page, str) else page
    return path.read_text(encoding="utf-8")


def samples_in(text: str, *languages: str) -> Iterator[Sample]:
    """Yield the fenced blocks in these languages; of all when none is named."""
    for found in _FENCE.finditer(text):
        if not languages or found["language"] in languages:
            yield Sample(found["language"], textwrap.dedent(found["text"]))


def prose_of(text: str) -> str:
    """Return a page without its fenced blocks."""
    return _FENCE.sub("", text)


def links_in(text: str) -> list[str]:
    """Return where a page leads, in its order."""
    return _LINK.findall(prose_of(text))


def anchors_in(text: str) -> list[str]:
    """Return what may stand behind `#` in a link to a page, as GitHub makes it of headings."""
    headings = _HEADING.findall(prose_of(text))
    return [re.sub(r"[^\w\- ]", "", each.lower()).replace(" ", "-") for each in headings]


def section_of(text: str, heading: str) -> str:
    """Return what stands under a heading, up to the next of any level."""
    _, found, behind = text.partition(f"# {heading}\n")
    assert found, f"no heading {heading!r}"
    following = _HEADING.search(re.sub(_FENCE, lambda fence: "x" * len(fence[0]), behind))
    return behind[: following.start()] if following else behind
