"""The buttons under an answer; their names outlive every process. Pure."""

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from bot.draft import View

_CUSTOM_ID: Final = re.compile(r"pointsman:([a-z]+):([A-Za-z0-9_.:-]{1,90})")
CONFIRMED_WITHIN: Final = timedelta(minutes=10)
"""After that what was told before may be true no more."""

TOO_LATE: Final = "That was too long ago: give the command again, so that you see what it does now."

_CONFIRM: Final = "pointsman:confirm:"
_NAME_CHARS: Final = 100


@dataclass(frozen=True, slots=True)
class Button:
    """Something to press under a post.

    Attributes:
        custom_id: As `custom_id` gives it.
        label: Beside the emoji; one of both may be empty.
    """

    custom_id: str
    label: str = ""
    emoji: str = ""


def custom_id(verb: str, reply_id: str) -> str:
    """Return the name of a button that does something with an answer.

    Args:
        verb: `stop`, `regenerate`, `better`, `why`, `good` or `bad`; `vote` with what is chosen.
        reply_id: The answer, with `stop` the id of the message or interaction that asked; behind
            a dash, who asked.
    """
    return f"pointsman:{verb}:{reply_id}"


def parse_custom_id(text: str) -> tuple[str, str] | None:
    """Return verb and reply id of a button; None when it is none of ours."""
    found = _CUSTOM_ID.fullmatch(text)
    return (found[1], found[2]) if found else None


def confirm_buttons(text: str, asker: str) -> tuple[Button, ...]:
    """Return what is under a command that asks first: it has all of what it does in its name.

    A command too long for that is confirmed by being typed.
    """
    name = f"{_CONFIRM}{asker}:{text}"
    return (Button(name, "Do it", "✅"),) if len(name) <= _NAME_CHARS else ()


def parse_confirmation(text: str) -> tuple[str, str] | None:
    """Return whom a button asked and the command it stands for; None when it is no such button."""
    if not text.startswith(_CONFIRM):
        return None
    asker, _, command = text.removeprefix(_CONFIRM).partition(":")
    return asker, command


def running_buttons(message_id: str, asker: str) -> tuple[Button, ...]:
    """Return what is under an answer while it is made."""
    return (Button(custom_id("stop", f"{message_id}-{asker}"), "Stop", "⏹️"),)


def _vote_buttons(reply_id: str, asker: str) -> tuple[Button, ...]:
    """Return what is under two answers to be compared."""
    name = f"{reply_id}-{asker}"
    return (
        Button(custom_id("votea", name), "A"),
        Button(custom_id("voteb", name), "B"),
        Button(custom_id("votesame", name), "Same"),
        Button(custom_id("votebad", name), "Both bad"),
    )


def finished_buttons(reply_id: str, asker: str, *, has_votes: bool) -> tuple[Button, ...]:
    """Return what is under an answer that is done; thumbs, where votes count.

    Each says who asked: the last post of an answer is a reply to nothing that would tell.
    """
    name = f"{reply_id}-{asker}"
    thumbs = (
        Button(custom_id("good", name), emoji="👍"),
        Button(custom_id("bad", name), emoji="👎"),
    )
    return (
        Button(custom_id("regenerate", name), "Again", "🔄"),
        Button(custom_id("better", name), "Better model", "⬆️"),
        Button(custom_id("why", name), "Why?"),
        *(thumbs if has_votes else ()),
    )


def buttons_under(view: View, asker: str, *, has_votes: bool) -> tuple[Button, ...]:
    """Return what is under something that is done: at most one kind, or nothing to press."""
    if view.confirm_by:
        return confirm_buttons(view.confirm_by, asker)
    if view.vote_on:
        return _vote_buttons(view.vote_on, asker)
    if view.reply_id and not view.is_notice:
        return finished_buttons(view.reply_id, asker, has_votes=has_votes)
    return ()
