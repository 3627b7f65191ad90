from typing import Any

import pytest

from bot.platforms.discord.reading import said_in
from tests.bot.platforms.discord.saying import NOON, raw


def test_a_message_is_read_with_what_it_answers() -> None:
    answered = raw(99, "before", channel_id="50")
    said = said_in(
        raw(
            100,
            "<@900> hi",
            channel_id="50",
            mentions=[{"id": "900"}],
            mention_roles=["990"],
            message_reference={"message_id": "99", "channel_id": "50"},
            referenced_message=answered,
        )
    )

    assert (said.author, said.at, said.text) == ("Ada", NOON, "<@900> hi")
    assert said.mentions == {"900"}
    assert said.role_mentions == {"990"}
    assert said.answers == "99"
    assert said.answered is not None
    assert said.answered.text == "before"


@pytest.mark.parametrize(
    "reference",
    [
        pytest.param({"message_id": "99", "channel_id": "50", "type": 1}, id="forwarded"),
        pytest.param({"message_id": "99", "channel_id": "51"}, id="of another channel"),
    ],
)
def test_what_is_forwarded_or_from_elsewhere_is_no_reply(reference: dict[str, Any]) -> None:
    assert said_in(raw(100, channel_id="50", message_reference=reference)).answers == ""


@pytest.mark.parametrize(
    ("changes", "is_bot", "is_ordinary"),
    [
        pytest.param({}, False, True, id="a person"),
        pytest.param({"type": 19}, False, True, id="a reply"),
        pytest.param({"type": 7}, False, False, id="somebody joined"),
        pytest.param({"webhook_id": "5"}, True, True, id="a webhook"),
        pytest.param({"author": {"id": "1", "username": "b", "bot": True}}, True, True, id="a bot"),
    ],
)
def test_people_are_told_from_programs_and_from_discord_itself(
    changes: dict[str, Any], *, is_bot: bool, is_ordinary: bool
) -> None:
    said = said_in(raw(100, **changes))

    assert (said.is_bot, said.is_ordinary) == (is_bot, is_ordinary)


def test_what_is_forwarded_is_shown_with_its_files() -> None:
    file = {"id": "5", "filename": "a.txt", "size": 1, "url": "u"}
    shown = {"content": "said elsewhere", "timestamp": NOON.isoformat(), "attachments": [file]}
    reference = {"message_id": "7", "channel_id": "51", "type": 1}

    said = said_in(raw(100, message_reference=reference, message_snapshots=[{"message": shown}]))

    assert said.forwarded is not None
    assert said.forwarded.text == "said elsewhere"
    assert [each.name for each in said.attachments] == ["a.txt"]
    assert said.answered is None
