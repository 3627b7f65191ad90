"""The events of the Events API, as they are told."""

from typing import Final

from tests.fakes.slack.deliveries import EVENT, Delivery
from tests.fakes.slack.world import APP_ID, Channel, Json, Team, World

VERIFICATION_TOKEN: Final = "not-a-verification-token"
_BY_KIND: Final = {"channel": "channels", "group": "groups"}


def event_delivery(world: World, team: Team, event: Json, channel: Channel | None) -> Delivery:
    """Wrap an event for one workspace."""
    authorization = {
        "enterprise_id": team.enterprise_id or None,
        "team_id": team.id,
        "user_id": team.bot.id,
        "is_bot": True,
        "is_enterprise_install": False,
    }
    payload: Json = {
        "token": VERIFICATION_TOKEN,
        "team_id": team.id,
        "context_team_id": team.id,
        "context_enterprise_id": team.enterprise_id or None,
        "api_app_id": APP_ID,
        "event": event,
        "type": "event_callback",
        "event_id": world.new_id("Ev"),
        "event_time": int(world.clock.now().timestamp()),
        "authorizations": [authorization],
        "is_ext_shared_channel": bool(channel and channel.teams),
        "event_context": "4-not-a-context",
    }
    return Delivery(EVENT, payload, team)


def is_subscribed(world: World, event: Json) -> bool:
    """Return whether the app asked to be told of such events."""
    if world.subscribed is None:
        return True
    name = event["type"]
    if name == "message":
        kind = event["channel_type"]
        name = f"message.{_BY_KIND.get(kind, kind)}"
    return name in world.subscribed
