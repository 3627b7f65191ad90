"""Block Kit: what Slack takes, and what it says of the rest."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any, Final

from tests.fakes.slack.elements import (
    BUTTONS,
    Fault,
    field_faults,
    input_faults,
    text_faults,
)
from tests.fakes.slack.refusals import refused
from tests.fakes.slack.shown import shown_blocks

Json = dict[str, Any]

MOST_BLOCKS: Final = 50
MOST_BLOCKS_OF_VIEW: Final = 100
MOST_SHOWN_CHARS: Final = 13_200
MOST_MARKDOWN_CHARS: Final = 12_000
MOST_TABLE_CHARS: Final = 10_000
_HEADER_COSTS: Final = 100
_IN_MESSAGES_ONLY: Final = {"markdown", "table", "context_actions"}
_RULED: Final = re.compile(r"^\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)+\|?\s*$")


def check_blocks(blocks: Any) -> None:
    """Make sure that a message may be made of these blocks.

    Raises:
        Refused: In Slack's words.
    """
    faults = list(_faults_of_all(blocks, MOST_BLOCKS))
    if faults:
        raise refused("invalid_blocks", *map(_phrased, faults))
    markdown = [block["text"] for block in blocks if block["type"] == "markdown"]
    tables = sum(block["type"] == "table" for block in blocks) + sum(map(_tables_in, markdown))
    if tables > 1:
        raise refused("invalid_attachments", "only_one_table_allowed")
    if sum(map(len, markdown)) > MOST_MARKDOWN_CHARS:
        raise refused("msg_too_long")
    headers = sum(map(_headings_in, markdown))
    made_of = len(blocks) - len(markdown) + sum(map(_made_of, markdown))
    if made_of > MOST_BLOCKS or _size(blocks) + headers * _HEADER_COSTS > MOST_SHOWN_CHARS:
        raise refused("msg_blocks_too_long")


def check_view(view: Any) -> None:
    """Make sure that Slack would show a modal or a Home tab.

    Raises:
        Refused: In Slack's words.
    """
    faults = list(_faults_of_view(view))
    if faults:
        raise refused("invalid_arguments", *map(_phrased, faults))


def _phrased(fault: Fault) -> str:
    where, what = fault
    return f"{what} [json-pointer:{where}]"


def _faults_of_view(view: Any) -> Iterator[Fault]:
    if not isinstance(view, dict) or view.get("type") not in {"modal", "home"}:
        yield "/view", "unsupported type"
        return
    fields = {"type", "blocks", "private_metadata", "callback_id", "external_id"}
    needed = {"type", "blocks"}
    if view["type"] == "modal":
        fields |= {"title", "submit", "close", "clear_on_close", "notify_on_close"}
        fields |= {"submit_disabled"}
        needed |= {"title"}
    yield from field_faults(view, "/view", needed, fields)
    if not needed <= view.keys():
        return
    for name in ("title", "submit", "close"):
        if name in view:
            yield from text_faults(view[name], f"/view/{name}", 24, plain=True)
    if len(str(view.get("private_metadata", ""))) > 3000:
        yield "/view/private_metadata", "must be less than 3001 characters"
    if len(str(view.get("callback_id", ""))) > 255:
        yield "/view/callback_id", "must be less than 256 characters"
    yield from _faults_of_all(view["blocks"], MOST_BLOCKS_OF_VIEW, "/view/blocks")
    kinds = {str(block.get("type")) for block in view["blocks"] if isinstance(block, dict)}
    for kind in sorted(kinds & _IN_MESSAGES_ONLY):
        yield "/view/blocks", f"unsupported type: {kind}"
    if "input" in kinds and view["type"] == "modal" and "submit" not in view:
        yield "/view/submit", "missing required field: submit"


def _faults_of_all(blocks: Any, most: int, where: str = "/blocks") -> Iterator[Fault]:
    if not isinstance(blocks, list):
        yield where, "must provide an array"
        return
    if len(blocks) > most:
        yield where, f"no more than {most} items allowed"
    for number, block in enumerate(blocks):
        yield from _faults(block, f"{where}/{number}")
    ids = Counter(block.get("block_id") for block in blocks if isinstance(block, dict))
    for block_id, times in ids.items():
        if block_id and times > 1:
            yield where, f"block_id {block_id!r} already exists"


def _faults(block: Any, where: str) -> Iterator[Fault]:
    if not isinstance(block, dict):
        yield where, "must be an object"
        return
    kind = block.get("type")
    if kind not in _BLOCKS:
        yield f"{where}/type", f"unsupported type: {kind}"
        return
    needed, allowed, check = _BLOCKS[kind]
    faults = list(field_faults(block, where, needed | {"type"}, allowed | {"type", "block_id"}))
    if len(str(block.get("block_id", ""))) > 255:
        faults.append((f"{where}/block_id", "must be less than 256 characters"))
    yield from faults
    if not faults:
        yield from check(block, where)


def _section(block: Json, where: str) -> Iterator[Fault]:
    if "text" not in block and "fields" not in block:
        yield where, "missing required field: text"
    if "text" in block:
        yield from text_faults(block["text"], f"{where}/text", 3000)
    fields = block.get("fields", [])
    if len(fields) > 10:
        yield f"{where}/fields", "no more than 10 items allowed"
    for number, field in enumerate(fields):
        yield from text_faults(field, f"{where}/fields/{number}", 2000)
    if "accessory" in block:
        yield from _one_of(BUTTONS, block["accessory"], f"{where}/accessory")


def _header(block: Json, where: str) -> Iterator[Fault]:
    yield from text_faults(block["text"], f"{where}/text", 150, plain=True)


def _markdown(block: Json, where: str) -> Iterator[Fault]:
    if not isinstance(block["text"], str) or not block["text"]:
        yield f"{where}/text", "must be more than 0 characters"


def _context(block: Json, where: str) -> Iterator[Fault]:
    yield from _count(block["elements"], where, 10)
    for number, element in enumerate(block["elements"]):
        here = f"{where}/elements/{number}"
        if element.get("type") == "image":
            yield from _one_of(BUTTONS, element, here)
        else:
            yield from text_faults(element, here, 3000)


def _actions(block: Json, where: str) -> Iterator[Fault]:
    yield from _count(block["elements"], where, 25)
    for number, element in enumerate(block["elements"]):
        if element.get("type") in {"icon_button", "feedback_buttons", "image"}:
            yield f"{where}/elements/{number}", f"unsupported type: {element['type']}"
        else:
            yield from _one_of(BUTTONS, element, f"{where}/elements/{number}")
    yield from _once(block["elements"], where)


def _context_actions(block: Json, where: str) -> Iterator[Fault]:
    yield from _count(block["elements"], where, 5)
    for number, element in enumerate(block["elements"]):
        if element.get("type") not in {"icon_button", "feedback_buttons"}:
            yield f"{where}/elements/{number}", f"unsupported type: {element.get('type')}"
        else:
            yield from _one_of(BUTTONS, element, f"{where}/elements/{number}")
    yield from _once(block["elements"], where)


def _table(block: Json, where: str) -> Iterator[Fault]:
    rows = block["rows"]
    if not 0 < len(rows) <= 100:
        yield f"{where}/rows", "no more than 100 items allowed"
    if len(block.get("column_settings", [])) > 20:
        yield f"{where}/column_settings", "no more than 20 items allowed"
    for number, row in enumerate(rows):
        if not 0 < len(row) <= 20:
            yield f"{where}/rows/{number}", "no more than 20 items allowed"
        for column, cell in enumerate(row):
            here = f"{where}/rows/{number}/{column}"
            if cell.get("type") not in {"raw_text", "rich_text", "raw_number"}:
                yield here, f"unsupported type: {cell.get('type')}"
            elif cell["type"] == "raw_text" and not cell.get("text"):
                yield f"{here}/text", "must be more than 0 characters"
            elif cell["type"] == "rich_text":
                yield from _rich_text(cell, here)
    if _chars(rows) > MOST_TABLE_CHARS:
        yield f"{where}/rows", f"must be less than {MOST_TABLE_CHARS + 1} characters"


def _rich_text(block: Json, where: str) -> Iterator[Fault]:
    parts = {"rich_text_section", "rich_text_list", "rich_text_preformatted", "rich_text_quote"}
    for number, part in enumerate(block.get("elements") or ()):
        here = f"{where}/elements/{number}"
        if part.get("type") not in parts:
            yield here, f"unsupported type: {part.get('type')}"
        for place, text in _texts_in(part, here):
            if not text:
                yield f"{place}/text", "must be more than 0 characters"


def _texts_in(part: Json, where: str) -> Iterator[tuple[str, str]]:
    for number, each in enumerate(part.get("elements") or ()):
        here = f"{where}/elements/{number}"
        if each.get("type") == "text":
            yield here, each.get("text", "")
        yield from _texts_in(each, here)


def _image(block: Json, where: str) -> Iterator[Fault]:
    if len(block["alt_text"]) > 2000:
        yield f"{where}/alt_text", "must be less than 2001 characters"
    if "image_url" not in block and "slack_file" not in block:
        yield where, "missing required field: image_url"


def _one_of(known: Json, element: Any, where: str) -> Iterator[Fault]:
    kind = element.get("type") if isinstance(element, dict) else None
    if kind not in known:
        yield f"{where}/type", f"unsupported type: {kind}"
        return
    yield from known[kind](element, where)


def _count(elements: Any, where: str, most: int) -> Iterator[Fault]:
    if not elements:
        yield f"{where}/elements", "no fewer than 1 items allowed"
    elif len(elements) > most:
        yield f"{where}/elements", f"no more than {most} items allowed"


def _once(elements: list[Json], where: str) -> Iterator[Fault]:
    for action_id, times in Counter(each.get("action_id") for each in elements).items():
        if action_id and times > 1:
            yield f"{where}/elements", f"action_id {action_id!r} already exists"


Check = Callable[[Json, str], Iterator[Fault]]

_BLOCKS: Final[dict[str, tuple[set[str], set[str], Check]]] = {
    "section": (set(), {"text", "fields", "accessory", "expand"}, _section),
    "header": ({"text"}, {"text", "level"}, _header),
    "divider": (set(), set(), lambda _block, _where: iter(())),
    "markdown": ({"text"}, {"text"}, _markdown),
    "context": ({"elements"}, {"elements"}, _context),
    "actions": ({"elements"}, {"elements"}, _actions),
    "context_actions": ({"elements"}, {"elements"}, _context_actions),
    "table": ({"rows"}, {"rows", "column_settings"}, _table),
    "rich_text": ({"elements"}, {"elements"}, _rich_text),
    "image": ({"alt_text"}, {"alt_text", "image_url", "slack_file", "title"}, _image),
    "input": (
        {"label", "element"},
        {"label", "element", "dispatch_action", "hint", "optional"},
        input_faults,
    ),
}


def _size(blocks: list[Json]) -> int:
    return len(shown_blocks(blocks))


def _chars(part: Any) -> int:
    if isinstance(part, list):
        return sum(map(_chars, part))
    if not isinstance(part, dict):
        return 0
    own = len(part["text"]) if isinstance(part.get("text"), str) else 0
    return own + sum(_chars(each) for each in part.values() if isinstance(each, list | dict))


def _lines_outside_code(text: str) -> Iterator[str]:
    is_code = False
    for line in text.splitlines():
        if line.lstrip().startswith("```"):
            is_code = not is_code
            yield "```" if is_code else ""
        elif not is_code:
            yield line


def _headings_in(text: str) -> int:
    return sum(bool(re.match(r"#{1,6} ", line)) for line in _lines_outside_code(text))


def _tables_in(text: str) -> int:
    return sum(bool(_RULED.match(line)) for line in _lines_outside_code(text))


def _made_of(text: str) -> int:
    """Count the blocks Slack makes of Markdown: a heading, table, fence or rule each is one."""
    count, is_running = 0, False
    for line in _lines_outside_code(text):
        stands_alone = bool(re.match(r"(#{1,6} |```|---+$|\*\*\*+$)", line)) or _RULED.match(line)
        if stands_alone:
            count += 1
            is_running = False
        elif line.strip() and not is_running:
            count += 1
            is_running = True
    return max(count, 1)
