"""Which of Slack's secrets are set: how the bot listens, and in whose name it answers. Pure."""

from dataclasses import dataclass, field

from bot.platforms.slack.ways_out import (
    NOBODY_TO_ANSWER_AS,
    NOTHING_TO_LISTEN_WITH,
    SlackRefuses,
    app_token_unknown,
    bot_token_unknown,
)
from config.chats import SlackSettings
from config.references import Secret


@dataclass(frozen=True, slots=True)
class Credentials:
    """What the bot was given for Slack.

    Attributes:
        bot_token: Of the one workspace that is served; empty: of those that installed the app.
        app_token: Listens over sockets; empty: by HTTP.
        signing_secret: Proves that a call by HTTP is Slack's.
        client_id: Of the app, for installations; empty for none.
        client_secret: Likewise.
    """

    bot_token: str = field(repr=False)
    app_token: str = field(repr=False)
    signing_secret: str = field(repr=False)
    client_id: str
    client_secret: str = field(repr=False)

    @property
    def is_installable(self) -> bool:
        """Tell whether workspaces install the app, each with a token of its own."""
        return not self.bot_token


def is_wanted(settings: SlackSettings) -> bool:
    """Tell whether anything says that the bot is to be on Slack."""
    tokens = (settings.bot_token, settings.app_token, settings.install.client_secret)
    return any(_text(each) for each in tokens) or bool(settings.install.client_id)


def credentials_of(settings: SlackSettings, *, is_listening: bool = True) -> Credentials:
    """Return what the bot was given, if that is enough.

    Raises:
        SlackRefuses: It is not; the message says what to set.
    """
    install = settings.install
    given = Credentials(
        bot_token=_text(settings.bot_token),
        app_token=_text(settings.app_token),
        signing_secret=_text(settings.signing_secret),
        client_id=install.client_id,
        client_secret=_text(install.client_secret),
    )
    if not _is_sendable(given.bot_token):
        raise SlackRefuses(bot_token_unknown(settings.bot_token))
    if not _is_sendable(given.app_token):
        raise SlackRefuses(app_token_unknown(settings.app_token))
    if given.is_installable:
        _require_installing(settings, given)
    if is_listening and not (given.app_token or given.signing_secret):
        raise SlackRefuses(_lost(settings, "app_token", "signing_secret") or NOTHING_TO_LISTEN_WITH)
    return given


def _require_installing(settings: SlackSettings, given: Credentials) -> None:
    parts = {
        "client_id": given.client_id,
        "client_secret": given.client_secret,
        "sealing_key": _text(settings.install.sealing_key),
    }
    missing = [f"slack.install.{name}" for name, value in parts.items() if not value]
    if len(missing) == len(parts):
        raise SlackRefuses(_lost(settings, "bot_token") or NOBODY_TO_ANSWER_AS)
    if missing:
        raise SlackRefuses(
            f"Workspaces cannot install the app: set {' and '.join(missing)} too, or "
            "SLACK_BOT_TOKEN to serve one workspace."
        )


def _lost(settings: SlackSettings, *names: str) -> str:
    """Say which of some secrets a file is named for that does not give it; empty for none."""
    secrets = {name: getattr(settings, name) for name in names}
    lost = [
        f"slack.{name}: {each.why_unset}" for name, each in secrets.items() if each and each.is_lost
    ]
    return f"{'; '.join(lost)}." if lost else ""


def _is_sendable(token: str) -> bool:
    """Tell whether a header could carry a token."""
    return token.isascii() and token.isprintable()


def _text(secret: Secret | None) -> str:
    return ((secret.reveal() if secret else None) or "").strip()
