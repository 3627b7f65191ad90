"""What the app is, for Slack: made from the same commands as everything else. Pure.

Slack takes it under *Create New App, From a manifest*, and later on the page *App Manifest*.
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

from bot.commands.command import Audience, Command
from bot.platforms.slack.addresses import ASK_ABOUT
from config.chats import SlackSettings

SCOPES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "app_mentions:read": "to hear who names the bot",
        "assistant:write": "to be an agent: prompts, and the title and status of a session",
        "channels:history": "to hear its threads in public channels, and what they began with",
        "channels:read": "to know that a channel is public: only there answers may be shared",
        "chat:write": "to answer",
        "commands": "for /ask and the like, and the menu of messages",
        "files:read": "to read what is attached to a question",
        "files:write": "to attach what is too long for a post",
        "groups:history": "to hear its threads in private channels it was invited to",
        "groups:read": "to know that a channel is private",
        "im:history": "to hear what it is told directly",
        "im:read": "to know that nobody else reads along",
        "mpim:history": "to hear who names it among several people",
        "mpim:read": "to know that others read along",
        "usergroups:read": "for rules and budgets of user groups",
        "users:read": "to know names, admins, guests and strangers",
    }
)
"""All the bot may do, each with its reason."""

EVENTS: Final = (
    "agent_session_stopped",
    "app_home_opened",
    "app_mention",
    "app_uninstalled",
    "message.channels",
    "message.groups",
    "message.im",
    "message.mpim",
    "tokens_revoked",
)
"""What Slack tells the bot of."""

TAKEN: Final = frozenset(
    {
        *("active", "archive", "away", "call", "collapse", "dm", "dnd", "expand", "feed", "invite"),
        *("join", "kick", "leave", "me", "msg", "mute", "open", "prefs", "pro", "remind", "remove"),
        *("rename", "search", "shortcuts", "shrug", "star", "status", "topic", "who"),
    }
)
"""Slack's own slash commands: with one of these it refuses the whole manifest."""

_MOST_COMMANDS: Final = 50
_MOST_PROMPTS: Final = 4

_NAME: Final = "Pointsman"
_DESCRIPTION: Final = "Sends every message to the cheapest model that is good enough for it"
_LONG_DESCRIPTION: Final = (
    "Ask anything: in a direct message, by naming it in a channel, or by /ask. Each message goes "
    "to the cheapest language model that is good enough for it and allowed to see it. Under each "
    "answer stands which model gave it, why, and what it cost. Admins set budgets and rules."
)
_COLOUR: Final = "#1f2937"


def manifest(settings: SlackSettings, commands: Sequence[Command]) -> dict[str, Any]:
    """Return the whole manifest.

    Slack calls by HTTP where it is told an address and there is no token for sockets, so much as
    named.

    Args:
        settings: Of Slack.
        commands: All there are; those of the operator are left out.
    """
    public = settings.public_url.reveal() if settings.public_url else None
    address = public.rstrip("/") if public else ""
    calls = "" if settings.app_token else address
    return {
        "_metadata": {"major_version": 2, "minor_version": 1},
        "display_information": {
            "name": _NAME,
            "description": _DESCRIPTION,
            "long_description": _LONG_DESCRIPTION,
            "background_color": _COLOUR,
        },
        "features": _features(settings, commands, calls),
        "oauth_config": {
            **({"redirect_urls": [f"{address}/slack/oauth_redirect"]} if address else {}),
            "scopes": {"bot": list(SCOPES)},
        },
        "settings": {
            "event_subscriptions": {**_called_at(calls, "events"), "bot_events": list(EVENTS)},
            "interactivity": {"is_enabled": True, **_called_at(calls, "interactions")},
            "org_deploy_enabled": bool(settings.install.client_id),
            "socket_mode_enabled": not calls,
            "token_rotation_enabled": False,
        },
    }


def _features(settings: SlackSettings, commands: Sequence[Command], calls: str) -> dict[str, Any]:
    return {
        "agent_view": {
            "agent_description": _DESCRIPTION,
            "suggested_prompts": [
                {"title": prompt, "message": prompt} for prompt in settings.prompts[:_MOST_PROMPTS]
            ],
        },
        "app_home": {
            "home_tab_enabled": True,
            "messages_tab_enabled": True,
            "messages_tab_read_only_enabled": False,
        },
        "bot_user": {"display_name": _NAME, "always_online": True},
        "shortcuts": [
            {
                "name": "Ask about this",
                "type": "message",
                "callback_id": ASK_ABOUT,
                "description": "Ask a question about this message",
            }
        ],
        "slash_commands": _slash_commands(commands, calls),
    }


def _slash_commands(commands: Sequence[Command], calls: str) -> list[dict[str, Any]]:
    offered = [("ask", "ask a question; everybody here sees the answer", "QUESTION")]
    offered += [
        (each.name, each.summary, each.usage)
        for each in commands
        if each.audience is not Audience.OPERATOR and each.name not in TAKEN
    ]
    return [
        {
            "command": f"/{name}",
            "description": summary,
            **({"usage_hint": usage} if usage else {}),
            "should_escape": True,  # people and channels come by id, not by name
            **({"url": f"{calls}/slack/commands"} if calls else {}),
        }
        for name, summary, usage in offered[:_MOST_COMMANDS]
    ]


def _called_at(calls: str, what: str) -> dict[str, str]:
    return {"request_url": f"{calls}/slack/{what}"} if calls else {}
