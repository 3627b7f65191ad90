"""How messages, threads and places of Slack are named in the rest of the program. Pure."""

from typing import Final

from bot.platforms.port import Message

PLATFORM: Final = "slack"

ASK_ABOUT: Final = "pointsman_ask_about"
"""Callback id of the entry in a message's menu, and of the form it opens."""


def message_id_of(team: str, channel: str, ts: str) -> str:
    """Return how a person's message is named: the same, whichever event tells of it."""
    return f"{team}:{channel}:{ts}"


def gesture_id_of(team: str, trigger_id: str) -> str:
    """Return how a command, a press or a form is named; Slack gives each its own trigger."""
    return f"{team}:{trigger_id}"


def place_of(message: Message) -> str:
    """Return under which place posts are looked up: the channel, which has one id everywhere."""
    return message.origin.place
