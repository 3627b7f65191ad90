"""How much Slack takes, and how it counts. Pure.

What Slack refuses is lost, so each number is at or below what it documents or was seen to take.
"""

from typing import Final

MARKDOWN_CHARS: Final = 12_000
"""Of all Markdown blocks of a message together, and of one append to a stream.

docs.slack.dev/reference/block-kit/blocks/markdown-block, …/reference/methods/chat.appendStream
"""

BLOCKS_CHARS: Final = 13_200
"""Of all that is in the blocks of a message: above about this, `msg_blocks_too_long`.

Each block counts beside what it says (github.com/slackapi/bolt-js/issues/2509, …/2867).
"""

BLOCKS: Final = 50
"""In a message, counted when Slack has made blocks of Markdown: headings and code stand alone.

docs.slack.dev/reference/block-kit/blocks, …/blocks/markdown-block
"""

POST_WEIGHT: Final = 10_000
"""Of the Markdown of one post as `weight_of` counts: leaves room for what comes under it."""

UPDATE_BYTES: Final = 4_000
"""Of the text of `chat.update`, escaped (seen; the reference of the method says 4,000 characters).

A longer text of `chat.postMessage` is cut at 40,000, but no post is ever made that could not be
updated. docs.slack.dev/reference/methods/chat.update, …/chat.postMessage
"""

SECTION_CHARS: Final = 3_000
"""Of one text object. docs.slack.dev/reference/block-kit/composition-objects/text-object"""

HEADER_CHARS: Final = 150
"""docs.slack.dev/reference/block-kit/blocks/header-block"""

LABEL_CHARS: Final = 75
"""On a button. docs.slack.dev/reference/block-kit/block-elements/button-element"""

TABLE_ROWS: Final = 100
"""With the head, of the one table that a message may have (else `only_one_table_allowed`).

docs.slack.dev/reference/block-kit/blocks/table-block
"""

TABLE_COLUMNS: Final = 20
"""docs.slack.dev/reference/block-kit/blocks/table-block"""

TABLE_CHARS: Final = 10_000
"""Of all cells together (seen)."""

HEADING: Final = "# \u200b"
"""What `rendering` begins the words of a heading with: a comment in code is none."""

_ESCAPED_AND: Final = len("amp;")
_ESCAPED_ANGLE: Final = len("lt;")
# What stands alone is a block, and so is the text behind it; some are left for what comes under it.
_STANDS_ALONE: Final = 2 * POST_WEIGHT // (BLOCKS - 8)


def weight_of(text: str) -> int:
    """Count a text as Slack does at most: in bytes, with `&`, `<` and `>` escaped.

    Slack counts the text of an update so, other texts in characters; these are never fewer. Of
    Markdown, the blocks that Slack makes of it count too. What two texts weigh together is the sum.
    """
    count = text.count
    size = len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))
    size += _ESCAPED_AND * count("&") + _ESCAPED_ANGLE * (count("<") + count(">"))
    return size + (count("```") + 2 * count(HEADING)) * _STANDS_ALONE // 2


def whole(text: str) -> str:
    """Put halves of characters together, or something else in their place: Slack takes none."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def cut(text: str, most: int) -> str:
    """Return the beginning of a text that is shown in passing; `most` is of its weight."""
    if weight_of(text) <= most:
        return text
    left = most - weight_of("…")
    kept: list[str] = []
    for character in text:
        left -= weight_of(character)
        if left < 0:
            break
        kept.append(character)
    beginning = "".join(kept)
    words = beginning.rsplit(None, 1)[0] if " " in beginning.strip() else beginning
    return f"{words or beginning}…"
