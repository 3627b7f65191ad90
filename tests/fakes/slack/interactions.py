"""What a person does with the app beyond saying something: commands, buttons, modals."""

from collections.abc import Iterator, Mapping
from typing import Any

from tests.fakes.impossible import Impossible
from tests.fakes.slack.deliveries import COMMAND, INTERACTION, Delivery
from tests.fakes.slack.events import VERIFICATION_TOKEN
from tests.fakes.slack.payloads import message_json, with_ids
from tests.fakes.slack.response_urls import answer, new_response_url
from tests.fakes.slack.view_methods import view_json
from tests.fakes.slack.world import (
    APP_ID,
    Channel,
    Json,
    Message,
    ResponseUrl,
    Trigger,
    User,
    World,
)


class NotOffered(Impossible):
    """Slack's client would not let this person do this here."""


class Interaction:
    """One thing a person did, and what came of it.

    Attributes:
        delivery: How the app is told.
        trigger_id: With which the app may open a modal.
        response: Where it may answer; None: nowhere.
        errors: What it said is wrong with a modal, by block.
    """

    def __init__(self, user: User, delivery: Delivery, trigger_id: str) -> None:
        self.user = user
        self.delivery = delivery
        self.trigger_id = trigger_id
        self.response: ResponseUrl | None = None
        self.errors: dict[str, str] = {}

    @property
    def answers(self) -> list[str]:
        """Return what was answered, as a person reads it, whoever sees it."""
        return [each.shown for each in self.response.answers] if self.response else []


class Interactions:
    """Makes them."""

    def __init__(self, world: World) -> None:
        self._world = world

    def slash(self, user: User, channel: Channel, name: str, text: str) -> Interaction:
        """Let somebody use a command."""
        payload, url = self._begin(user, channel)
        told = {
            "token": VERIFICATION_TOKEN,
            "team_id": user.team.id,
            "team_domain": user.team.name,
            "channel_id": channel.id,
            "channel_name": "directmessage" if channel.is_direct else channel.name,
            "user_id": user.id,
            "user_name": user.name,
            "command": "/" + name.removeprefix("/"),
            "text": text,
            "api_app_id": APP_ID,
            "is_enterprise_install": "false",
            "response_url": payload["response_url"],
            "trigger_id": payload["trigger_id"],
        }
        if user.team.enterprise_id:
            told |= {"enterprise_id": user.team.enterprise_id, "enterprise_name": "grid"}
        interaction = Interaction(
            user, Delivery(COMMAND, told, user.team), str(payload["trigger_id"])
        )
        interaction.response = url
        interaction.delivery.on_response = lambda said: self._answered(url, said)
        return interaction

    def shortcut(self, user: User, callback_id: str, message: Message | None) -> Interaction:
        """Let somebody choose a shortcut, of a message or of none."""
        if message is None:
            payload = self._common(user) | {"type": "shortcut", "callback_id": callback_id}
            return self._told(user, payload, None)
        payload, url = self._begin(user, message.channel)
        payload |= {
            "type": "message_action",
            "callback_id": callback_id,
            "message_ts": message.ts,
            "message": message_json(message),
        }
        return self._told(user, payload, url)

    def press(
        self, user: User, message: Message, action_id: str, given: Mapping[str, Any]
    ) -> Interaction:
        """Let somebody press a button, or choose from a list."""
        block, element = find_element(with_ids(message.blocks), action_id)
        payload, url = self._begin(user, message.channel)
        url.original = message
        url.thread_ts = message.thread_ts if message.is_reply else ""
        container = {
            "type": "message",
            "message_ts": message.ts,
            "channel_id": message.channel.id,
            "is_ephemeral": message.for_user is not None,
        }
        if message.is_reply:
            container["thread_ts"] = message.thread_ts
        payload |= {
            "type": "block_actions",
            "container": container,
            "message": message_json(message),
            "state": {"values": {}},
            "actions": [self._action(block, element, given)],
        }
        return self._told(user, payload, url)

    def press_in_view(
        self, user: User, view: Json, action_id: str, given: Mapping[str, Any]
    ) -> Interaction:
        """Let somebody press a button of their Home tab, or of a modal."""
        block, element = find_element(view["blocks"], action_id)
        payload = self._common(user) | {
            "type": "block_actions",
            "container": {"type": "view", "view_id": view["id"]},
            "view": view,
            "actions": [self._action(block, element, given)],
        }
        return self._told(user, payload, None)

    def submit(self, user: User, view: Json, values: Mapping[str, Any]) -> Interaction:
        """Let somebody send a modal; values by action id, a text or what Slack would write."""
        state: Json = {}
        for block in view["blocks"]:
            if block["type"] != "input":
                continue
            element = block["element"]
            value = _stated(element, values.get(element.get("action_id", "")))
            state.setdefault(block["block_id"], {})[element["action_id"]] = value
        view = view | {"state": {"values": state}}
        payload = self._common(user) | {"type": "view_submission", "view": view}
        payload["response_urls"] = []
        interaction = self._told(user, payload, None)
        interaction.delivery.on_response = lambda said: self._submitted(interaction, view, said)
        return interaction

    def close(self, user: User, view: Json) -> Interaction:
        """Let somebody close a modal that wants to know."""
        payload = self._common(user) | {"type": "view_closed", "view": view, "is_cleared": False}
        return self._told(user, payload, None)

    def suggest(
        self, user: User, holder: Message | Json, action_id: str, typed: str
    ) -> Interaction:
        """Let somebody type into a list whose options the app suggests."""
        blocks = with_ids(holder.blocks) if isinstance(holder, Message) else holder["blocks"]
        block, _ = find_element(blocks, action_id)
        payload = self._common(user) | {
            "type": "block_suggestion",
            "action_id": action_id,
            "block_id": block["block_id"],
            "value": typed,
        }
        if not isinstance(holder, Message):
            payload["view"] = holder
        return self._told(user, payload, None)

    def _common(self, user: User) -> Json:
        world, team = self._world, user.team
        trigger_id = world.new_id("X")
        world.triggers[trigger_id] = Trigger(user, team, world.clock.elapsed_s())
        enterprise = {"id": team.enterprise_id, "name": "grid"} if team.enterprise_id else None
        return {
            "token": VERIFICATION_TOKEN,
            "api_app_id": APP_ID,
            "team": {"id": team.id, "domain": team.name},
            "enterprise": enterprise,
            "is_enterprise_install": False,
            "user": {"id": user.id, "username": user.name, "name": user.name, "team_id": team.id},
            "trigger_id": trigger_id,
            "action_ts": world.new_ts(),
        }

    def _begin(self, user: User, channel: Channel) -> tuple[Json, ResponseUrl]:
        url = ResponseUrl(user, channel, self._world.clock.elapsed_s())
        payload = self._common(user)
        payload["response_url"] = new_response_url(self._world, url)
        name = "directmessage" if channel.is_direct else channel.name
        payload["channel"] = {"id": channel.id, "name": name}
        return payload, url

    def _told(self, user: User, payload: Json, url: ResponseUrl | None) -> Interaction:
        delivery = Delivery(INTERACTION, payload, user.team)
        interaction = Interaction(user, delivery, payload["trigger_id"])
        interaction.response = url
        return interaction

    def _action(self, block: Json, element: Json, given: Mapping[str, Any]) -> Json:
        action = {
            "type": element["type"],
            "action_id": element["action_id"],
            "block_id": block["block_id"],
            "action_ts": self._world.new_ts(),
        }
        for name in ("text", "value"):
            if name in element:
                action[name] = element[name]
        return action | dict(given)

    def _answered(self, url: ResponseUrl, said: Json | None) -> None:
        if said and (said.get("text") or said.get("blocks")):
            answer(self._world, url, said)

    def _submitted(self, interaction: Interaction, view: Json, said: Json | None) -> None:
        world, user = self._world, interaction.user
        stack = world.modals.get(user.id, [])
        match (said or {}).get("response_action"):
            case "errors":
                interaction.errors = dict((said or {})["errors"])
            case "update":
                view_json(world, user.team, (said or {})["view"], view["id"])
            case "push":
                stack.append(view_json(world, user.team, (said or {})["view"])["id"])
            case "clear":
                stack.clear()
            case _ if view["id"] in stack:
                stack.remove(view["id"])
        world.changed.set()


def find_element(blocks: list[Json], action_id: str) -> tuple[Json, Json]:
    """Return the block and the element with an action id.

    Raises:
        NotOffered: There is none to be seen.
    """
    for block in blocks:
        for element in _elements(block):
            if element.get("action_id") == action_id:
                return block, element
    raise NotOffered(f"nothing here is {action_id}")


def _elements(block: Json) -> Iterator[Json]:
    yield from block.get("elements", [])
    for name in ("accessory", "element"):
        if name in block:
            yield block[name]


def given_by(element: Json, side: str, values: list[str]) -> Json:
    """Return what a press of an element tells beyond it: what was chosen."""
    match element["type"]:
        case "feedback_buttons":
            button = element[f"{side or 'positive'}_button"]
            return {"text": button["text"], "value": button["value"]}
        case "static_select" | "radio_buttons" | "overflow" | "external_select":
            return {"selected_option": _option(element, values[0])}
        case "multi_static_select" | "checkboxes":
            return {"selected_options": [_option(element, each) for each in values]}
        case "users_select" | "channels_select" | "conversations_select":
            return {f"selected_{element['type'].removesuffix('s_select')}": values[0]}
        case _:
            return {}


def _option(element: Json, value: str) -> Json:
    for option in element.get("options", []):
        if option["value"] == value:
            return dict(option)
    if element["type"] == "external_select":
        return {"text": {"type": "plain_text", "text": value}, "value": value}
    raise NotOffered(f"{value} is no option of {element['action_id']}")


def _stated(element: Json, value: Any) -> Json:
    if isinstance(value, dict):
        return {"type": element["type"], **value}
    kind = element["type"]
    if kind.endswith("_input"):
        return {"type": kind, "value": element.get("initial_value") if value is None else value}
    if value is None:
        return {"type": kind, "selected_option": element.get("initial_option")}
    chosen = value if isinstance(value, list) else [value]
    return {"type": kind, **given_by(element, "", chosen)}
