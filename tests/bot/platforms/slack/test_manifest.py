"""The manifest asks for what the bot uses, no less and no more."""

import re
from pathlib import Path
from typing import Any, Final

import pytest

import bot.platforms.slack as package
from bot.commands.command import Audience
from bot.commands.everything import COMMANDS
from bot.platforms.slack.manifest import EVENTS, SCOPES, TAKEN, manifest
from config.chats import SlackInstallSettings, SlackSettings
from config.references import Address, Resolved, Secret, Unset

METHOD: Final = re.compile(
    r'"((?:agents|apps|assistant|auth|bots|chat|conversations|files|reactions|team|usergroups'
    r'|users|views)(?:\.[a-zA-Z]+)+)"'
)

# What each method needs, from its page at docs.slack.dev/reference/methods; of several, all.
NEEDS: Final[dict[str, set[str]]] = {
    "agents.sessions.setStatus": {"chat:write"},
    "assistant.threads.setStatus": {"chat:write"},
    "assistant.threads.setSuggestedPrompts": {"assistant:write"},
    "auth.test": set(),
    "chat.appendStream": {"chat:write"},
    "chat.delete": {"chat:write"},
    "chat.postEphemeral": {"chat:write"},
    "chat.postMessage": {"chat:write"},
    "chat.startStream": {"chat:write"},
    "chat.stopStream": {"chat:write"},
    "chat.update": {"chat:write"},
    "conversations.history": {
        "channels:history",
        "groups:history",
        "im:history",
        "mpim:history",
    },
    "conversations.info": {"channels:read", "groups:read", "im:read", "mpim:read"},
    "conversations.replies": {
        "channels:history",
        "groups:history",
        "im:history",
        "mpim:history",
    },
    "files.completeUploadExternal": {"files:write"},
    "files.getUploadURLExternal": {"files:write"},
    "files.info": {"files:read"},
    "usergroups.list": {"usergroups:read"},
    "users.info": {"users:read"},
    "views.open": set(),
    "views.publish": set(),
}

# Likewise for events, from docs.slack.dev/reference/events, and for what is no method.
NEEDED_ELSEWHERE: Final[dict[str, set[str]]] = {
    "agent_session_stopped": {"assistant:write"},
    "app_home_opened": set(),
    "app_mention": {"app_mentions:read"},
    "app_uninstalled": set(),
    "message.channels": {"channels:history"},
    "message.groups": {"groups:history"},
    "message.im": {"im:history"},
    "message.mpim": {"mpim:history"},
    "tokens_revoked": set(),
}
COMMANDS_AND_FILES: Final = {"commands", "files:read"}


def called() -> set[str]:
    """Return the methods of the Web API that stand in the source."""
    folder = Path(package.__file__).parent
    sources = (path.read_text(encoding="utf-8") for path in folder.rglob("*.py"))
    named = {name for source in sources for name in METHOD.findall(source)}
    return {name for name in named if not name.endswith(".com")}


def made(**settings: Any) -> dict[str, Any]:
    return manifest(SlackSettings(**settings), COMMANDS.commands)


def address(url: str) -> Address:
    return Address("literal address", url)


def test_each_method_that_is_called_has_its_scope() -> None:
    assert called() <= NEEDS.keys(), "say in NEEDS what the new method needs"

    assert set().union(*(NEEDS[name] for name in called())) <= SCOPES.keys()


def test_each_event_has_its_scope() -> None:
    assert set(EVENTS) == NEEDED_ELSEWHERE.keys()

    assert set().union(*NEEDED_ELSEWHERE.values()) <= SCOPES.keys()


def test_nothing_is_asked_for_that_is_not_used() -> None:
    used = set().union(
        *(NEEDS[name] for name in called()), *NEEDED_ELSEWHERE.values(), COMMANDS_AND_FILES
    )

    assert used == SCOPES.keys()
    assert all(SCOPES.values())


def test_every_command_is_offered_as_everywhere_else() -> None:
    offered = {each["command"]: each for each in made()["features"]["slash_commands"]}

    expected = {f"/{each.name}" for each in COMMANDS.commands} | {"/ask"}
    assert offered.keys() == expected
    assert offered["/quota"]["usage_hint"].startswith("[show|set|")
    assert all(each["should_escape"] for each in offered.values())


def test_no_command_has_a_name_that_slack_keeps_for_itself() -> None:
    names = {each.name for each in COMMANDS.commands}

    assert not names & TAKEN
    assert all(re.fullmatch(r"[a-z0-9-]{1,31}", name) for name in names)


def test_what_only_the_operator_may_is_not_offered() -> None:
    model = COMMANDS.commands[0]
    secret = type(model)("secret", "for the operator", audience=Audience.OPERATOR)

    commands = manifest(SlackSettings(), (model, secret))["features"]["slash_commands"]

    assert [each["command"] for each in commands] == ["/ask", "/model"]


def test_slack_finds_it_within_its_own_limits() -> None:
    whole = made()
    shown, features = whole["display_information"], whole["features"]

    assert len(shown["name"]) <= 35
    assert len(shown["description"]) <= 140
    assert 174 <= len(shown["long_description"]) <= 4000
    assert len(features["slash_commands"]) <= 50
    assert all(len(each["name"]) <= 24 for each in features["shortcuts"])
    assert len(features["agent_view"]["suggested_prompts"]) <= 4
    assert not features["app_home"]["messages_tab_read_only_enabled"]


def test_by_default_it_listens_over_sockets() -> None:
    settings = made()["settings"]

    assert settings["socket_mode_enabled"]
    assert "request_url" not in settings["event_subscriptions"]
    assert "request_url" not in settings["interactivity"]
    assert settings["event_subscriptions"]["bot_events"] == list(EVENTS)


def test_with_an_address_it_is_called_by_http() -> None:
    whole = made(public_url=address("https://bot.example.com/"))

    settings = whole["settings"]
    assert not settings["socket_mode_enabled"]
    assert settings["event_subscriptions"]["request_url"] == "https://bot.example.com/slack/events"
    assert settings["interactivity"]["request_url"] == "https://bot.example.com/slack/interactions"
    urls = {each["url"] for each in whole["features"]["slash_commands"]}
    assert urls == {"https://bot.example.com/slack/commands"}


@pytest.mark.parametrize(
    "token", [Resolved("xapp-1", "env:SLACK_APP_TOKEN"), Unset("env:SLACK_APP_TOKEN")]
)
def test_where_a_token_for_sockets_is_named_the_address_is_for_installing_only(
    token: object,
) -> None:
    whole = made(
        public_url=address("https://bot.example.com"),
        app_token=token,
        install=SlackInstallSettings(client_id="1.2", client_secret=Secret("env:X", "s")),
    )

    assert whole["settings"]["socket_mode_enabled"]
    assert whole["settings"]["org_deploy_enabled"]
    assert whole["oauth_config"]["redirect_urls"] == [
        "https://bot.example.com/slack/oauth_redirect"
    ]
