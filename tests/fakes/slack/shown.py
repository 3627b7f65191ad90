"""What a person reads of a message: its blocks as text."""

import re
from collections.abc import Callable
from typing import Any, Final

Json = dict[str, Any]

_ESCAPES: Final = {"&lt;": "<", "&gt;": ">", "&amp;": "&"}
_UNSEEN: Final = dict.fromkeys(map(ord, "\u200b\u2060"))
_ESCAPED: Final = re.compile("|".join(_ESCAPES))
_TARGET: Final = re.compile(r"(\]\([^)\s]*\))")


def shown_text(text: str) -> str:
    """Read Slack's own mark-up, in which & < > are written escaped everywhere."""
    seen = text.translate(_UNSEEN)
    return _ESCAPED.sub(lambda found: _ESCAPES[found[0]], seen)


def shown_markdown(text: str) -> str:
    """Read Markdown, in which they may be escaped, but not where a link leads."""
    parts = _TARGET.split(text)
    return "".join(part if number % 2 else shown_text(part) for number, part in enumerate(parts))


def shown_blocks(blocks: list[Json]) -> str:
    """Read blocks from top to bottom, buttons in brackets."""
    return "\n".join(text for block in blocks if (text := _block(block)))


def _block(block: Json) -> str:
    read = _READERS.get(str(block.get("type")))
    return read(block) if read else ""


def _table(block: Json) -> str:
    return "\n".join(" | ".join(map(_cell, row)) for row in block["rows"])


def _row(block: Json) -> str:
    return " ".join(filter(None, map(_element, block["elements"])))


def _section(block: Json) -> str:
    texts = [block["text"]] if "text" in block else []
    shown = "\n".join(_text(text) for text in [*texts, *block.get("fields", [])])
    accessory = _element(block["accessory"]) if "accessory" in block else ""
    return f"{shown} {accessory}".rstrip()


def _element(element: Json) -> str:
    match element.get("type"):
        case "mrkdwn" | "plain_text":
            return _text(element)
        case "feedback_buttons":
            pair = ("positive_button", "negative_button")
            return " ".join(f"[{element[each]['text']['text']}]" for each in pair)
        case "image":
            return f"[image: {element['alt_text']}]"
        case _:
            text = element.get("text") or element.get("placeholder")
            return f"[{text['text']}]" if text else ""


def _text(text: Json) -> str:
    return shown_text(text["text"]) if text["type"] == "mrkdwn" else str(text["text"])


def _cell(cell: Json) -> str:
    if cell["type"] in {"raw_text", "raw_number"}:
        return str(cell.get("text", cell.get("value", "")))
    return _rich(cell)


def _rich(element: Json) -> str:
    """Read a part of rich text, whatever it is made of."""
    match element.get("type"):
        case "text":
            return str(element["text"])
        case "link":
            return str(element.get("text") or element["url"])
        case "user":
            return f"<@{element['user_id']}>"
        case "emoji":
            return f":{element['name']}:"
        case "rich_text_list":
            return "\n".join(f"• {_rich(each)}" for each in element["elements"])
        case _:
            return "".join(_rich(each) for each in element.get("elements", []))


_READERS: Final[dict[str, Callable[[Json], str]]] = {
    "markdown": lambda block: shown_markdown(block["text"]),
    "section": _section,
    "header": lambda block: str(block["text"]["text"]),
    "context": _row,
    "actions": _row,
    "context_actions": _row,
    "divider": lambda _: "---",
    "table": _table,
    "rich_text": lambda block: "\n".join(map(_rich, block["elements"])),
    "image": lambda block: f"[image: {block['alt_text']}]",
    "input": lambda block: str(block["label"]["text"]),
}
