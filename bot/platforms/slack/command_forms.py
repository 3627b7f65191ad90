"""The form of a command as a modal, and what comes back of it. Pure."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Final

from bot.commands.forms import Form, is_wide
from bot.commands.options import Kind, Option
from bot.platforms.slack.blocks import Block, context, plain
from bot.platforms.slack.safety import escaped
from bot.platforms.slack.sections import sections_of
from bot.platforms.slack.wording import exact
from routing.read_back import read_as

COMMAND_FORM: Final = "pointsman:form"
"""What a modal is called that asks for a command, or whether it is to be done."""

_TITLE_CHARS: Final = 24
_LABEL_CHARS: Final = 48
_MOST_CHARS: Final = 3000
_MOST_SECTIONS: Final = 20
_CHANNEL: Final = re.compile(r"[CDG][A-Z0-9]{6,}")
_PERSON: Final = re.compile(r"(?:slack:)?([UW][A-Z0-9]{1,})")
_TYPED: Final = ("value", "selected_user", "selected_conversation")


@dataclass(frozen=True, slots=True)
class Opened:
    """Where a form was opened, and for what; it is kept in the form.

    Attributes:
        command: The command, without its options; of what is to be confirmed, all of it.
        channel: Where it was given.
        response_url: Where its answer goes; empty in App Home.
        at: When it was opened, in ISO 8601.
        is_to_confirm: Whether it asks if it is to be done.
    """

    command: str
    channel: str
    response_url: str
    at: str
    is_to_confirm: bool = False

    def confirming(self, text: str, at: str) -> "Opened":
        """Return it as it asks whether a command is to be done."""
        return replace(self, command=text, at=at, is_to_confirm=True)


def form_view(form: Form, opened: Opened) -> dict[str, Any]:
    """Return the modal that asks for a command."""
    return {
        **_modal(form.title, opened),
        "submit": plain("Go on"),
        "blocks": [
            context(escaped(f"{form.summary.capitalize()}.")),
            *(_input(each, form.values) for each in form.options),
        ],
    }


def confirming_view(markdown: str, opened: Opened) -> dict[str, Any]:
    """Return the modal that says what a command would do, and does it when it is sent."""
    view = told_view(markdown, opened)
    return {**view, "submit": plain("Do it")}


def told_view(markdown: str, opened: Opened) -> dict[str, Any]:
    """Return the modal that says something, with nothing to send."""
    title = " ".join(opened.command.removeprefix("/").split()[:2]).capitalize()
    return {**_modal(title, opened), "blocks": list(sections_of(markdown)[:_MOST_SECTIONS])}


def opened_in(view: Mapping[str, Any]) -> Opened | None:
    """Return what a form that was sent is for; None for another form."""
    if view.get("callback_id") != COMMAND_FORM:
        return None
    return read_as(Opened, json.loads(view["private_metadata"]))


def filled_in(view: Mapping[str, Any]) -> dict[str, str]:
    """Return what was filled in, by option."""
    values = {
        name: _value(state) for block in view["state"]["values"].values() for name, state in
        block.items()
    }  # fmt: skip
    return {name: value for name, value in values.items() if value}


def errors_of(sentence: str, form: Form, values: Mapping[str, str]) -> dict[str, str]:
    """Return where in a form it is shown what is wrong with it.

    A sentence that begins with words belongs to the field they are in; any other to the last one
    that has to be filled in, which says most.
    """
    begun = re.match(r"`([^`]+)`", sentence)
    words = begun[1] if begun else ""
    named = [
        option.name
        for option in form.options
        if words and (value := values.get(option.name)) and _speaks_of(words, value)
    ]
    needed = [option.name for option in form.options if option.is_required][-1:]
    first = next(iter([*named, *needed, form.options[0].name]))
    return {first: sentence.replace("`", "").replace("**", "")}


def _speaks_of(words: str, value: str) -> bool:
    return value in words or words in value.split()


def answer_with_errors(errors: Mapping[str, str]) -> dict[str, Any]:
    """Return what Slack is told so that a form stays, with what is wrong in it."""
    return {"response_action": "errors", "errors": dict(errors)}


def answer_with_view(view: Mapping[str, Any]) -> dict[str, Any]:
    """Return what Slack is told so that another form takes a form's place."""
    return {"response_action": "update", "view": view}


def _modal(title: str, opened: Opened) -> dict[str, Any]:
    return {
        "type": "modal",
        "callback_id": COMMAND_FORM,
        "title": plain(title, _TITLE_CHARS),
        "close": plain("Cancel"),
        "private_metadata": json.dumps(asdict(opened), ensure_ascii=False),
    }


def _input(option: Option, values: Mapping[str, str]) -> Block:
    return {
        "type": "input",
        "block_id": option.name,
        "label": plain(option.name.capitalize(), _LABEL_CHARS),
        "hint": plain(option.summary),
        "optional": not option.is_required,
        "element": _element(option, values.get(option.name, "")),
    }


def _element(option: Option, value: str) -> Block:
    """Return Slack's own control for an option; for an id that is none of Slack's, a line."""
    person, named = _PERSON.fullmatch(value), {"action_id": option.name}
    if option.choices:
        return {"type": "static_select", **named, **_choices(option.choices, value)}
    if option.kind is Kind.USER and (person or not value):
        begun = {"initial_user": person[1]} if person else {}
        return {"type": "users_select", **named, **begun}
    if option.kind is Kind.CHANNEL and (not value or _CHANNEL.fullmatch(value)):
        begun = {"initial_conversation": value} if value else {}
        shown = {"include": ["public", "private"], "exclude_bot_users": True}
        return {"type": "conversations_select", "filter": shown, **named, **begun}
    begun = {"initial_value": value} if value else {}
    typed = {"multiline": is_wide(option), "max_length": _MOST_CHARS}
    return {"type": "plain_text_input", **typed, **named, **begun}


def _choices(choices: Sequence[str], value: str) -> dict[str, Any]:
    options = [{"text": plain(each), "value": each} for each in choices]
    begun = [each for each in options if each["value"] == value]
    return {"options": options, **({"initial_option": begun[0]} if begun else {})}


def _value(state: Mapping[str, Any]) -> str:
    chosen = (state.get("selected_option") or {}).get("value")
    found = chosen or next(filter(None, map(state.get, _TYPED)), "")
    return exact(str(found)).strip()
