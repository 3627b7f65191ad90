"""What bots send to the fake Slack, in short."""

from collections.abc import Awaitable
from typing import Any

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from tests.fakes.slack import FakeSlack

Json = dict[str, Any]
QUIET: Json = {"unfurl_links": False, "unfurl_media": False}


async def refusal_of(asking: Awaitable[AsyncSlackResponse]) -> Json:
    """Return the body with which Slack refuses something."""
    try:
        answer = await asking
    except SlackApiError as error:
        return dict(error.response.data)
    raise AssertionError(f"it was not refused: {answer.data!r}")


async def error_of(asking: Awaitable[AsyncSlackResponse]) -> str:
    """Return the code with which Slack refuses something."""
    return str((await refusal_of(asking))["error"])


def whats(slack: FakeSlack) -> list[str]:
    """Return of what a bot is accused."""
    return [each.what for each in slack.violations]


def plain(text: str) -> Json:
    """Write a plain text."""
    return {"type": "plain_text", "text": text}


def section(text: str) -> Json:
    """Write a section."""
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def markdown(text: str) -> Json:
    """Write a block of Markdown."""
    return {"type": "markdown", "text": text}


def a_button(action_id: str = "go", **more: Any) -> Json:
    """Write a button."""
    return {"type": "button", "text": plain("Go"), "action_id": action_id, **more}


def actions(*elements: Json) -> Json:
    """Write a row of buttons."""
    return {"type": "actions", "elements": list(elements)}


def table(rows: int, columns: int = 1, text: str = "x") -> Json:
    """Write a table."""
    return {"type": "table", "rows": [[{"type": "raw_text", "text": text}] * columns] * rows}


def a_modal(*blocks: Json, **more: Any) -> Json:
    """Write a modal."""
    return {"type": "modal", "title": plain("Ask"), "blocks": list(blocks), **more}


def an_input(action_id: str = "question") -> Json:
    """Write an input of a modal."""
    element = {"type": "plain_text_input", "action_id": action_id}
    return {"type": "input", "block_id": action_id, "label": plain("What?"), "element": element}
