"""What Discord accepts as a message, and how it says what is wrong with one."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from tests.fakes.discord.refusals import FormErrors, Json, refused
from tests.fakes.discord.world import COMPONENTS_V2, SUPPRESS_EMBEDS, Message, Upload

MIB: Final = 1024 * 1024
MOST_FILE_BYTES: Final = 10 * MIB
MOST_BYTES: Final = 25 * MIB

ROW: Final = 1
BUTTON: Final = 2
TEXT_DISPLAY: Final = 10
LINK: Final = 5
SELECTS: Final = {3, 5, 6, 7, 8}

_SETTABLE_FLAGS: Final = SUPPRESS_EMBEDS | COMPONENTS_V2 | 1 << 12 | 1 << 6
_LEGACY: Final = "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2"


def check_message(body: Json, uploads: Sequence[Upload], before: Message | None = None) -> None:
    """Accept a message to be posted, or the edit of the message there was before.

    Raises:
        Refused: 50035 with every error at its place, 50006 or 40005.
    """
    _check_sizes(uploads)
    errors = FormErrors()
    errors.at_most("content", body.get("content"), 2000)
    _check_nonce(body, errors)
    _check_embeds(body.get("embeds") or [], errors)
    flags = (body.get("flags") or 0) | (before.flags & COMPONENTS_V2 if before else 0)
    if flags & ~_SETTABLE_FLAGS and before is None:
        errors.add("flags", "MESSAGE_FLAGS_INVALID", "Invalid flags.")
    _check_components(body.get("components") or [], errors, is_v2=bool(flags & COMPONENTS_V2))
    if flags & COMPONENTS_V2:
        _check_legacy(body, errors)
    errors.raise_any()
    if _would_be_empty(body, uploads, before):
        raise refused(50006)


def _check_sizes(uploads: Sequence[Upload]) -> None:
    sizes = [len(upload.content) for upload in uploads]
    if sum(sizes) > MOST_BYTES or any(size > MOST_FILE_BYTES for size in sizes):
        raise refused(40005)


def _check_nonce(body: Json, errors: FormErrors) -> None:
    nonce = body.get("nonce")
    if isinstance(nonce, str) and len(nonce) > 25:
        errors.at_most("nonce", nonce, 25)


def _check_legacy(body: Json, errors: FormErrors) -> None:
    for name in ("content", "embeds", "poll", "sticker_ids"):
        if body.get(name):
            message = f"The '{name}' field cannot be used when using MessageFlags.IS_COMPONENTS_V2"
            errors.add(name, _LEGACY, message)


def _would_be_empty(body: Json, uploads: Sequence[Upload], before: Message | None) -> bool:
    now: Json = {}
    if before:
        now = {
            "content": before.content,
            "embeds": before.embeds,
            "attachments": before.attachments,
            "components": before.components,
        }
        now |= {name: body[name] for name in now if name in body}
    else:
        now = body | {"attachments": uploads}
    said = str(now.get("content") or "").strip()
    names = ("embeds", "attachments", "components", "sticker_ids", "poll")
    return not (said or uploads or any(now.get(name) for name in names))


def _check_embeds(embeds: Sequence[Json], errors: FormErrors) -> None:
    if len(embeds) > 10:
        errors.add("embeds", "BASE_TYPE_BAD_LENGTH", "Must be 10 or fewer in length.")
    for place, embed in enumerate(embeds):
        at = f"embeds.{place}"
        errors.at_most(f"{at}.title", embed.get("title"), 256)
        errors.at_most(f"{at}.description", embed.get("description"), 4096)
        errors.at_most(f"{at}.footer.text", (embed.get("footer") or {}).get("text"), 2048)
        errors.at_most(f"{at}.author.name", (embed.get("author") or {}).get("name"), 256)
        fields = embed.get("fields") or []
        if len(fields) > 25:
            errors.add(f"{at}.fields", "BASE_TYPE_MAX_LENGTH", "Must be 25 or fewer in length.")
        for number, field in enumerate(fields):
            for name, limit in (("name", 256), ("value", 1024)):
                path = f"{at}.fields.{number}.{name}"
                if not field.get(name):
                    errors.add(path, "BASE_TYPE_REQUIRED", "This field is required")
                errors.at_most(path, field.get(name), limit)
    if sum(_embed_chars(embed) for embed in embeds) > 6000:
        message = "Embed size exceeds maximum size of 6000"
        errors.add("embeds", "MAX_EMBED_SIZE_EXCEEDED", message)


def _embed_chars(embed: Json) -> int:
    texts = [embed.get("title"), embed.get("description")]
    texts += [
        (embed.get(name) or {}).get(key) for name, key in (("footer", "text"), ("author", "name"))
    ]
    texts += [field.get(name) for field in embed.get("fields") or [] for name in ("name", "value")]
    return sum(len(text) for text in texts if isinstance(text, str))


def _check_components(components: Sequence[Json], errors: FormErrors, *, is_v2: bool) -> None:
    if not is_v2:
        if len(components) > 5:
            message = "Must be between 1 and 5 in length."
            errors.add("components", "BASE_TYPE_BAD_LENGTH", message)
        for place, component in enumerate(components):
            if component.get("type") != ROW:
                path, message = f"components.{place}.type", "Value must be one of {1}."
                errors.add(path, "BASE_TYPE_CHOICES", message)
    everything = list(walk(components))
    if is_v2 and len(everything) > 40:
        errors.add("components", "COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED", "At most 40 in all.")
    texts = [str(each.get("content")) for _, each in everything if each.get("type") == TEXT_DISPLAY]
    if sum(map(len, texts)) > 4000:
        message = "The displayable text of all components must be 4000 or fewer in length."
        errors.add("components", "COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED", message)
    known: set[str] = set()
    for path, component in everything:
        _check_component(path, component, known, errors)


def _check_component(path: str, component: Json, known: set[str], errors: FormErrors) -> None:
    if component.get("type") == ROW:
        inner = component.get("components") or []
        if not 1 <= len(inner) <= 5:
            message = "Must be between 1 and 5 in length."
            errors.add(f"{path}.components", "BASE_TYPE_BAD_LENGTH", message)
        if sum(5 if each.get("type") in SELECTS else 1 for each in inner) > 5:
            message = "Components do not fit into one row."
            errors.add(path, "COMPONENT_LAYOUT_WIDTH_EXCEEDED", message)
    if component.get("type") == BUTTON:
        _check_button(path, component, errors)
    if len(component.get("options") or []) > 25:
        message = "Must be between 1 and 25 in length."
        errors.add(f"{path}.options", "BASE_TYPE_BAD_LENGTH", message)
    custom_id = component.get("custom_id")
    if isinstance(custom_id, str):
        if not 1 <= len(custom_id) <= 100:
            message = "Must be between 1 and 100 in length."
            errors.add(f"{path}.custom_id", "BASE_TYPE_BAD_LENGTH", message)
        if custom_id in known:
            message = "Component custom id cannot be duplicated"
            errors.add(f"{path}.custom_id", "COMPONENT_CUSTOM_ID_DUPLICATED", message)
        known.add(custom_id)


def _check_button(path: str, button: Json, errors: FormErrors) -> None:
    errors.at_most(f"{path}.label", button.get("label"), 80)
    if not button.get("label") and not button.get("emoji"):
        errors.add(path, "BUTTON_COMPONENT_INVALID_EMOJI_OR_LABEL", "A label or emoji is needed")
    is_link = button.get("style") == LINK
    needed, barred = ("url", "custom_id") if is_link else ("custom_id", "url")
    if not button.get(needed):
        code = "BUTTON_COMPONENT_URL_REQUIRED" if is_link else "BUTTON_COMPONENT_CUSTOM_ID_REQUIRED"
        errors.add(f"{path}.{needed}", code, f"A {needed} is required")
    if button.get(barred):
        message = "A custom id and url cannot both be specified"
        errors.add(path, "BUTTON_COMPONENT_CUSTOM_ID_AND_URL", message)


def walk(components: Sequence[Any], path: str = "components") -> Iterator[tuple[str, Json]]:
    """Yield each component with its dotted path, the outer ones first."""
    for place, component in enumerate(components):
        here = f"{path}.{place}"
        yield here, component
        yield from walk(component.get("components") or [], f"{here}.components")
        if accessory := component.get("accessory"):
            yield f"{here}.accessory", accessory
