"""The form that asks about a message, and what comes back of it. Pure.

The message it is about stands in the form for all to read, and comes back with it: nothing of it
has to be kept meanwhile.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

from bot.platforms.port import Quote
from bot.platforms.presses import ABOUT_ABOVE
from bot.platforms.slack.addresses import ASK_ABOUT
from bot.platforms.slack.blocks import Block, context, plain
from bot.platforms.slack.wording import unescaped
from config.catalog import AttachmentKind
from routing.query import Attachment
from routing.read_back import read_as

_QUOTED: Final = "quoted"
_QUESTION: Final = "question"

_PIECE_CHARS: Final = 2900
_MOST_PIECES: Final = 20
_MOST_FILES: Final = 5
_MOST_QUESTION_CHARS: Final = 3000


@dataclass(frozen=True, slots=True)
class Pointed:
    """A message that somebody asks about.

    Attributes:
        channel: Where it stands.
        root: The message whose thread the answer goes to.
        author: What its author is called.
        text: As people read it.
        attachments: Files that came with it.
        is_ours: Whether the bot wrote it.
        response_url: Where the answer goes if the bot cannot write there.
        expires_at: Until when, in ISO 8601.
    """

    channel: str
    root: str
    author: str
    text: str
    attachments: tuple[Attachment, ...] = ()
    is_ours: bool = False
    response_url: str = ""
    expires_at: str = ""

    @property
    def quotes(self) -> tuple[Quote, ...]:
        """Return it as something quoted."""
        return (Quote(self.author, self.text, self.is_ours),) if self.text else ()


def form_about(pointed: Pointed) -> dict[str, Any]:
    """Return the form that asks what somebody wants to know about a message."""
    kept = {
        "channel": pointed.channel,
        "root": pointed.root,
        "author": pointed.author[:80],
        "is_ours": pointed.is_ours,
        "response_url": pointed.response_url,
        "expires_at": pointed.expires_at,
        "files": [_kept_file(each) for each in pointed.attachments[:_MOST_FILES]],
    }
    return {
        "type": "modal",
        "callback_id": ASK_ABOUT,
        "title": plain("Ask about this"),
        "submit": plain("Ask"),
        "close": plain("Cancel"),
        "private_metadata": json.dumps(kept, ensure_ascii=False),
        "blocks": [*_quoted(pointed.text), _question()],
    }


def _kept_file(file: Attachment) -> dict[str, Any]:
    """Return a file without its address, which is looked up anew."""
    return asdict(file) | {"name": file.name[:80], "url": ""}


def _quoted(text: str) -> Iterator[Block]:
    for number in range(min(-(-len(text) // _PIECE_CHARS), _MOST_PIECES)):
        piece = text[number * _PIECE_CHARS : (number + 1) * _PIECE_CHARS]
        shown = {"type": "plain_text", "text": piece, "emoji": False}
        yield {"type": "section", "block_id": f"{_QUOTED}{number}", "text": shown}
    if not text:
        yield context("It has no words.")


def _question() -> Block:
    return {
        "type": "input",
        "block_id": _QUESTION,
        "label": plain("What do you want to know?"),
        "element": {
            "type": "plain_text_input",
            "action_id": _QUESTION,
            "multiline": True,
            "initial_value": ABOUT_ABOVE,
            "max_length": _MOST_QUESTION_CHARS,
        },
    }


def sent_in(view: Mapping[str, Any]) -> tuple[Pointed, str] | None:
    """Return the message and the question of a form that was sent; None for another form."""
    if view.get("callback_id") != ASK_ABOUT:
        return None
    kept = json.loads(view["private_metadata"])
    files = tuple(
        read_as(Attachment, each, kind=AttachmentKind(each["kind"])) for each in kept["files"]
    )
    text = "".join(
        str(block["text"]["text"])
        for block in view["blocks"]
        if str(block.get("block_id", "")).startswith(_QUOTED)
    )
    question = view["state"]["values"][_QUESTION][_QUESTION].get("value") or ""
    # Slack gives texts back escaped.
    pointed = read_as(Pointed, kept, text=unescaped(text), attachments=files)
    return pointed, unescaped(str(question))
