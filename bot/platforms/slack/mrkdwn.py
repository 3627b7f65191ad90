"""Markdown as mrkdwn, for where Slack reads nothing else: fallback texts, sections, App Home. Pure.

All that is said stays, and nothing of it is live but links to the web and to mail. What mrkdwn has
no mark for is put into what it has: headings are bold, lists have bullets, tables are code.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

from bot.platforms.rendering import INVISIBLE
from bot.platforms.slack.limits import cut, whole
from bot.platforms.slack.safety import escaped, quiet
from bot.platforms.tables import Table, quiet_code, shown_table

PARSER: Final = MarkdownIt("commonmark", {"html": False}).enable(["strikethrough", "table"])
"""Reads what models write. HTML is text, and links to scripts are none."""

_MARKS: Final = {"strong": "*", "em": "_", "s": "~"}
LINKED: Final = re.compile(r"(?:https?://|mailto:)[^\s<>]+", re.IGNORECASE)
"""Addresses that a link may lead to."""
_ADDRESS: Final = re.compile(r"https?://[^\s<>]*[^\s<>.,;:!?'\")\]]", re.IGNORECASE)
_INDENT: Final = "    "
_WIDEST_CELLS: Final = 60
_RULE: Final = "──────────"
_MORE: Final = "…"


def mrkdwn_within(markdown: str, most_bytes: int) -> str:
    """Return as much of Markdown as goes into so many bytes of mrkdwn: what is read in passing.

    Blocks are kept whole; of the first one, if it is too long by itself, the words.
    """
    blocks, is_cut = _blocks_of(markdown[:most_bytes]), len(markdown) > most_bytes
    text = "\n\n".join(blocks)
    if not is_cut and len(text.encode()) <= most_bytes:
        return text
    kept, size = [], len(_MORE.encode())
    # The last block of a text that was cut is itself cut, maybe within a mark.
    for block in blocks[:-1] if is_cut else blocks:
        size += len(block.encode()) + len("\n\n")
        if size > most_bytes:
            break
        kept.append(block)
    if kept:
        return "\n\n".join([*kept, _MORE])
    words = " ".join(whole(markdown[: 2 * most_bytes]).split())
    return escaped(cut(quiet(words), most_bytes))


def _blocks_of(markdown: str) -> list[str]:
    root = SyntaxTreeNode(PARSER.parse(whole(markdown)))
    return [text for node in root.children if (text := _block(node))]


def _block(node: SyntaxTreeNode) -> str:
    match node.type:
        case "heading":
            # Our own mark of a heading would stand between the words and theirs.
            words = _inline(node, frozenset({"strong"})).removeprefix(INVISIBLE)
            return _marked("*", words)
        case "fence" | "code_block":
            return f"```\n{_code(node.content)}\n```"
        case "bullet_list" | "ordered_list":
            return "\n".join(_items(node))
        case "blockquote":
            quoted = "\n".join(_all(node.children))
            return "\n".join(f"> {line}" for line in quoted.split("\n"))
        case "hr":
            return _RULE
        case "table":
            return "\n".join(_blocks_of(_plain_table(node)))
        case _:
            return _inline(node, frozenset())


def _all(nodes: Iterable[SyntaxTreeNode]) -> list[str]:
    return [text for node in nodes if (text := _block(node))]


def _items(node: SyntaxTreeNode) -> Iterator[str]:
    first = int(node.attrs.get("start", 1))
    for number, item in enumerate(node.children, first):
        bullet = f"{number}." if node.type == "ordered_list" else "•"
        indented = "\n".join(_all(item.children)).replace("\n", f"\n{_INDENT}")
        yield f"{bullet} {indented}".rstrip()


def _code(code: str) -> str:
    """Return code as it is, but escaped: mrkdwn reads it in code too."""
    return escaped(quiet_code(code.removesuffix("\n")))


def _plain_table(node: SyntaxTreeNode) -> str:
    rows = [
        tuple(_source(cell) for cell in row.children)
        for part in node.children
        for row in part.children
    ]
    table = Table(rows[0], tuple(rows[1:]), ("left",) * len(rows[0]))
    return shown_table(table, str, quiet_code, _WIDEST_CELLS)


def _source(node: SyntaxTreeNode) -> str:
    return "".join(child.content for child in node.children)


def _inline(node: SyntaxTreeNode, within: frozenset[str]) -> str:
    parts = [part for child in node.children for part in _parts(child, within)]
    return _joined(part for part in parts if part)


def _parts(node: SyntaxTreeNode, within: frozenset[str]) -> Iterator[str]:
    match node.type:
        case "inline":
            for child in node.children:
                yield from _parts(child, within)
        case "text":
            yield _text(node.content)
        case "softbreak" | "hardbreak":
            # No mark of emphasis reaches over the end of a line.
            yield " " if within else "\n"
        case "code_inline":
            code = _code(node.content)
            yield code if "`" in code else f"`{code}`"
        case "link":
            yield _link(str(node.attrs["href"]), _words(node))
        case "image":
            yield _link(str(node.attrs["src"]), node.content or "image")
        case kind if kind in _MARKS and kind not in within:
            yield _marked(_MARKS[kind], _inline(node, within | {kind}))
        case _:
            yield _inline(node, within) if node.children else escaped(node.content)


def _marked(mark: str, text: str) -> str:
    return f"{mark}{text}{mark}" if text.strip() else text


def _text(text: str) -> str:
    """Return words; where Slack is told to link nothing by itself, an address is linked here."""
    # Words in three backticks would end and begin the code around them.
    text, parts, end = quiet_code(text), [], 0
    for found in _ADDRESS.finditer(text):
        parts += [escaped(text[end : found.start()]), f"<{_target(found[0])}>"]
        end = found.end()
    return "".join([*parts, escaped(text[end:])])


def _words(node: SyntaxTreeNode) -> str:
    if node.type in {"softbreak", "hardbreak"}:
        return " "
    if node.children:
        return "".join(_words(child) for child in node.children)
    return node.content


def _link(address: str, label: str) -> str:
    if not LINKED.fullmatch(address):
        return escaped(f"{label} ({address})")
    words = escaped(label).replace("|", "¦")
    return (
        f"<{_target(address)}|{words}>" if label not in {"", address} else f"<{_target(address)}>"
    )


def _target(address: str) -> str:
    return escaped(address).replace("|", "%7C")


def _joined(parts: Iterable[str]) -> str:
    """Join parts so that marks are marks: Slack reads none that a letter stands beside."""
    joined = ""
    for part in parts:
        if joined and _needs_parting(joined[-1], part[0]):
            joined += INVISIBLE
        joined += part
    return joined


def _needs_parting(before: str, behind: str) -> bool:
    marks = "*_~`"
    return (before in marks and behind.isalnum()) or (before.isalnum() and behind in marks)
