"""What Slack refuses the bot, in a sentence, and what to do about it. Pure."""

from typing import Final

from bot.platforms.surface import NotLetIn
from config.references import Secret

_APPS: Final = "https://api.slack.com/apps"

SOCKETS_OFF: Final = (
    f"Socket Mode is switched off for the app. Switch it on on its page Socket Mode at {_APPS}, or "
    "unset SLACK_APP_TOKEN and set SLACK_SIGNING_SECRET to be called by HTTP."
)

NOBODY_TO_ANSWER_AS: Final = (
    "Slack has not told the bot who it is: set SLACK_BOT_TOKEN to the Bot User OAuth Token "
    "(xoxb-…) of one workspace, or slack.install.client_id, client_secret and sealing_key so that "
    "workspaces can install the app."
)

NOTHING_TO_LISTEN_WITH: Final = (
    "Slack has no way to the bot: set SLACK_APP_TOKEN (xapp-…) to listen over sockets, or "
    "SLACK_SIGNING_SECRET to be called by HTTP."
)

_GOOD_NO_MORE: Final = frozenset(
    {
        "invalid_auth",
        "not_authed",
        "account_inactive",
        "token_revoked",
        "token_expired",
        "not_allowed_token_type",
    }
)
_BAD_APP_TOKENS: Final = _GOOD_NO_MORE | {"missing_scope", "no_permission"}
_NO_SOCKETS: Final = frozenset({"access_denied", "forbidden_team"})

BAD_TOKENS: Final = _GOOD_NO_MORE | {"team_access_not_granted"}
"""Slack's words for a token that answers no more."""


class SlackRefuses(NotLetIn):
    """The bot as a whole is not let in; trying again is of no use."""


def bot_token_unknown(token: Secret | None) -> str:
    """Say that a bot's token is refused, and where the right one is to be put."""
    where = token.where if token else "set SLACK_BOT_TOKEN to it"
    return (
        "Slack does not know the bot's token. Copy the Bot User OAuth Token (xoxb-…) from the page "
        f"OAuth & Permissions of your app at {_APPS} and {where}."
    )


def app_token_unknown(token: Secret | None) -> str:
    """Say that an app's token is refused, and where the right one is to be put."""
    where = token.where if token else "set SLACK_APP_TOKEN to it"
    return (
        "Slack does not know the app's token. Under Basic Information, App-Level Tokens, of your "
        f"app at {_APPS} generate one with connections:write (xapp-…) and {where}."
    )


def app_token_refused(code: str, token: Secret | None = None) -> SlackRefuses | None:
    """Return what ends listening over sockets when Slack opens none; None when waiting may help."""
    if code in _BAD_APP_TOKENS:
        return SlackRefuses(app_token_unknown(token))
    return SlackRefuses(SOCKETS_OFF) if code in _NO_SOCKETS else None
