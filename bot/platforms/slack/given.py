"""Commands and presses as Slack sends them. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from bot.commands.command import Command
from bot.commands.everything import COMMANDS
from bot.commands.words import NotUnderstood
from bot.platforms.buttons import parse_confirmation, parse_custom_id
from bot.platforms.port import Message
from bot.platforms.presses import asked_by_in
from bot.platforms.slack.listening import Us
from bot.platforms.slack.reading import installed_in
from bot.platforms.slack.wording import exact, readable
from config.catalog import Catalog

ASK: Final = "ask"

HOME: Final = "home"
"""The verb of what is pressed in App Home; behind it stands a command."""


@dataclass(frozen=True, slots=True)
class Given:
    """A command as somebody gave it.

    Attributes:
        text: What somebody would have written for it.
        asks_a_model: Whether a model answers, and not the bot itself.
        is_private: Whether nobody else sees the answer.
    """

    text: str
    asks_a_model: bool
    is_private: bool


@dataclass(frozen=True, slots=True)
class Pressed:
    """A button somebody pressed, or what they chose.

    Attributes:
        verb: What it does.
        about: The answer it stands under; with `stop`, the id of what asked.
        asked_by: Who asked; empty where the button does not say.
        chosen: What was chosen, or the value of the button.
    """

    verb: str
    about: str
    asked_by: str = ""
    chosen: str = ""


def given(name: str, words: str) -> Given:
    """Return a slash command as a value.

    Args:
        name: With its slash.
        words: What was written behind it.
    """
    bare = name.removeprefix("/").lower()
    if bare == ASK:
        question = readable(words, {}).strip()
        return Given(question, asks_a_model=bool(question), is_private=not question)
    text = f"/{bare} {exact(words)}".strip()
    command = next((each for each in COMMANDS.commands if each.name == bare), None)
    if command is None:
        return Given(text, asks_a_model=False, is_private=True)
    first = (words.split(maxsplit=1) or [""])[0].lower()
    meant = command.subcommand(first) or command
    return Given(text, meant.asks_a_model, _is_for_one(meant))


def is_private(message: Message, catalog: Catalog) -> bool:
    """Tell whether a message that somebody wrote is a command whose answer nobody else sees."""
    try:
        found = COMMANDS.find(message, catalog)
    except NotUnderstood:
        return True
    return found is not None and _is_for_one(found.command)


def _is_for_one(command: Command) -> bool:
    """Tell whether nobody else sees the answer; what a model answers is for all to see."""
    return command.is_private and not command.asks_a_model


def pressed_in(payload: Mapping[str, Any]) -> Pressed | None:
    """Return what was pressed; None where it is none of ours."""
    action: Mapping[str, Any] = (payload.get("actions") or ({},))[0]
    value = str(action.get("value") or "")
    chosen = str((action.get("selected_option") or {}).get("value") or value)
    for name in (value, str(action.get("action_id") or "")):
        if pressed := parse_custom_id(name):
            about, asked_by = asked_by_in(pressed[1])
            return Pressed(pressed[0], about, asked_by, chosen)
    return None


def confirmed_in(payload: Mapping[str, Any]) -> tuple[str, str] | None:
    """Return whom a pressed button asked and the command it stands for; None where it is no such.

    Slack shows nobody a value that we did not give, so that all of the command is in it.
    """
    action: Mapping[str, Any] = (payload.get("actions") or ({},))[0]
    return parse_confirmation(str(action.get("value") or ""))


def us_of(payload: Mapping[str, Any]) -> Us:
    """Return who the bot is where somebody gave a command or pressed something.

    A person of another workspace has that one named beside; what counts is where the bot is.
    """
    return Us(*installed_in(payload))
