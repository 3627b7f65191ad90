"""One post on Slack, and the blocks it is built of. Pure.

Texts come safe from `safety` and `mrkdwn`, or through `plain`, which shows them as they are.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from bot.platforms.beside import File
from bot.platforms.buttons import Button
from bot.platforms.slack.limits import HEADER_CHARS, LABEL_CHARS, SECTION_CHARS, cut

Block = Mapping[str, Any]
"""As Slack takes it: JSON."""

FEEDBACK: Final = "pointsman:feedback"
"""The action id of both thumbs; the value says which, as a custom id."""

_THUMBS: Final = {"👍": "Good answer", "👎": "Bad answer"}


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One post, whole: an update replaces all of it.

    Attributes:
        text: What notifications and screen readers get; mrkdwn, escaped, short enough to update.
        blocks: What is seen.
        files: What is attached to the thread behind the post.
        metadata: What the post tells the bot of itself, when its making was not heard of.
    """

    text: str
    blocks: tuple[Block, ...] = ()
    files: tuple[File, ...] = ()
    metadata: Mapping[str, str] = field(default_factory=dict)


def markdown(text: str) -> Block:
    """Return Markdown as `safety` or `rendering` gave it; in messages only, not in App Home."""
    return {"type": "markdown", "text": text}


def plain(text: str, most: int = SECTION_CHARS) -> Block:
    """Return a text object that shows just what it says."""
    return {"type": "plain_text", "text": cut(text, most) or " ", "emoji": True}


def mrkdwn(text: str) -> Block:
    """Return a text object of safe mrkdwn, in which Slack looks for no names and links of its own.

    What could be said at greater length is for the caller to cut: cut mrkdwn may stay open.
    """
    return {"type": "mrkdwn", "text": text or " ", "verbatim": True}


def section(text: str, accessory: Block | None = None) -> Block:
    """Return a paragraph of mrkdwn, with one thing to press beside it."""
    block: dict[str, Any] = {"type": "section", "text": mrkdwn(text)}
    if accessory is not None:
        block["accessory"] = accessory
    return block


def context(*texts: str) -> Block:
    """Return small print: mrkdwn."""
    return {"type": "context", "elements": [mrkdwn(text) for text in texts]}


def header(text: str) -> Block:
    """Return a title; it knows no marks."""
    return {"type": "header", "text": plain(text, HEADER_CHARS)}


def divider() -> Block:
    """Return a line across."""
    return {"type": "divider"}


def actions(buttons: Sequence[Block]) -> Block:
    """Return things to press in a row."""
    return {"type": "actions", "elements": list(buttons)}


def button(each: Button, *, style: str = "") -> Block:
    """Return a button; its value is its custom id.

    Args:
        each: What it does.
        style: `primary` or `danger`, if it is to stand out.
    """
    label = " ".join(filter(None, [each.emoji, each.label]))
    element: dict[str, Any] = {
        "type": "button",
        "text": plain(label, LABEL_CHARS),
        "action_id": each.custom_id,
        "value": each.custom_id,
    }
    if style:
        element["style"] = style
    return element


def feedback(good: Button, bad: Button) -> Block:
    """Return Slack's own thumbs, which stay lit when pressed; their values are custom ids."""
    return {
        "type": "context_actions",
        "elements": [
            {
                "type": "feedback_buttons",
                "action_id": FEEDBACK,
                "positive_button": _thumb(good),
                "negative_button": _thumb(bad),
            }
        ],
    }


def _thumb(each: Button) -> Block:
    return {
        "text": plain(each.emoji, LABEL_CHARS),
        "value": each.custom_id,
        "accessibility_label": _THUMBS.get(each.emoji, each.label),
    }
