"""The form of a command as a modal of Discord's, and what comes back of it. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import discord

from bot.commands.forms import Form, is_wide
from bot.commands.options import Option

_NAME: Final = "pointsman:form:"
_MOST_FIELDS: Final = 5
_TITLE_CHARS: Final = 45
_LABEL_CHARS: Final = 45
_HINT_CHARS: Final = 100
_MOST_CHARS: Final = 4000

Components = Sequence[Mapping[str, Any]]
"""Of a modal that was sent, in the words of Discord's API."""


def modal_of(form: Form) -> discord.ui.Modal:
    """Return the modal that asks for a command; Discord has room for five lines in one."""
    narrow = form.at_most(_MOST_FIELDS)
    modal = discord.ui.Modal(
        title=narrow.title[:_TITLE_CHARS], custom_id=f"{_NAME}{form.name}", timeout=1
    )
    for option in narrow.options:
        modal.add_item(_field(option, narrow.values.get(option.name, "")))
    return modal


def command_of(custom_id: str) -> str:
    """Return the command a modal asks for, by its name; empty where it is none of ours."""
    return custom_id.removeprefix(_NAME) if custom_id.startswith(_NAME) else ""


def text_of(form: Form, components: Components) -> str:
    """Return what somebody would have typed who filled the form in like this."""
    return form.at_most(_MOST_FIELDS).text(dict(_values(components)))


def _field(option: Option, value: str) -> "discord.ui.Label[Any]":
    style = discord.TextStyle.paragraph if is_wide(option) else discord.TextStyle.short
    line: discord.ui.TextInput[Any] = discord.ui.TextInput(
        custom_id=option.name,
        style=style,
        default=value or None,
        placeholder=", ".join(option.choices)[:_HINT_CHARS] or None,
        required=option.is_required,
        max_length=_MOST_CHARS,
    )
    return discord.ui.Label(
        text=option.name.capitalize()[:_LABEL_CHARS],
        description=option.summary[:_HINT_CHARS],
        component=line,
    )


def _values(components: Components) -> Iterator[tuple[str, str]]:
    """Yield what was filled in, by option: each line is in a label or, as of old, in a row."""
    for component in components:
        inner = component.get("component")
        yield from _values([*component.get("components", ()), *([inner] if inner else ())])
        if "custom_id" in component and (value := str(component.get("value") or "").strip()):
            yield str(component["custom_id"]), value
