"""views.*: modals, which need somebody's trigger, and the Home tab."""

from collections.abc import Mapping
from typing import Final

from tests.fakes.slack.asks import Ask, Method, method
from tests.fakes.slack.blocks import check_view
from tests.fakes.slack.mentions import live_in_blocks
from tests.fakes.slack.payloads import with_ids
from tests.fakes.slack.refusals import refused
from tests.fakes.slack.world import APP_ID, Json, Team, User, World

TRIGGER_LIFE_S: Final = 3.0


def view_json(world: World, team: Team, asked: Json, view_id: str = "") -> Json:
    """Write a view as Slack keeps it, and keep it.

    Raises:
        Refused: It is not of the form it must have.
    """
    check_view(asked)
    for mention in live_in_blocks(asked["blocks"], is_for_one=True):
        world.pings.append((mention, "view"))
    view_id = view_id or world.new_id("V")
    view = world.views[view_id] = asked | {
        "id": view_id,
        "blocks": with_ids(asked["blocks"]),
        "team_id": team.id,
        "hash": f"{world.new_ts()}.hash",
        "app_id": APP_ID,
        "bot_id": team.bot_id,
        "root_view_id": view_id,
        "private_metadata": asked.get("private_metadata", ""),
        "callback_id": asked.get("callback_id", ""),
        "state": {"values": {}},
    }
    world.changed.set()
    return view


def _triggered(ask: Ask) -> User:
    trigger = ask.world.triggers.get(ask.text("trigger_id"))
    if trigger is None or trigger.team is not ask.team:
        raise refused("invalid_trigger_id")
    if ask.world.clock.elapsed_s() - trigger.made_at_s > TRIGGER_LIFE_S:
        raise refused("expired_trigger_id")
    if trigger.is_used:
        raise refused("exchanged_trigger_id")
    trigger.is_used = True
    return trigger.user


def _open(ask: Ask) -> Json:
    if ask.args["view"].get("type") != "modal":
        raise refused("invalid_arguments", "view.type: must be modal")
    # A view that Slack refuses does not use the trigger up.
    check_view(ask.args["view"])
    user = _triggered(ask)
    view = view_json(ask.world, ask.team, ask.args["view"])
    ask.world.modals[user.id] = [*ask.world.modals.get(user.id, []), view["id"]]
    return {"view": view}


def _update(ask: Ask) -> Json:
    external = ask.text("external_id")
    found = [
        view
        for view in ask.world.views.values()
        if view["id"] == ask.text("view_id") or (external and view.get("external_id") == external)
    ]
    if not found or found[0]["team_id"] != ask.team.id:
        raise refused("not_found")
    if ask.text("hash") not in {"", found[0]["hash"]}:
        raise refused("hash_conflict")
    return {"view": view_json(ask.world, ask.team, ask.args["view"], found[0]["id"])}


def _publish(ask: Ask) -> Json:
    user = ask.user("user_id")
    if ask.args["view"].get("type") != "home":
        raise refused("invalid_arguments", "view.type: must be home")
    before = ask.world.homes.get(user.id)
    if ask.text("hash") and before and ask.text("hash") != before["hash"]:
        raise refused("hash_conflict")
    view = view_json(ask.world, ask.team, ask.args["view"], before["id"] if before else "")
    ask.world.homes[user.id] = view
    return {"view": view}


METHODS: Final[Mapping[str, Method]] = {
    "views.open": method(_open, 4, "trigger_id view", "interactivity_pointer"),
    "views.push": method(_open, 4, "trigger_id view", "interactivity_pointer"),
    "views.update": method(_update, 4, "view", "view_id external_id hash"),
    "views.publish": method(_publish, 4, "user_id view", "hash"),
}
