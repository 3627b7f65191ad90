"""What people can do with the bot's commands and components, turned into interactions."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from tests.fakes.discord.checking import BUTTON, walk
from tests.fakes.discord.interactions import (
    AUTOCOMPLETE,
    COMMAND,
    COMPONENT,
    MODAL_SUBMIT,
    Interaction,
    NotOffered,
    context_of,
)
from tests.fakes.discord.payloads import (
    attachment_json,
    member_json,
    message_json,
    resolved_permissions,
    user_json,
)
from tests.fakes.discord.permissions import Permission
from tests.fakes.discord.refusals import Json
from tests.fakes.discord.world import Channel, Message, Upload, User, World

SLASH: Final = 1
ON_MESSAGE: Final = 3

_SUB_COMMANDS: Final = {1, 2}
_USER_OPTION: Final = 6
_ATTACHMENT_OPTION: Final = 11


def begin(
    world: World,
    kind: int,
    user: User,
    channel: Channel,
    data: Json,
    *,
    message: Message | None = None,
) -> Interaction:
    """Let a person do something; the bot is told."""
    is_user_installed = _is_user_installed(channel)
    interaction = Interaction(
        world, world.new_id(), kind, user, channel, data, world.clock.now(), message
    )
    interaction.is_user_installed = is_user_installed
    world.interactions[interaction.token] = interaction
    world.announce(interaction.event())
    return interaction


def slash(
    world: World, user: User, channel: Channel, name: str, options: Mapping[str, Any]
) -> Interaction:
    """Let a person use a slash command; `name` has its sub-commands after blanks."""
    return begin(world, COMMAND, user, channel, _slash_data(world, user, channel, name, options))


def autocomplete(
    world: World, user: User, channel: Channel, name: str, options: Mapping[str, Any]
) -> Interaction:
    """Let a person type into an option, the last one given."""
    data = _slash_data(world, user, channel, name, options, is_typing=True)
    return begin(world, AUTOCOMPLETE, user, channel, data)


def menu(world: World, user: User, message: Message, name: str) -> Interaction:
    """Let a person choose from a message's menu; what it says comes with it."""
    channel = message.channel
    command = _offered(world, user, channel, name, ON_MESSAGE)
    written = message_json(message, world, sees_content=True)
    data: Json = {
        "id": command["id"],
        "name": name,
        "type": ON_MESSAGE,
        "target_id": str(message.id),
        "resolved": {"messages": {str(message.id): written}},
    }
    return begin(world, COMMAND, user, channel, data)


def press(
    world: World, user: User, message: Message, custom_id: str, values: Sequence[str] = ()
) -> Interaction:
    """Let a person press a button, or choose from a select where values are given."""
    for _, component in walk(message.components):
        if component.get("custom_id") == custom_id and not component.get("disabled"):
            break
    else:
        raise NotOffered(f"{custom_id} cannot be pressed on {message.content!r}")
    data: Json = {"custom_id": custom_id, "component_type": component.get("type", BUTTON), "id": 2}
    if values:
        data |= {"values": list(values)}
    return begin(world, COMPONENT, user, message.channel, data, message=message)


def submit(asked: Interaction, texts: Mapping[str, str]) -> Interaction:
    """Let a person send the modal the bot asked with, by the custom ids of its fields."""
    if asked.modal is None:
        raise NotOffered("no modal was opened")
    fields = {each.get("custom_id") for _, each in walk_modal(asked.modal)}
    if unknown := set(texts) - fields:
        raise NotOffered(f"the modal has no {unknown}")
    rows = [_filled_in(each, texts) for each in asked.modal["components"]]
    data: Json = {"custom_id": asked.modal["custom_id"], "components": rows}
    sent = begin(asked.world, MODAL_SUBMIT, asked.user, asked.channel, data, message=asked.message)
    sent.opener = asked
    return sent


def _filled_in(holder: Json, texts: Mapping[str, str]) -> Json:
    """Return a label or a row of a modal with what was written into its line."""
    line = holder["component"] if "component" in holder else holder["components"][0]
    text = texts.get(line["custom_id"], line.get("value") or "")
    if line.get("required", True) and not text:
        raise NotOffered(f"{line['custom_id']} has to be filled in")
    sent = {"type": line["type"], "id": 2, "custom_id": line["custom_id"], "value": text}
    place = {"component": sent} if "component" in holder else {"components": [sent]}
    return {"type": holder["type"], "id": 1, **place}


def walk_modal(modal: Json) -> list[tuple[str, Json]]:
    """Return each component of a modal, those inside labels too."""
    inner = [each["component"] for each in modal.get("components", []) if "component" in each]
    return [*walk(modal.get("components", [])), *walk(inner)]


def _slash_data(
    world: World,
    user: User,
    channel: Channel,
    name: str,
    options: Mapping[str, Any],
    *,
    is_typing: bool = False,
) -> Json:
    first, *rest = name.split()
    command = _offered(world, user, channel, first, SLASH)
    declared: Json = command
    path: list[Json] = []
    for step in rest:
        declared = next(
            (each for each in declared.get("options") or [] if each["name"] == step), {}
        )
        if declared.get("type") not in _SUB_COMMANDS:
            raise NotOffered(f"/{name}: there is no {step}")
        path.append(declared)
    resolved: Json = {}
    known = {each["name"]: each for each in declared.get("options") or []}
    given = [_option(world, channel, known, each, resolved) for each in options.items()]
    if is_typing:
        given[-1]["focused"] = True
    missing = [each for each in known if known[each].get("required") and each not in options]
    if missing and not is_typing:
        raise NotOffered(f"/{name} needs {', '.join(missing)}")
    for outer in reversed(path):
        given = [{"name": outer["name"], "type": outer["type"], "options": given}]
    data: Json = {"id": command["id"], "name": first, "type": SLASH, "options": given}
    return data | ({"resolved": resolved} if resolved else {})


def _option(
    world: World,
    channel: Channel,
    known: Mapping[str, Json],
    given: tuple[str, Any],
    resolved: Json,
) -> Json:
    name, value = given
    if name not in known:
        raise NotOffered(f"there is no option {name}")
    kind = known[name]["type"]
    if kind == _ATTACHMENT_OPTION and isinstance(value, Upload):
        attachment = world.store(value, channel.id)
        resolved.setdefault("attachments", {})[str(attachment.id)] = attachment_json(
            attachment, world
        )
        value = str(attachment.id)
    if kind == _USER_OPTION and isinstance(value, User):
        resolved.setdefault("users", {})[str(value.id)] = user_json(value)
        if channel.guild and (member := channel.guild.members.get(value.id)):
            written = member_json(member, with_user=False)
            written |= {"permissions": resolved_permissions(value, channel)}
            resolved.setdefault("members", {})[str(value.id)] = written
        value = str(value.id)
    return {"name": name, "type": kind, "value": value}


def _offered(world: World, user: User, channel: Channel, name: str, kind: int) -> Json:
    guild = channel.guild
    own = world.commands.get(guild.id, []) if guild else []
    command = next(
        (
            each
            for each in (*own, *world.commands.get(None, []))
            if (each["name"], each["type"]) == (name, kind)
        ),
        None,
    )
    if command is None:
        raise NotOffered(f"there is no command {name!r}")
    contexts = command.get("contexts")
    if contexts is not None and context_of(channel) not in contexts:
        raise NotOffered(f"{name} is not for this kind of place")
    if int(_is_user_installed(channel)) not in (command.get("integration_types") or [0]):
        raise NotOffered(f"{name} is not for this way of having the bot")
    needed = command.get("default_member_permissions")
    if needed is not None and guild:
        granted = int(resolved_permissions(user, channel))
        is_admin = granted & Permission.ADMINISTRATOR
        if not is_admin and (granted & int(needed) != int(needed) or needed == "0"):
            raise NotOffered(f"{name} needs permissions {needed}")
    return command


def _is_user_installed(channel: Channel) -> bool:
    if channel.guild:
        return channel.world.bot.id not in channel.guild.members
    return context_of(channel) != 1
