"""What Discord reads otherwise than people meant it, and what would be live there. Pure.

Deep headings, images, HTML and mentions; tables are code, or lists if that would be too wide.
"""

import re
from typing import Final

from bot.platforms.rendering import INVISIBLE, TAGS, Dialect
from bot.platforms.tables import Table, quiet_code, shown_table

_WIDEST_CELLS: Final = 60

_DEEP_HEADING: Final = re.compile(r"[ \t]{0,3}#{4,6}[ \t]+(.*?)[ \t]*#*[ \t]*")
_INLINE: Final = re.compile(
    r"""
      (?P<code>(?P<row>`{1,8})(?!`).{1,600}?(?<!`)(?P=row)(?!`))
    | (?P<tick>`+)
    | !\[(?P<alt>[^\[\]\n]{0,200})\]\((?P<image><?[^\s()<>]{1,300}>?)(?:[ \t]+"[^"\n]{0,99}")?\)
    | (?P<line><br[ \t]*/?>)
    | <(?P<tag>b|strong|summary|i|em|u|ins|s|del|strike|code|kbd)>
        (?P<inner>[^<>\n`]{1,200})</(?P=tag)>
    | (?P<escape>\\[^\w\s<@-])
    | (?P<mention><(?:@[!&]?[0-9]|\#[0-9]|/[^<>\n]{1,99}:[0-9]|a?:\w{1,99}:[0-9]|t:-?[0-9]|id:\w))
    | @(?P<everyone>everyone|here)
    | (?P<small>-\#)
    | (?P<quotes>>>>)
    """,
    re.VERBOSE | re.IGNORECASE,
)
_QUIET_MENTION: Final = re.compile(rf"<{INVISIBLE}((?:@&?|#)[0-9]+>)")
_TAGS: Final = {**TAGS, **dict.fromkeys(("u", "ins"), "__")}
_BEGUN: Final = re.compile(
    r"!?\[[^\[\]\n]*(?:\](?:\([^()\n]*)?)?\Z|<\w+>[^<>\n]*(?:</?\w*)?\Z|<[^<>\n]*\Z"
    r"|[\\@>!-]+\#?\Z|@\w*\Z|\S\Z"
)


def small(text: str) -> str:
    """Return lines in small print."""
    return "\n".join(f"-# {line}" for line in text.splitlines() if line.strip())


def with_names(shown: str) -> str:
    """Return text of the bot's own that was made fit to be shown, with its mentions as names."""
    return _QUIET_MENTION.sub(r"<\1", shown)


def _shown(found: re.Match[str]) -> str:
    if found["code"] or found["escape"]:
        return found[0]
    if found["image"]:
        return f"[{found['alt'] or 'image'}]({found['image']})"
    if found["tick"]:
        # Discord would pair it with one of another line, and show as code what stands between.
        return "\\`" * len(found[0])
    if found["line"]:
        return "\n"
    if tag := found["tag"]:
        mark = _TAGS[tag.lower()]
        return f"{mark}{found['inner']}{mark}"
    if found["small"] or found["quotes"]:
        return f"\\{found[0]}"
    # The invisible character makes text of what Discord would show as a name, and light up.
    return f"{found[0][0]}{INVISIBLE}{found[0][1:]}"


def _line(line: str) -> str | None:
    heading = _DEEP_HEADING.fullmatch(line)
    if heading is None:
        return None
    words = heading[1].replace("**", "")
    return f"**{DISCORD.shown_inline(words)}**" if words else ""


def _table(table: Table) -> str:
    return shown_table(table, DISCORD.shown_inline, quiet_code, _WIDEST_CELLS)


DISCORD: Final = Dialect(_INLINE, _shown, _BEGUN, quiet_code, _line, _table)
"""How Discord reads Markdown."""
