"""What the fake Discord finds wrong with messages, and what it accuses a bot of."""

from typing import Any

import discord
import pytest

from tests.fakes.discord import Channel, FakeDiscord
from tests.fakes.discord_bot import Bot, at, raw, session_of


async def test_errors_are_nested_where_they_are(
    fake: FakeDiscord, bot: Bot, channel: Channel
) -> None:
    embed = {"title": "x" * 257, "fields": [{"name": "n", "value": "v" * 1025}]}
    body = {"content": "x" * 2001, "embeds": [embed], "allowed_mentions": {"parse": []}}

    status, answer = await raw(bot, "POST", f"/channels/{channel.id}/messages", body)

    too_long = {"code": "BASE_TYPE_MAX_LENGTH"}
    assert status == 400
    assert (answer["code"], answer["message"]) == (50035, "Invalid Form Body")
    assert answer["errors"]["content"]["_errors"] == [
        too_long | {"message": "Must be 2000 or fewer in length."}
    ]
    assert answer["errors"]["embeds"]["0"]["title"]["_errors"][0]["message"].startswith("Must")
    value = answer["errors"]["embeds"]["0"]["fields"]["0"]["value"]["_errors"][0]
    assert value == too_long | {"message": "Must be 1024 or fewer in length."}
    assert [each.what for each in fake.violations] == ["not in the API", "form refused"]


async def test_half_a_character_is_no_json(bot: Bot, channel: Channel) -> None:
    body = {"content": "half \ud83d", "allowed_mentions": {"parse": []}}

    status, answer = await raw(bot, "POST", f"/channels/{channel.id}/messages", body)

    assert (status, answer["code"]) == (400, 50109)


@pytest.mark.parametrize(
    ("body", "place"),
    [
        pytest.param({"content": "x" * 2001}, "content", id="content too long"),
        pytest.param({"content": "x", "nonce": "n" * 26}, "nonce", id="nonce too long"),
        pytest.param({"content": "x", "embeds": [{"title": "t"}] * 11}, "embeds", id="embeds"),
        pytest.param(
            {"embeds": [{"description": "d" * 4000}, {"description": "d" * 2001}]},
            "embeds",
            id="embeds too large together",
        ),
        pytest.param(
            {"content": "x", "components": [{"type": 2, "style": 1, "custom_id": "a"}]},
            "components",
            id="a button outside a row",
        ),
        pytest.param(
            {"content": "x", "flags": 1 << 15, "components": [{"type": 10, "content": "t"}]},
            "content",
            id="content beside components of the second version",
        ),
        pytest.param(
            {"flags": 1 << 15, "components": [{"type": 10, "content": "t" * 4001}]},
            "components",
            id="too much text in components",
        ),
        pytest.param(
            {"content": "x", "message_reference": {"message_id": "1"}},
            "message_reference",
            id="a reply to nothing",
        ),
    ],
)
async def test_a_bad_form_is_refused(
    bot: Bot, channel: Channel, body: dict[str, Any], place: str
) -> None:
    status, answer = await raw(bot, "POST", f"/channels/{channel.id}/messages", body)

    assert (status, answer["code"]) == (400, 50035)
    assert list(answer["errors"]) == [place]


@pytest.mark.parametrize(
    "rows",
    [
        pytest.param([["a"]] * 6, id="six rows"),
        pytest.param([list("abcdef")], id="six buttons in a row"),
        pytest.param([["a", "a"]], id="a custom id twice"),
        pytest.param([["a" * 101]], id="a custom id too long"),
    ],
)
async def test_buttons_that_do_not_fit_are_refused(
    bot: Bot, channel: Channel, rows: list[list[str]]
) -> None:
    components = [
        {"type": 1, "components": [a_button(custom_id) for custom_id in row]} for row in rows
    ]

    body = {"content": "x", "components": components}
    _, answer = await raw(bot, "POST", f"/channels/{channel.id}/messages", body)

    assert answer["code"] == 50035
    assert "components" in answer["errors"]


async def test_a_label_too_long_or_none_is_refused(bot: Bot, channel: Channel) -> None:
    buttons = [a_button("a", label="x" * 81), a_button("b", label="")]

    body = {"content": "x", "components": [{"type": 1, "components": buttons}]}
    _, answer = await raw(bot, "POST", f"/channels/{channel.id}/messages", body)

    places = answer["errors"]["components"]["0"]["components"]
    assert set(places) == {"0", "1"}


async def test_length_is_counted_in_characters_not_bytes(
    fake: FakeDiscord, bot: Bot, channel: Channel
) -> None:
    await at(bot, channel).send("🦉" * 2000)

    assert len(fake.messages(channel)[0].content) == 2000


@pytest.mark.parametrize("text", ["", " \n ", None])
async def test_an_empty_message_is_refused(bot: Bot, channel: Channel, text: str | None) -> None:
    with pytest.raises(discord.HTTPException) as refusal:
        await at(bot, channel).send(text)

    assert refusal.value.code == 50006


async def test_a_message_cannot_become_empty(bot: Bot, channel: Channel) -> None:
    message = await at(bot, channel).send("x")

    with pytest.raises(discord.HTTPException) as refusal:
        await message.edit(content="")

    assert refusal.value.code == 50006


async def test_what_is_no_json_is_refused(fake: FakeDiscord, bot: Bot) -> None:
    headers = {"Authorization": f"Bot {fake.token}", "Content-Type": "application/json"}
    url = f"{fake.api_url}/users/@me/channels"
    async with session_of(bot).post(url, data="{", headers=headers) as response:
        answer = await response.json()

    assert (response.status, answer["code"]) == (400, 50109)


@pytest.mark.parametrize(
    ("allowed", "is_accused"),
    [
        pytest.param(None, True, id="nothing said"),
        pytest.param({"parse": ["users"]}, True, id="users"),
        pytest.param({"parse": [], "users": ["1234567"]}, True, id="one user"),
        pytest.param({"parse": [], "replied_user": True}, True, id="whom it answers"),
        pytest.param({"parse": []}, False, id="nobody"),
        pytest.param({"parse": [], "replied_user": False}, False, id="nobody, explicitly"),
    ],
)
async def test_a_message_that_may_ping_is_a_violation(
    fake: FakeDiscord,
    bot: Bot,
    channel: Channel,
    allowed: dict[str, Any] | None,
    is_accused: bool,
) -> None:
    body: dict[str, Any] = {"content": "hello"}
    body |= {"allowed_mentions": allowed} if allowed else {}

    await raw(bot, "POST", f"/channels/{channel.id}/messages", body)

    assert [each.what for each in fake.violations] == ["may ping"] * is_accused


async def test_only_allowed_mentions_ping(fake: FakeDiscord, bot: Bot, channel: Channel) -> None:
    ada = fake.add_user("ada")
    text = f"<@{ada.id}> @everyone"

    await at(bot, channel).send(text)
    await at(bot, channel).send(text, allowed_mentions=discord.AllowedMentions.all())

    quiet, loud = fake.messages(channel)
    assert (quiet.mentions, quiet.mentions_everyone) == ([], False)
    assert (loud.mentions, loud.mentions_everyone) == ([ada], True)


async def test_a_path_discord_does_not_have_is_a_violation(fake: FakeDiscord, bot: Bot) -> None:
    status, _ = await raw(bot, "GET", "/users/@me/secrets", None)

    assert status == 404
    assert [each.what for each in fake.violations] == ["unknown path"]


async def test_a_body_discord_does_not_know_is_a_violation(
    fake: FakeDiscord, bot: Bot, channel: Channel
) -> None:
    if not fake.rest.is_judged:
        pytest.skip("Discord's OpenAPI file is not here")
    body = {"content": "x", "tts": "loudly", "allowed_mentions": {"parse": []}}

    await raw(bot, "POST", f"/channels/{channel.id}/messages", body)

    assert [each.what for each in fake.violations] == ["not in the API"]


def a_button(custom_id: str, *, label: str = "go") -> dict[str, Any]:
    return {"type": 2, "style": 1, "custom_id": custom_id, "label": label}
