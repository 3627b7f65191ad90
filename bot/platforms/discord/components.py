"""Buttons in the words of Discord's API. Pure."""

from typing import Any

from bot.platforms.buttons import Button

_ROW, _BUTTON, _GREY = 1, 2, 2


def components_of(buttons: tuple[Button, ...]) -> list[dict[str, Any]]:
    """Return one row of buttons as Discord takes it; no buttons are no row."""
    row = [_component(each) for each in buttons]
    return [{"type": _ROW, "components": row}] if row else []


def _component(button: Button) -> dict[str, Any]:
    component: dict[str, Any] = {"type": _BUTTON, "style": _GREY, "custom_id": button.custom_id}
    if button.label:
        component["label"] = button.label
    if button.emoji:
        component["emoji"] = {"name": button.emoji}
    return component
