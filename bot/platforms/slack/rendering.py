"""A model's Markdown as Slack's Markdown blocks and streams read it. Pure.

They read what is common: headings, emphasis, lists, quotes, links, code. Images are links, HTML is
put into marks or shown as it is, and tables are code here, or lists if that would be too wide:
`layout` puts a table block in the place of one where it can.
"""

import re
from typing import Final

from bot.platforms.rendering import INVISIBLE, TAGS, Dialect
from bot.platforms.slack.limits import HEADING
from bot.platforms.slack.safety import safe_code
from bot.platforms.tables import Table, quiet_code, shown_table

_WIDEST_CELLS: Final = 76

_INLINE: Final = re.compile(
    r"""
      (?P<code>(?P<row>`{1,8})(?!`).{1,600}?(?<!`)(?P=row)(?!`))
    | (?P<tick>`+)
    | !\[(?P<alt>[^\[\]\n]{0,200})\]\((?P<image><?[^\s()<>]{1,300}>?)(?:[ \t]+"[^"\n]{0,99}")?\)
    | (?P<line><br[ \t]*/?>)
    | <(?P<tag>b|strong|summary|i|em|s|del|strike|code|kbd)>
        (?P<inner>[^<>\n`@&\\]{1,200})</(?P=tag)>
    | <(?P<address>https?://[^\s<>|]{1,500})>
    | (?P<less>(?:\\?<|&(?:lt|\#0*60|\#x0*3c);)(?=(?P<live>[!@\#\\&])?))
    | (?P<bars>\|\|+)
    | (?P<escape>\\[^\w\s<@])
    | (?P<sly>&\#(?:0*(?:6[5-9]|[7-9][0-9]|1[01][0-9]|12[0-2])|x0*[4-7][0-9a-f]);)
    | (?P<everybody>(?:\\?@|&(?:commat|\#0*64|\#x0*40);)
        (?=(?:channel|here|everyone|group)(?![^\W_])))
    | \b(?P<script>javascript|vbscript|data)(?=:\S)
    """,
    re.VERBOSE | re.IGNORECASE,
)
_BEGUN: Final = re.compile(
    r"!?\[[^\[\]\n]*(?:\](?:\([^()\n]*)?)?\Z|<\w+>[^<>\n]*(?:</?\w*)?\Z|<[^<>\n]*\Z"
    r"|&[\w#]{0,12};?\Z|[\\@!]+\w*\Z|\w+:?\Z|\S\Z"
)

_HEADING: Final = re.compile(
    r"(?P<before>[ \t>]*)(?P<marks>#{1,6})[ \t]+(?P<words>.*?)(?:[ \t]+#+)?[ \t]*"
)
# What Slack might take for a heading or a table where we see none: of those it counts each.
_UNDERLINE: Final = re.compile(r"[ \t]*=+[ \t]*")
_RULED: Final = re.compile(r"(?:[ \t>*+-]|[0-9]{1,9}[.)])*(?:\|?[ \t]*:?-+:?[ \t]*)+\|?[ \t]*")


def _shown(found: re.Match[str]) -> str:
    if found["code"]:
        return safe_code(found[0])
    if found["tick"]:
        # It would be paired with one of another line, and what stands between be code.
        return "\\`" * len(found[0])
    if found["bars"]:
        # Elsewhere they hide what is between them, and would be kept open over the end of a post.
        return "\\|" * len(found[0])
    if found["less"]:
        return f"&lt;{INVISIBLE if found['live'] else ''}"
    if found["everybody"]:
        return f"@{INVISIBLE}"
    if found["sly"]:
        # Nobody writes a plain letter so, but to spell what would be live.
        return f"&amp;{found[0][1:]}"
    return f"{found[0]}{INVISIBLE}" if found["script"] else _in_marks(found)


def _in_marks(found: re.Match[str]) -> str:
    if found["image"]:
        return f"[{SLACK.shown_inline(found['alt']) or 'image'}]({found['image']})"
    if found["line"]:
        return "\n"
    if tag := found["tag"]:
        mark = TAGS[tag.lower()]
        return f"{mark}{found['inner']}{mark}"
    return found["address"] or found[0]


def _line(line: str) -> str | None:
    if heading := _HEADING.fullmatch(line):
        words = SLACK.shown_inline(heading["words"])
        return f"{heading['before']}{heading['marks'][1:]}{HEADING}{words}" if words else ""
    if _UNDERLINE.fullmatch(line):
        return f"\\{line.lstrip()}"
    if "|" in line and _RULED.fullmatch(line):
        return line.replace("|", "\\|", 1)
    return None


def _code(code: str) -> str:
    return quiet_code(safe_code(code))


def _table(table: Table) -> str:
    return shown_table(table, SLACK.shown_inline, _code, _WIDEST_CELLS)


SLACK: Final = Dialect(_INLINE, _shown, _BEGUN, _code, _line, _table, has_code_in_lists=False)
"""How Slack reads Markdown."""
