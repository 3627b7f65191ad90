"""What has to be set for Slack, and what is said when it is not enough."""

from typing import Any

import pytest

from bot.platforms.slack.credentials import credentials_of, is_wanted
from bot.platforms.slack.ways_out import SlackRefuses
from config.chats import SlackInstallSettings, SlackSettings
from config.references import Secret, Unset

BOT = {"bot_token": Secret("env:SLACK_BOT_TOKEN", "xoxb-1")}
APP = {"app_token": Secret("env:SLACK_APP_TOKEN", "xapp-1")}
SIGNING = {"signing_secret": Secret("env:SLACK_SIGNING_SECRET", "8f74")}


def installing(**parts: Any) -> dict[str, Any]:
    whole: dict[str, Any] = {
        "client_id": "1.2",
        "client_secret": Secret("env:CLIENT_SECRET", "secret"),
        "sealing_key": Secret("env:SEALING_KEY", "a long secret of the operator's"),
    }
    return {"install": SlackInstallSettings(**(whole | parts))}


def given(**settings: Any) -> SlackSettings:
    return SlackSettings(**settings)


def test_a_bot_token_serves_one_workspace() -> None:
    credentials = credentials_of(given(**BOT, **APP, **SIGNING))

    assert not credentials.is_installable
    assert credentials.app_token == "xapp-1"
    assert "xoxb-1" not in repr(credentials)


def test_an_app_of_many_workspaces_has_no_bot_token() -> None:
    assert credentials_of(given(**installing(), **SIGNING)).is_installable


def test_a_secret_may_end_in_a_line_break() -> None:
    settings = given(bot_token=Secret("file:token", "xoxb-1\n"), **APP)

    assert credentials_of(settings).bot_token == "xoxb-1"


@pytest.mark.parametrize(
    ("settings", "way_out"),
    [
        pytest.param(given(**APP), "set SLACK_BOT_TOKEN", id="nobody to answer as"),
        pytest.param(
            given(**APP, bot_token=Unset("file:secrets/bot", "is empty: fill it")),
            "slack.bot_token: file:secrets/bot is empty",
            id="the bot's file gives nothing",
        ),
        pytest.param(
            given(**BOT, app_token=Unset("file:secrets/app", "is empty: fill it")),
            "slack.app_token: file:secrets/app is empty",
            id="the app's file gives nothing",
        ),
        pytest.param(given(**BOT), "set SLACK_APP_TOKEN", id="no way in"),
        pytest.param(
            given(bot_token=Secret("env:X", "xoxb-two\nlines"), **APP), "Bot User", id="two lines"
        ),
        pytest.param(
            given(app_token=Secret("env:X", "xapp-\u00fc"), **BOT),
            "connections:write",
            id="no token",
        ),
        pytest.param(given(**installing()), "SLACK_SIGNING_SECRET", id="installable, no way in"),
        pytest.param(
            given(**installing(sealing_key=None), **APP), "slack.install.sealing_key", id="no key"
        ),
        pytest.param(
            given(**installing(client_id="", client_secret=Secret("env:X", None)), **APP),
            "slack.install.client_id and slack.install.client_secret",
            id="only a key",
        ),
    ],
)
def test_what_is_missing_is_named(settings: SlackSettings, way_out: str) -> None:
    with pytest.raises(SlackRefuses, match=way_out):
        credentials_of(settings)


def test_a_process_that_only_answers_needs_no_way_in() -> None:
    assert credentials_of(given(**BOT), is_listening=False).bot_token == "xoxb-1"


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        pytest.param(given(), False, id="nothing"),
        pytest.param(given(**SIGNING), False, id="a signing secret, of another bot perhaps"),
        pytest.param(given(bot_token=Secret("env:SLACK_BOT_TOKEN", None)), False, id="no value"),
        pytest.param(given(**BOT), True, id="a bot's token"),
        pytest.param(given(**APP), True, id="an app's token"),
        pytest.param(given(**installing()), True, id="an app to install"),
    ],
)
def test_it_is_wanted_where_anything_says_so(settings: SlackSettings, *, expected: bool) -> None:
    assert is_wanted(settings) == expected
