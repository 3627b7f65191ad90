"""What `pointsman check` says of Slack."""

from typing import Any

from bot.platforms.slack.token_check import check_slack
from config.chats import SlackInstallSettings, SlackSettings
from config.references import Address, Secret
from tests.fakes.faults import Status
from tests.fakes.slack import FakeSlack


def given(slack: FakeSlack, **settings: Any) -> SlackSettings:
    usual: dict[str, Any] = {
        "bot_token": Secret("env:SLACK_BOT_TOKEN", slack.bot_token),
        "app_token": Secret("env:SLACK_APP_TOKEN", slack.app_token),
        "api_url": Address("literal address", slack.api_url),
    }
    return SlackSettings(**(usual | settings))


async def test_good_tokens_are_told(slack: FakeSlack) -> None:
    found = await check_slack(given(slack), timeout_s=5)

    assert found == [
        ("ok", "the token of pointsman in acme is good"),
        ("ok", "the app's token is good: it listens over sockets"),
    ]


async def test_a_wrong_bot_token_is_told_with_the_way_out(slack: FakeSlack) -> None:
    wrong = Secret("env:SLACK_BOT_TOKEN", "xoxb-wrong")

    found = await check_slack(given(slack, bot_token=wrong), timeout_s=5)

    assert [mark for mark, _ in found] == ["problem", "ok"]
    assert "set SLACK_BOT_TOKEN" in found[0][1]


async def test_a_wrong_app_token_is_told_with_the_way_out(slack: FakeSlack) -> None:
    wrong = Secret("env:SLACK_APP_TOKEN", "xapp-wrong")

    found = await check_slack(given(slack, app_token=wrong), timeout_s=5)

    assert [mark for mark, _ in found] == ["ok", "problem"]
    assert "set SLACK_APP_TOKEN" in found[1][1]


async def test_wrong_tokens_are_to_be_put_where_they_were_taken_from(slack: FakeSlack) -> None:
    bot, app = Secret("file:secrets/bot", "xoxb-wrong"), Secret("file:secrets/app", "xapp-wrong")

    found = await check_slack(given(slack, bot_token=bot, app_token=app), timeout_s=5)

    assert found[0][1].endswith("and write it into secrets/bot.")
    assert found[1][1].endswith("and write it into secrets/app.")


async def test_scopes_that_are_missing_are_named() -> None:
    async with FakeSlack(scopes=("chat:write", "commands")) as slack:
        found = await check_slack(given(slack), timeout_s=5)

    assert found[1][0] == "problem"
    assert "app_mentions:read" in found[1][1]
    assert "pointsman slack-manifest" in found[1][1]


async def test_a_signing_secret_cannot_be_tried(slack: FakeSlack) -> None:
    secret = Secret("env:SLACK_SIGNING_SECRET", "8f74")

    found = await check_slack(given(slack, app_token=None, signing_secret=secret), timeout_s=5)

    assert [mark for mark, _ in found] == ["ok", "note"]


async def test_an_app_of_many_workspaces_says_where_it_is_installed(slack: FakeSlack) -> None:
    install = SlackInstallSettings(
        client_id="1.2",
        client_secret=Secret("env:X", "secret"),
        sealing_key=Secret("env:Y", "a long secret of the operator's"),
    )
    public = Address("literal address", "https://bot.example.com")

    found = await check_slack(
        given(slack, bot_token=None, install=install, public_url=public), timeout_s=5
    )

    assert found[0] == ("ok", "workspaces install the app at https://bot.example.com/slack/install")


async def test_what_is_missing_is_told(slack: FakeSlack) -> None:
    ((mark, text),) = await check_slack(given(slack, app_token=None), timeout_s=5)

    assert (mark, "SLACK_APP_TOKEN" in text) == ("problem", True)


async def test_slack_may_fail_itself(slack: FakeSlack) -> None:
    slack.faults.next("POST", "auth.test", Status(503))

    found = await check_slack(given(slack), timeout_s=5)

    assert found[0][0] == "problem"
    assert "Slack" in found[0][1]


async def test_or_not_be_there() -> None:
    async with FakeSlack() as slack:
        settings = given(slack)

    found = await check_slack(settings, timeout_s=5)

    assert {mark for mark, _ in found} == {"problem"}
    assert all("cannot be reached" in text for _, text in found)
