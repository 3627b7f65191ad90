"""Files on the fake Slack, and how a workspace installs the app."""

from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest
from slack_sdk.oauth import AuthorizeUrlGenerator
from slack_sdk.web.async_client import AsyncWebClient

from tests.fakes.slack import SCOPES, FakeSlack, File, Upload
from tests.fakes.slack.file_methods import LOGIN_PAGE
from tests.fakes.slack_saying import error_of


async def fetched(web: AsyncWebClient, url: str, token: str) -> tuple[int, str]:
    assert web.session
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    async with web.session.get(url, headers=headers) as answer:
        return answer.status, await answer.text()


async def a_file(slack: FakeSlack) -> File:
    message = await slack.dm(slack.add_user("ada"), "see")
    files = [Upload("a.txt", b"words")]
    message = await slack.say(message.user, message.channel, "see", files=files)
    return message.files[0]


async def test_a_file_is_for_whoever_has_a_good_token(
    slack: FakeSlack, web: AsyncWebClient
) -> None:
    file = await a_file(slack)
    told = (await web.files_info(file=file.id))["file"]
    other = slack.add_team()
    blind = slack.add_team(scopes=[scope for scope in SCOPES if scope != "files:read"])

    assert await fetched(web, told["url_private"], slack.bot_token) == (200, "words")
    assert await fetched(web, told["url_private_download"], slack.bot_token) == (200, "words")
    for token in ("", "xoxb-unknown", other.bot_token, blind.bot_token):
        assert await fetched(web, told["url_private"], token) == (200, LOGIN_PAGE)
    assert slack.files.requests[0][1] == slack.bot_token


async def test_a_file_may_lead_elsewhere_or_lie_elsewhere(
    slack: FakeSlack, web: AsyncWebClient
) -> None:
    file = await a_file(slack)
    file.redirect = "http://127.0.0.1:1/stolen"
    url = (await web.files_info(file=file.id))["file"]["url_private"]
    assert web.session
    headers = {"Authorization": f"Bearer {slack.bot_token}"}
    async with web.session.get(url, headers=headers, allow_redirects=False) as answer:
        assert (answer.status, answer.headers["Location"]) == (302, file.redirect)

    file.external_url = "https://drive.example/a"
    told = (await web.files_info(file=file.id))["file"]
    assert (told["mode"], told["is_external"], told["url_private"]) == (
        "external",
        True,
        file.external_url,
    )


async def test_a_file_is_sent_by_slacks_own_client(slack: FakeSlack, web: AsyncWebClient) -> None:
    channel = slack.add_channel()
    question = await slack.mention(slack.add_user("ada"), channel, "why?")

    await web.files_upload_v2(
        channel=channel.id,
        thread_ts=question.ts,
        filename="answer.md",
        content="because",
        initial_comment="all of it",
    )

    (message,) = slack.messages(channel, question)
    assert message.shown == "all of it"
    assert [(each.upload.name, each.upload.content) for each in message.files] == [
        ("answer.md", b"because")
    ]
    assert slack.violations == []


async def test_only_the_announced_bytes_are_taken(slack: FakeSlack, web: AsyncWebClient) -> None:
    place = await web.files_getUploadURLExternal(filename="a.md", length=3)
    assert web.session

    async with web.session.post(str(place["upload_url"]), data=b"four") as answer:
        assert answer.status == 400
    early = web.files_completeUploadExternal(files=[{"id": str(place["file_id"])}])
    assert await error_of(early) == "file_not_found"
    assert slack.violations == []


@pytest.mark.filterwarnings("ignore:BasicAuth is deprecated:DeprecationWarning")
async def test_a_workspace_installs_the_app_and_each_code_is_good_once(
    slack: FakeSlack, web: AsyncWebClient
) -> None:
    slack.door.team = slack.add_team("initech", enterprise="E000000001", is_installed=False)
    page = AuthorizeUrlGenerator(
        client_id=slack.door.client_id,
        scopes=["chat:write"],
        redirect_uri="https://bot.example/slack/oauth_redirect",
        authorization_url=f"{slack.world.host_url}/oauth/v2/authorize",
    ).generate("a state")
    assert web.session
    async with web.session.get(page, allow_redirects=False) as answer:
        redirected = parse_qs(urlsplit(answer.headers["Location"]).query)
    code = redirected["code"][0]

    async with aiohttp.ClientSession() as session:
        stranger = AsyncWebClient(base_url=slack.api_url, session=session, retry_handlers=[])
        asked = {"client_id": slack.door.client_id, "client_secret": slack.door.client_secret}
        wrong = asked | {"client_secret": "guessed"}
        assert await error_of(stranger.oauth_v2_access(**wrong, code=code)) == "bad_client_secret"
        granted = await stranger.oauth_v2_access(**asked, code=code)
        again = stranger.oauth_v2_access(**asked, code=code)
        assert await error_of(again) == "invalid_code"

    assert (redirected["state"], slack.door.asked) == (["a state"], ["chat:write"])
    assert granted["access_token"] == slack.door.team.bot_token != ""
    assert granted["team"] == {"name": "initech", "id": slack.door.team.id}
    assert granted["enterprise"]["id"] == "E000000001"
    web.token = str(granted["access_token"])
    assert (await web.auth_test())["enterprise_id"] == "E000000001"


def test_who_refuses_sends_no_code(slack: FakeSlack) -> None:
    sent_to = slack.door.decide("https://x/?redirect_uri=https://bot.example/r&state=s")

    assert sent_to == "https://bot.example/r?state=s&error=access_denied"


@pytest.mark.parametrize("name", ["", "a.md"])
async def test_an_upload_needs_a_name_and_a_length(web: AsyncWebClient, name: str) -> None:
    lacking = web.files_getUploadURLExternal(filename=name, length=0)

    assert await error_of(lacking) == "invalid_arguments"
