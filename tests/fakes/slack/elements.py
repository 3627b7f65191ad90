"""Block Kit's texts, buttons, selects and inputs: what Slack takes of them."""

from collections.abc import Callable, Iterator
from typing import Any, Final

Json = dict[str, Any]
Fault = tuple[str, str]
"""Where, as a JSON pointer; and what Slack says of it."""

Check = Callable[[Json, str], Iterator[Fault]]


def field_faults(part: Json, where: str, needed: set[str], allowed: set[str]) -> Iterator[Fault]:
    """Yield the fields that lack, and those that Slack does not know."""
    for name in sorted(needed - part.keys()):
        yield where, f"missing required field: {name}"
    for name in sorted(part.keys() - allowed):
        yield where, f"invalid additional property: {name}"


def text_faults(text: Any, where: str, most: int, *, plain: bool = False) -> Iterator[Fault]:
    """Yield what is wrong with a text object."""
    kinds = {"plain_text"} if plain else {"plain_text", "mrkdwn"}
    if not isinstance(text, dict) or text.get("type") not in kinds:
        yield where, "failed to match all allowed schemas"
        return
    allowed = {"type", "text", "emoji" if text["type"] == "plain_text" else "verbatim"}
    yield from field_faults(text, where, {"type", "text"}, allowed)
    yield from length_faults(text.get("text"), f"{where}/text", most, least=1)


def length_faults(text: Any, where: str, most: int, *, least: int = 0) -> Iterator[Fault]:
    """Yield what is wrong with the length of a text."""
    if not isinstance(text, str):
        yield where, "must be a string"
    elif len(text) > most:
        yield where, f"must be less than {most + 1} characters"
    elif len(text) < least:
        yield where, f"must be more than {least - 1} characters"


def input_faults(block: Json, where: str) -> Iterator[Fault]:
    """Yield what is wrong with an input block."""
    yield from text_faults(block["label"], f"{where}/label", 2000, plain=True)
    if "hint" in block:
        yield from text_faults(block["hint"], f"{where}/hint", 2000, plain=True)
    element = block["element"]
    kind = element.get("type") if isinstance(element, dict) else None
    if kind not in _INPUTS:
        yield f"{where}/element/type", f"unsupported type: {kind}"
        return
    yield from _INPUTS[kind](element, f"{where}/element")


def _named(element: Json, where: str, allowed: set[str], needed: set[str]) -> Iterator[Fault]:
    needed = needed | {"type"}
    yield from field_faults(element, where, needed, allowed | needed | {"action_id"})
    if "action_id" in element:
        yield from length_faults(element["action_id"], f"{where}/action_id", 255, least=1)


def _button(element: Json, where: str) -> Iterator[Fault]:
    allowed = {"url", "value", "style", "confirm", "accessibility_label"}
    faults = list(_named(element, where, allowed, {"text"}))
    yield from faults
    if faults:
        return
    yield from text_faults(element["text"], f"{where}/text", 75, plain=True)
    if "value" in element:
        yield from length_faults(element["value"], f"{where}/value", 2000)
    if "url" in element:
        yield from length_faults(element["url"], f"{where}/url", 3000)
    if element.get("style", "primary") not in {"primary", "danger"}:
        yield f"{where}/style", "value must be one of: primary, danger"
    if "accessibility_label" in element:
        yield from length_faults(element["accessibility_label"], f"{where}/accessibility_label", 75)
    if "confirm" in element:
        yield from _confirm(element["confirm"], f"{where}/confirm")


def _confirm(confirm: Json, where: str) -> Iterator[Fault]:
    needed = {"title", "text", "confirm", "deny"}
    faults = list(field_faults(confirm, where, needed, needed | {"style"}))
    yield from faults
    if not faults:
        yield from text_faults(confirm["title"], f"{where}/title", 100, plain=True)
        yield from text_faults(confirm["text"], f"{where}/text", 300)
        for name in ("confirm", "deny"):
            yield from text_faults(confirm[name], f"{where}/{name}", 30, plain=True)


def _icon_button(element: Json, where: str) -> Iterator[Fault]:
    allowed = {"value", "confirm", "accessibility_label", "visible_to_user_ids"}
    faults = list(_named(element, where, allowed, {"icon", "text"}))
    yield from faults
    if faults:
        return
    if element["icon"] != "trash":
        yield f"{where}/icon", "value must be one of: trash"
    yield from text_faults(element["text"], f"{where}/text", 75, plain=True)


def _feedback(element: Json, where: str) -> Iterator[Fault]:
    sides = {"positive_button", "negative_button"}
    faults = list(_named(element, where, set(), sides))
    yield from faults
    for side in sorted(sides) if not faults else ():
        here = f"{where}/{side}"
        button = element[side]
        allowed = {"text", "value", "accessibility_label"}
        wrong = list(field_faults(button, here, {"text", "value"}, allowed))
        yield from wrong
        if not wrong:
            yield from text_faults(button["text"], f"{here}/text", 75, plain=True)
            yield from length_faults(button["value"], f"{here}/value", 2000)


def _option(option: Json, where: str) -> Iterator[Fault]:
    allowed = {"text", "value", "description", "url"}
    faults = list(field_faults(option, where, {"text", "value"}, allowed))
    yield from faults
    if not faults:
        yield from text_faults(option["text"], f"{where}/text", 75)
        yield from length_faults(option["value"], f"{where}/value", 150)
    if "description" in option:
        yield from text_faults(option["description"], f"{where}/description", 75)


def _options(element: Json, where: str, most: int) -> Iterator[Fault]:
    if not 0 < len(element["options"]) <= most:
        yield f"{where}/options", f"between 1 and {most} items allowed"
    for number, option in enumerate(element["options"]):
        yield from _option(option, f"{where}/options/{number}")


def _static_select(element: Json, where: str) -> Iterator[Fault]:
    allowed = {"options", "option_groups", "initial_option", "initial_options", "confirm"}
    allowed |= {"focus_on_load", "placeholder", "max_selected_items"}
    yield from _named(element, where, allowed, set())
    yield from _placeholder(element, where)
    if "options" in element:
        yield from _options(element, where, 100)
    elif "option_groups" not in element:
        yield where, "missing required field: options"
    for name in {"initial_option"} & element.keys():
        if element[name] not in element.get("options", [element[name]]):
            yield f"{where}/{name}", "initial option must be one of the options"


def _external_select(element: Json, where: str) -> Iterator[Fault]:
    allowed = {"initial_option", "min_query_length", "confirm", "focus_on_load", "placeholder"}
    yield from _named(element, where, allowed, set())
    yield from _placeholder(element, where)


def _list_select(element: Json, where: str) -> Iterator[Fault]:
    allowed = {"confirm", "focus_on_load", "placeholder", "filter", "response_url_enabled"}
    allowed |= {"max_selected_items", "default_to_current_conversation"}
    allowed |= {name for name in element if name.startswith("initial_")}
    yield from _named(element, where, allowed, set())
    yield from _placeholder(element, where)


def _choices(element: Json, where: str) -> Iterator[Fault]:
    allowed = {"options", "initial_options", "initial_option", "confirm", "focus_on_load"}
    yield from _named(element, where, allowed, {"options"})
    if "options" in element:
        yield from _options(element, where, 10)


def _overflow(element: Json, where: str) -> Iterator[Fault]:
    yield from _named(element, where, {"confirm"}, {"options"})
    if "options" in element:
        yield from _options(element, where, 5)


def _plain_input(element: Json, where: str) -> Iterator[Fault]:
    allowed = {"initial_value", "multiline", "min_length", "max_length", "placeholder"}
    allowed |= {"dispatch_action_config", "focus_on_load", "is_decimal_allowed"}
    allowed |= {"min_value", "max_value", "initial_date", "initial_time", "timezone"}
    yield from _named(element, where, allowed, set())
    yield from _placeholder(element, where)
    longest = element.get("max_length", 3000)
    if longest > 3000:
        yield f"{where}/max_length", "must be less than or equal to 3000"
    yield from length_faults(element.get("initial_value", ""), f"{where}/initial_value", longest)


def _placeholder(element: Json, where: str) -> Iterator[Fault]:
    if "placeholder" in element:
        yield from text_faults(element["placeholder"], f"{where}/placeholder", 150, plain=True)


def _image(element: Json, where: str) -> Iterator[Fault]:
    allowed = {"type", "alt_text", "image_url", "slack_file"}
    yield from field_faults(element, where, {"type", "alt_text"}, allowed)


_LISTS: Final = ("users", "conversations", "channels")
_SELECTS: Final[dict[str, Check]] = {
    "static_select": _static_select,
    "multi_static_select": _static_select,
    "external_select": _external_select,
    **{f"{each}_select": _list_select for each in _LISTS},
    **{f"multi_{each}_select": _list_select for each in _LISTS},
    "checkboxes": _choices,
    "radio_buttons": _choices,
}
_TYPED: Final[dict[str, Check]] = dict.fromkeys(("datepicker", "timepicker"), _plain_input)

BUTTONS: Final[dict[str, Check]] = {
    **_SELECTS,
    **_TYPED,
    "button": _button,
    "icon_button": _icon_button,
    "feedback_buttons": _feedback,
    "overflow": _overflow,
    "image": _image,
}
"""What may stand beside a section or in a row of actions."""

_INPUTS: Final[dict[str, Check]] = {
    **_SELECTS,
    **_TYPED,
    "plain_text_input": _plain_input,
    "number_input": _plain_input,
    "email_text_input": _plain_input,
    "url_text_input": _plain_input,
}
