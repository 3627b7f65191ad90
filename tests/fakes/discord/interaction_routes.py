"""The routes that answer interactions: the callback, and the webhook of its token."""

from typing import Final

from tests.fakes.discord.asks import Answer, Ask, Handler
from tests.fakes.discord.checking import check_message
from tests.fakes.discord.interactions import (
    ANSWER,
    CHOICES,
    DEFER,
    DEFER_UPDATE,
    MODAL,
    MOST_FOLLOW_UPS,
    UPDATE,
    Interaction,
)
from tests.fakes.discord.limits import Route
from tests.fakes.discord.payloads import message_json
from tests.fakes.discord.posts import (
    COMMAND_ANSWER,
    MENU_ANSWER,
    REPLY,
    fill,
    new_message,
    post,
    remove,
    revise,
)
from tests.fakes.discord.refusals import FormErrors, Json, refused
from tests.fakes.discord.world import EPHEMERAL, LOADING, Message, Reference, World

_HOOK: Final = "/webhooks/{webhook_id}/{webhook_token}"
_MENUS: Final = {2, 3}


def _callback(world: World, ask: Ask) -> Answer:
    interaction = world.interactions.get(ask.places["interaction_token"])
    if interaction is None or str(interaction.id) != ask.places["interaction_id"]:
        raise refused(10062)
    if interaction.acknowledged_at:
        raise refused(40060)
    if interaction.is_late:
        raise refused(10062)
    answer_kind = int(ask.form.get("type", 0))
    data: Json = ask.form.get("data") or {}
    resource = _carry_out(world, interaction, answer_kind, data, ask)
    interaction.acknowledge(answer_kind)
    if ask.query.get("with_response", "").lower() not in {"1", "true"}:
        return None
    return _answer_json(world, interaction, resource)


def _carry_out(
    world: World, interaction: Interaction, answer_kind: int, data: Json, ask: Ask
) -> Message | None:
    if answer_kind in {ANSWER, DEFER}:
        return _answer(world, interaction, answer_kind, data, ask)
    if answer_kind in {DEFER_UPDATE, UPDATE} and interaction.message:
        interaction.original = interaction.message
        if answer_kind == UPDATE:
            check_message(data, ask.uploads, before=interaction.message)
            revise(world, interaction.message, data, ask.uploads)
        return interaction.message
    if answer_kind == CHOICES:
        _check_choices(data)
        interaction.choices = list(data.get("choices") or [])
        return None
    if answer_kind == MODAL:
        _check_modal(data)
        interaction.modal = data
        return None
    errors = FormErrors()
    errors.add("type", "BASE_TYPE_CHOICES", "Value must be one of {4, 5, 6, 7, 8, 9}.")
    raise errors.refusal()


def _answer(
    world: World, interaction: Interaction, answer_kind: int, data: Json, ask: Ask
) -> Message:
    if answer_kind == ANSWER:
        check_message(data, ask.uploads)
    message = _new_answer(world, interaction)
    message.flags = int(data.get("flags") or 0) & EPHEMERAL
    message.for_user = interaction.user if message.is_ephemeral else None
    if answer_kind == DEFER:
        message.flags |= LOADING
        world.note_text(message)
    else:
        fill(world, message, data, ask.uploads)
    interaction.original = message
    return post(world, message)


def _new_answer(world: World, interaction: Interaction) -> Message:
    message = new_message(world, interaction.channel, world.bot)
    message.interaction = interaction
    if interaction.message:
        there = interaction.message
        guild_id = there.channel.guild.id if there.channel.guild else None
        message.kind = REPLY
        message.reference = Reference(there.id, there.channel.id, guild_id, there)
    else:
        is_of_menu = interaction.data.get("type") in _MENUS
        message.kind = MENU_ANSWER if is_of_menu else COMMAND_ANSWER
    return message


def _check_choices(data: Json) -> None:
    errors = FormErrors()
    choices = data.get("choices") or []
    if len(choices) > 25:
        errors.add("choices", "BASE_TYPE_MAX_LENGTH", "Must be 25 or fewer in length.")
    for place, choice in enumerate(choices):
        for name in ("name", "value"):
            errors.at_most(f"data.choices.{place}.{name}", choice.get(name), 100)
    errors.raise_any()


def _check_modal(data: Json) -> None:
    errors = FormErrors()
    errors.at_most("data.title", data.get("title"), 45)
    errors.at_most("data.custom_id", data.get("custom_id"), 100)
    if not 1 <= len(data.get("components") or []) <= 5:
        message = "Must be between 1 and 5 in length."
        errors.add("data.components", "BASE_TYPE_BAD_LENGTH", message)
    errors.raise_any()


def _answer_json(world: World, interaction: Interaction, resource: Message | None) -> Json:
    told: Json = {"id": str(interaction.id), "type": interaction.kind}
    written: Json = {"interaction": told}
    if resource:
        told["response_message_id"] = str(resource.id)
        told["response_message_loading"] = resource.is_loading
        told["response_message_ephemeral"] = resource.is_ephemeral
    if resource and interaction.answer_kind in {ANSWER, UPDATE}:
        written["resource"] = {
            "type": interaction.answer_kind,
            "message": _shown(world, resource),
        }
    return written


def _follow_up(world: World, ask: Ask) -> Answer:
    interaction = _interaction_of(world, ask)
    original = interaction.original
    if interaction.answer_kind == DEFER and original and original.is_loading:
        check_message(ask.form, ask.uploads, before=original)
        return _shown(world, revise(world, original, ask.form, ask.uploads))
    if interaction.is_user_installed and len(interaction.follow_ups) >= MOST_FOLLOW_UPS:
        raise refused(40094)
    check_message(ask.form, ask.uploads)
    message = _new_answer(world, interaction)
    message.kind = REPLY
    if original and not message.reference:
        guild_id = original.channel.guild.id if original.channel.guild else None
        message.reference = Reference(original.id, original.channel.id, guild_id, original)
    message.flags = int(ask.form.get("flags") or 0) & EPHEMERAL
    message.for_user = interaction.user if message.is_ephemeral else None
    fill(world, message, ask.form, ask.uploads)
    interaction.follow_ups.append(message)
    return _shown(world, post(world, message))


def _read_original(world: World, ask: Ask) -> Answer:
    return _shown(world, _original_of(world, ask))


def _edit_original(world: World, ask: Ask) -> Answer:
    message = _original_of(world, ask)
    check_message(ask.form, ask.uploads, before=message)
    return _shown(world, revise(world, message, ask.form, ask.uploads))


def _delete_original(world: World, ask: Ask) -> Answer:
    remove(world, _original_of(world, ask))
    return None


def _read(world: World, ask: Ask) -> Answer:
    return _shown(world, _message_of(world, ask))


def _edit(world: World, ask: Ask) -> Answer:
    message = _message_of(world, ask)
    check_message(ask.form, ask.uploads, before=message)
    return _shown(world, revise(world, message, ask.form, ask.uploads))


def _delete(world: World, ask: Ask) -> Answer:
    remove(world, _message_of(world, ask))
    return None


def _interaction_of(world: World, ask: Ask) -> Interaction:
    interaction = world.interactions.get(ask.places["webhook_token"])
    is_known = interaction and ask.places["webhook_id"] == str(world.bot.id)
    if interaction is None or not is_known or not interaction.acknowledged_at:
        raise refused(10015)
    if interaction.is_expired:
        raise refused(50027)
    return interaction


def _original_of(world: World, ask: Ask) -> Message:
    original = _interaction_of(world, ask).original
    if original is None or original.is_deleted:
        raise refused(10008)
    return original


def _message_of(world: World, ask: Ask) -> Message:
    interaction = _interaction_of(world, ask)
    message_id = ask.id_of("message_id")
    for message in (interaction.original, *interaction.follow_ups):
        if message and message.id == message_id and not message.is_deleted:
            return message
    raise refused(10008)


def _shown(world: World, message: Message) -> Json:
    return message_json(message, world, sees_content=True)


ROUTES: Final[dict[Route, Handler]] = {
    ("POST", "/interactions/{interaction_id}/{interaction_token}/callback"): _callback,
    ("POST", _HOOK): _follow_up,
    ("GET", f"{_HOOK}/messages/@original"): _read_original,
    ("PATCH", f"{_HOOK}/messages/@original"): _edit_original,
    ("DELETE", f"{_HOOK}/messages/@original"): _delete_original,
    ("GET", f"{_HOOK}/messages/{{message_id}}"): _read,
    ("PATCH", f"{_HOOK}/messages/{{message_id}}"): _edit,
    ("DELETE", f"{_HOOK}/messages/{{message_id}}"): _delete,
}
