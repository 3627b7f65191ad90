"""Which mentions in a text are live: they call people."""

import re
from collections.abc import Iterator
from typing import Any, Final

Json = dict[str, Any]

_CODE: Final = re.compile(r"```.*?(?:```|\Z)|`[^`\n]*`", re.DOTALL)
_LIVE: Final = re.compile(
    r"<(?:!(?:channel|here|everyone|group)|!subteam\^\w+|@[UW]\w+)(?:\|[^>]*)?>"
)
_NAMING: Final = ("<@", "<!subteam")
_NAMED: Final = re.compile(r"@(?:channel|here|everyone)\b")


def named_in(text: str) -> list[str]:
    """Return the mentions that are live only where Slack reads a text as if it were typed."""
    return _NAMED.findall(_CODE.sub(" ", text))


def live_in(text: str) -> list[str]:
    """Return the live mentions of a text, be it Slack's own mark-up or Markdown.

    Slack reads its own `<…>` in Markdown too; escaped, it shows the characters and calls nobody.
    """
    return _LIVE.findall(_CODE.sub(" ", text))


def live_in_message(asked: Json, *, is_for_one: bool = False) -> Iterator[str]:
    """Yield the live mentions of a message as a request writes it; see `live_in_blocks`."""
    for name in ("text", "markdown_text"):
        yield from live_in(str(asked.get(name) or ""))
    yield from live_in_blocks(asked.get("blocks") or [], is_for_one=is_for_one)


def live_in_blocks(part: Any, *, is_for_one: bool = False) -> Iterator[str]:
    """Yield the live mentions anywhere in blocks.

    Args:
        part: Of the blocks.
        is_for_one: Whether one person sees them: of sections, what names somebody calls nobody.
    """
    if isinstance(part, list):
        for each in part:
            yield from live_in_blocks(each, is_for_one=is_for_one)
    elif isinstance(part, dict):
        kind = part.get("type")
        if kind in {"mrkdwn", "markdown"}:
            yield from live_in(str(part.get("text")))
        elif kind in {"user", "usergroup", "broadcast"}:
            yield f"<{kind} of rich text>"
        elif kind == "section" and is_for_one:
            found = live_in_blocks([*part.values()])
            yield from (each for each in found if not each.startswith(_NAMING))
        else:
            for each in part.values():
                yield from live_in_blocks(each, is_for_one=is_for_one)
