"""Tables as Slack's table block shows them: cells with their marks and links. Pure."""

from collections.abc import Iterator
from typing import Any, Final

from markdown_it.tree import SyntaxTreeNode

from bot.platforms.slack.blocks import Block
from bot.platforms.slack.limits import TABLE_CHARS, TABLE_COLUMNS, TABLE_ROWS, whole
from bot.platforms.slack.mrkdwn import LINKED, PARSER
from bot.platforms.slack.safety import quiet
from bot.platforms.tables import Table

_STYLES: Final = {"strong": "bold", "em": "italic", "s": "strike"}


def table_block(table: Table) -> Block | None:
    """Return the block that shows a table; None when it is larger than Slack takes."""
    rows = [table.head, *table.rows]
    chars = sum(len(cell) for row in rows for cell in row)
    if len(rows) > TABLE_ROWS or len(table.head) > TABLE_COLUMNS or chars > TABLE_CHARS:
        return None
    head, *body = [[_elements(cell) for cell in row] for row in rows]
    return {
        "type": "table",
        "rows": [[_rich(_bold(cell)) for cell in head], *[list(map(_cell, row)) for row in body]],
        "column_settings": [{"align": align, "is_wrapped": True} for align in table.aligns],
    }


def _elements(markdown: str) -> list[Block]:
    """Return what a cell says in the elements of rich text; at least one."""
    root = SyntaxTreeNode(PARSER.parseInline(whole(markdown)))
    return [each for each in _marked(root, frozenset()) if each["text"]] or [
        _said(" ", frozenset())
    ]


def _marked(node: SyntaxTreeNode, styles: frozenset[str]) -> Iterator[Block]:
    match node.type:
        case "text" | "code_inline":
            code = {"code"} if node.type == "code_inline" else set()
            yield _said(node.content, styles | code)
        case "softbreak" | "hardbreak":
            yield _said(" ", styles)
        case "image":
            yield _linked(str(node.attrs["src"]), node.content or "image", styles)
        case "link":
            label = "".join(
                each["text"] for child in node.children for each in _marked(child, styles)
            )
            yield _linked(str(node.attrs["href"]), label, styles)
        case kind:
            style = {_STYLES[kind]} if kind in _STYLES else set()
            for child in node.children:
                yield from _marked(child, styles | style)


def _linked(address: str, label: str, styles: frozenset[str]) -> Block:
    if LINKED.fullmatch(address):
        return {**_said(label or address, styles), "type": "link", "url": address}
    return _said(f"{label} ({address})", styles)


def _said(text: str, styles: frozenset[str]) -> Block:
    said: dict[str, Any] = {"type": "text", "text": quiet(text)}
    if styles:
        said["style"] = dict.fromkeys(sorted(styles), True)
    return said


def _bold(elements: list[Block]) -> list[Block]:
    return [{**each, "style": {**each.get("style", {}), "bold": True}} for each in elements]


def _cell(elements: list[Block]) -> Block:
    if len(elements) == 1 and elements[0].keys() == {"type", "text"}:
        return {"type": "raw_text", "text": elements[0]["text"]}
    return _rich(elements)


def _rich(elements: list[Block]) -> Block:
    return {
        "type": "rich_text",
        "elements": [{"type": "rich_text_section", "elements": elements}],
    }
