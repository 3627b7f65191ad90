"""App Home: what somebody used, what is left, and which model answers them, with its choice.

Every word of it is a command's answer, so that it says the same as everywhere. Here stand only
the titles, and the order.
"""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from bot.commands.options import Suggestion
from bot.platforms.at_once import answered
from bot.platforms.buttons import Button, custom_id
from bot.platforms.inward import Answers
from bot.platforms.port import Message
from bot.platforms.slack.blocks import (
    Block,
    actions,
    button,
    divider,
    header,
    plain,
    section,
)
from bot.platforms.slack.given import HOME
from bot.platforms.slack.safety import escaped
from bot.platforms.slack.sections import sections_of
from config.catalog import Catalog
from routing.errors import StoreUnavailable
from routing.wishes import PRESETS

REFRESH: Final = "refresh"
MODEL: Final = "model"
CHANGE: Final = "change"
"""Begins the names of all that open the form of a limit; their values are commands."""

_PARTS: Final = (
    ("What is left, and what you used", "/usage"),
    ("Your model", "/model"),
)
_LIMITS: Final = "/quota remove"
_SET: Final = "/quota set"
_NO_WISH: Final = "auto"
_MOST_CHOICES: Final = 100
_MOST_PARAGRAPHS: Final = 12
"""Of one part; Slack takes 100 blocks in all."""


@dataclass(frozen=True, slots=True)
class Part:
    """One command's answer under a title.

    Attributes:
        title: What it tells.
        text: Markdown.
    """

    title: str
    text: str


async def parts_of(answers: Answers, message: Message) -> tuple[Part, ...]:
    """Return what App Home tells somebody, by the commands that tell it everywhere.

    Args:
        answers: Answers commands.
        message: One of theirs; its text does not matter.
    """
    drafts = await asyncio.gather(
        *(answered(answers, _asking(message, command)) for _, command in _PARTS)
    )
    titles = [title for title, _ in _PARTS]
    views = [draft.view() for draft in drafts]
    return tuple(Part(title, view.text) for title, view in zip(titles, views, strict=True))


async def limits_of(answers: Answers, message: Message) -> tuple[Suggestion, ...] | None:
    """Return the limits that somebody may change, by name; None for who may change none."""
    if not message.is_admin:
        return None
    try:
        return tuple(await answers.suggest(replace(message, text=_LIMITS), "limit", ""))
    except StoreUnavailable:
        return ()


def _asking(message: Message, command: str) -> Message:
    name = f"{message.message_id}{command.replace(' ', '')}"
    return replace(message, message_id=name, text=command)


def choices_of(catalog: Catalog) -> tuple[str, ...]:
    """Return what can be chosen to answer: presets, then the models that are ready."""
    ready = [card.name for card in catalog if card.enabled and not card.missing]
    return (_NO_WISH, *PRESETS, *ready)[:_MOST_CHOICES]


def home_of(
    parts: Sequence[Part],
    choices: Sequence[str],
    channel: str,
    *,
    told: str = "",
    limits: Sequence[Suggestion] | None = None,
) -> dict[str, Any]:
    """Return App Home as Slack takes it.

    Args:
        parts: What is told.
        choices: What can be chosen to answer.
        channel: The person's direct message with the bot, for which the choice is made.
        told: What came of what they chose, as Markdown; empty for nothing.
        limits: Those that the person may change; None for who may change none.
    """
    blocks: list[Block] = [*sections_of(told)[:_MOST_PARAGRAPHS], divider()] if told else []
    for part in parts:
        blocks += [header(part.title), *sections_of(part.text)[:_MOST_PARAGRAPHS], divider()]
    rows: list[Block] = [_choice(choices), button(Button(custom_id(HOME, REFRESH), "Refresh"))]
    blocks.append(actions(rows))
    if limits is not None:
        blocks += _changeable(limits)
    return {"type": "home", "private_metadata": channel, "blocks": blocks}


def _changeable(limits: Sequence[Suggestion]) -> Iterator[Block]:
    """Yield the limits of the place, each with a button that opens its form, and one for more."""
    yield header("All limits here")
    for number, limit in enumerate(limits):
        change = _change(f".{number}", f"{_SET} {limit.value}", "Change")
        shown = sections_of(limit.named)[0] if limit.named else section(escaped(limit.label))
        yield {**shown, "accessory": change}
    yield actions([_change("", _SET, "Set a limit")])


def _change(number: str, command: str, label: str) -> Block:
    name = custom_id(HOME, f"{CHANGE}{number}")
    return {**button(Button(name, label)), "value": command}


def closed_home(why: str) -> dict[str, Any]:
    """Return App Home of somebody who is not answered."""
    return {"type": "home", "blocks": list(sections_of(why))}


def _choice(choices: Sequence[str]) -> Mapping[str, Any]:
    return {
        "type": "static_select",
        "action_id": custom_id(HOME, MODEL),
        "placeholder": plain("Let another model answer"),
        "options": [{"text": plain(each), "value": each} for each in choices],
    }
