from collections.abc import AsyncIterator

import pytest
from aiohttp import web as server

from bot.platforms.slack.errors import NotInstalled
from bot.platforms.slack.files import Files
from bot.reading.fetching import NotFetched, Source, fetch, host_of
from bot.reading.sources import slack_source
from config.catalog import AttachmentKind
from config.chats import SlackSettings
from routing.query import Attachment
from tests.bot.platforms.slack.saying import ToldWeb
from tests.fakes.serving import serve

CONTENT = b"tea" * 10


class ListedTokens:
    """Has a token of one workspace."""

    async def token(self, team: str, enterprise: str = "") -> str:
        if team != "T01":
            raise NotInstalled(team)
        return f"xoxb-{team}{enterprise}"


class Slack:
    """Has one file, for those with a token; everybody else is shown how to sign in."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []
        self.url = ""

    async def serve(self, request: server.Request) -> server.Response:
        token = request.headers.get("Authorization", "")
        self.asked.append((request.path, token))
        if request.path == "/elsewhere":
            raise server.HTTPFound("https://drive.example.org/tea.txt")
        if token != "Bearer xoxb-T01":
            return server.Response(text="<form>Sign in</form>", content_type="text/html")
        return server.Response(body=CONTENT)


@pytest.fixture
async def slack() -> AsyncIterator[Slack]:
    made = Slack()
    application = server.Application()
    application.router.add_get("/{path:.*}", made.serve)
    runner, made.url = await serve(application)
    yield made
    await runner.cleanup()


def a_file(url: str, reference: str = "T01//F1") -> Attachment:
    return Attachment(AttachmentKind.TEXT, "tea.txt", "text/plain", 30, url, reference)


def a_source(slack: Slack, files: Files) -> Source:
    settings = SlackSettings.model_validate({"api_url": f"{slack.url}/api/"})
    return slack_source(settings, files.sign, files.fresh_address)


async def fetched(file: Attachment, source: Source) -> bytes:
    return await fetch(file, source, max_bytes=1000, timeout_s=10)


async def test_a_file_is_given_to_the_bot_of_its_workspace(slack: Slack) -> None:
    files = Files(ToldWeb(), ListedTokens())

    assert await fetched(a_file(f"{slack.url}/F1"), a_source(slack, files)) == CONTENT
    assert slack.asked == [("/F1", "Bearer xoxb-T01")]


async def test_a_file_without_an_address_is_looked_up(slack: Slack) -> None:
    told = {"url_private": f"{slack.url}/F1", "mode": "hosted"}
    files = Files(ToldWeb(files={"F1": told}), ListedTokens())

    assert await fetched(a_file(""), a_source(slack, files)) == CONTENT


@pytest.mark.parametrize(
    ("path", "reference", "why"),
    [
        pytest.param("/F1", "T01/E1/F1", "I am not let in to read it", id="shown how to sign in"),
        pytest.param("/F1", "T02//F1", "I am no longer in its workspace", id="no token"),
        pytest.param("/elsewhere", "T01//F1", "where the platform keeps", id="sent elsewhere"),
    ],
)
async def test_what_is_not_the_file_is_not_taken_for_it(
    slack: Slack, path: str, reference: str, why: str
) -> None:
    files = Files(ToldWeb(), ListedTokens())

    with pytest.raises(NotFetched, match=why):
        await fetched(a_file(f"{slack.url}{path}", reference), a_source(slack, files))


@pytest.mark.parametrize(
    "url",
    [
        "https://docs.google.com/document/1",
        "https://files.slack.com.evil.org/F1",
        "https://slack.com/F1",
        "http://files.slack.com/F1",
        "https://user@files.slack.com/F1",
        "https://files.slack.com:8443/F1",
        "https://slack-files.com/F1",
    ],
)
async def test_the_token_goes_to_slacks_own_host_of_files_alone(url: str) -> None:
    asked: list[Attachment] = []

    async def sign(attachment: Attachment) -> dict[str, str]:
        asked.append(attachment)
        return {}

    with pytest.raises(NotFetched):
        await fetched(a_file(url), slack_source(SlackSettings(), sign))

    assert asked == []


def test_a_proxy_stands_beside_slack() -> None:
    settings = SlackSettings.model_validate({"api_url": "https://proxy.example.org/api/"})

    assert slack_source(settings, Files(ToldWeb(), ListedTokens()).sign).hosts == {
        "files.slack.com",
        host_of("https://proxy.example.org/"),
    }


@pytest.mark.parametrize(
    "file",
    [
        {"is_external": True, "url_private": "https://drive.example.org/1"},
        {"mode": "tombstone"},
        {"mode": "hosted"},
    ],
)
async def test_a_file_that_is_gone_or_elsewhere_has_no_address(file: dict[str, object]) -> None:
    files = Files(ToldWeb(files={"F1": file}), ListedTokens())

    assert await files.fresh_address(a_file("")) is None
    assert await files.fresh_address(a_file("", "T01//F9")) is None
