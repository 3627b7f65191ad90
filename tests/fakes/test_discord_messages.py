"""What the fake Discord does with messages, asked by the real discord.py."""

import io
from collections.abc import Awaitable, Callable
from typing import Any

import discord
import pytest

from tests.fakes.discord import Channel, FakeDiscord, Permission
from tests.fakes.discord_bot import Bot, a_thread, a_writing_bot, at, raw


async def test_what_is_posted_edited_and_deleted_is_seen(
    fake: FakeDiscord, bot: Bot, channel: Channel
) -> None:
    first = await at(bot, channel).send("one")
    second = await at(bot, channel).send("two", suppress_embeds=True)
    # Without suppress=True this method of discord.py lets the embeds come back.
    await second.edit(content="2", suppress=True)
    await first.delete()

    seen = fake.messages(channel)

    assert [message.content for message in seen] == ["2"]
    assert seen[0].flags & 4
    assert seen[0].edited_at
    assert [text for _, text in seen[0].seen] == ["two", "2"]
    assert fake.violations == []


async def test_a_wrong_token_is_not_let_in(fake: FakeDiscord, bot: Bot) -> None:
    async with Bot(discord.Intents.none()) as stranger:
        with pytest.raises(discord.LoginFailure):
            await stranger.login("wrong")

    assert fake.requests[-1].status == 401
    assert bot.user


async def test_the_same_nonce_posts_once(fake: FakeDiscord, bot: Bot, channel: Channel) -> None:
    first = await at(bot, channel).send("once", nonce="n1")
    second = await at(bot, channel).send("once", nonce="n1")

    assert first.id == second.id
    assert len(fake.messages(channel)) == 1


async def test_without_enforcement_it_posts_twice(
    fake: FakeDiscord, bot: Bot, channel: Channel
) -> None:
    body = {"content": "x", "nonce": "n1", "allowed_mentions": {"parse": []}}
    for _ in range(2):
        await raw(bot, "POST", f"/channels/{channel.id}/messages", body)

    assert len(fake.messages(channel)) == 2


async def test_an_unknown_channel_or_message_is_said_to_be_unknown(
    bot: Bot, channel: Channel
) -> None:
    with pytest.raises(discord.NotFound) as no_channel:
        await bot.get_partial_messageable(1234567).send("x")
    with pytest.raises(discord.NotFound) as no_message:
        await at(bot, channel).get_partial_message(1234567).edit(content="x")

    assert (no_channel.value.code, no_message.value.code) == (10003, 10008)


@pytest.mark.parametrize(
    ("permission", "code"),
    [(Permission.VIEW_CHANNEL, 50001), (Permission.SEND_MESSAGES, 50013)],
)
async def test_a_channel_closed_to_the_bot_takes_nothing(
    bot: Bot, channel: Channel, permission: Permission, code: int
) -> None:
    channel.deny(permission)

    with pytest.raises(discord.Forbidden) as refusal:
        await at(bot, channel).send("x")

    assert refusal.value.code == code


@pytest.mark.parametrize(
    ("permission", "action"),
    [
        pytest.param(
            Permission.ATTACH_FILES,
            lambda place, _: place.send(file=discord.File(io.BytesIO(b"x"), "x.txt")),
            id="a file",
        ),
        pytest.param(
            Permission.EMBED_LINKS,
            lambda place, _: place.send(embed=discord.Embed(title="t")),
            id="an embed",
        ),
        pytest.param(
            Permission.ADD_REACTIONS,
            lambda place, message_id: place.get_partial_message(message_id).add_reaction("👍"),
            id="a reaction",
        ),
        pytest.param(
            Permission.CREATE_PUBLIC_THREADS,
            lambda place, message_id: a_thread(place, message_id, "t"),
            id="a thread",
        ),
        pytest.param(
            Permission.MANAGE_MESSAGES,
            lambda place, message_id: place.get_partial_message(message_id).delete(),
            id="deleting another's message",
        ),
        pytest.param(
            Permission.READ_MESSAGE_HISTORY,
            lambda place, message_id: place.fetch_message(message_id),
            id="reading",
        ),
    ],
)
async def test_what_is_not_permitted_is_refused(
    fake: FakeDiscord,
    bot: Bot,
    channel: Channel,
    permission: Permission,
    action: Callable[[Any, int], Awaitable[object]],
) -> None:
    message = await fake.say(fake.add_user("ada"), channel, "hello")
    channel.deny(permission)

    with pytest.raises(discord.Forbidden) as refusal:
        await action(at(bot, channel), message.id)

    assert refusal.value.code == 50013


async def test_a_reply_needs_the_history(fake: FakeDiscord, bot: Bot, channel: Channel) -> None:
    message = await fake.say(fake.add_user("ada"), channel, "hello")
    channel.deny(Permission.READ_MESSAGE_HISTORY)

    with pytest.raises(discord.HTTPException) as refusal:
        await at(bot, channel).get_partial_message(message.id).reply("x", mention_author=False)

    assert refusal.value.code == 160002


async def test_anothers_message_cannot_be_edited(
    fake: FakeDiscord, bot: Bot, channel: Channel
) -> None:
    message = await fake.say(fake.add_user("ada"), channel, "hello")

    with pytest.raises(discord.Forbidden) as refusal:
        await at(bot, channel).get_partial_message(message.id).edit(content="x")

    assert refusal.value.code == 50005


async def test_a_person_may_take_no_dms(fake: FakeDiscord, bot: Bot) -> None:
    ada = fake.add_user("ada")
    ada.takes_dms = False

    with pytest.raises(discord.Forbidden) as refusal:
        await at(bot, fake.add_dm(ada)).send("x")

    assert refusal.value.code == 50007


async def test_a_file_is_kept_and_served(fake: FakeDiscord, bot: Bot, channel: Channel) -> None:
    file = discord.File(io.BytesIO(b"1,2"), "table.csv", description="a table")

    message = await at(bot, channel).send("see", file=file)

    attachment = message.attachments[0]
    assert (attachment.filename, attachment.size) == ("table.csv", 3)
    assert attachment.description == "a table"
    assert await attachment.read() == b"1,2"
    assert fake.messages(channel)[0].attachments[0].upload.content == b"1,2"
    assert fake.violations == []


async def test_a_file_too_large_is_refused(bot: Bot, channel: Channel) -> None:
    file = discord.File(io.BytesIO(bytes(10 * 1024 * 1024 + 1)), "large")

    with pytest.raises(discord.HTTPException) as refusal:
        await at(bot, channel).send(file=file)

    assert (refusal.value.status, refusal.value.code) == (413, 40005)


async def test_an_edit_keeps_the_files_it_names(
    fake: FakeDiscord, bot: Bot, channel: Channel
) -> None:
    files = [discord.File(io.BytesIO(b"x"), name) for name in ("a", "b")]
    message = await at(bot, channel).send("see", files=files)

    await message.edit(attachments=[message.attachments[1]])

    kept = fake.messages(channel)[0].attachments
    assert [attachment.upload.name for attachment in kept] == ["b"]


async def test_a_thread_starts_from_a_message_once(
    fake: FakeDiscord, bot: Bot, channel: Channel
) -> None:
    message = await fake.say(fake.add_user("ada"), channel, "hello")

    await a_thread(at(bot, channel), message.id, "about it")
    await bot.get_partial_messageable(message.id).send("inside")
    with pytest.raises(discord.HTTPException) as again:
        await a_thread(at(bot, channel), message.id, "again")

    thread = fake.world.channels[message.id]
    assert [each.content for each in fake.messages(thread)] == ["", "inside"]
    assert again.value.code == 160004
    assert fake.violations == []


async def test_a_thread_has_a_permission_of_its_own(
    fake: FakeDiscord, bot: Bot, channel: Channel
) -> None:
    thread = await fake.open_thread(fake.add_user("ada"), channel, "t")
    channel.deny(Permission.SEND_MESSAGES_IN_THREADS)

    with pytest.raises(discord.Forbidden) as refusal:
        await at(bot, thread).send("x")

    assert refusal.value.code == 50013


async def test_a_locked_thread_takes_nothing(fake: FakeDiscord, bot: Bot, channel: Channel) -> None:
    thread = await fake.open_thread(fake.add_user("ada"), channel, "t")
    thread.is_locked = True

    with pytest.raises(discord.HTTPException) as refusal:
        await at(bot, thread).send("x")

    assert refusal.value.code == 50083


async def test_a_window_of_messages_is_cut_as_asked(
    fake: FakeDiscord, bot: Bot, channel: Channel
) -> None:
    ada = fake.add_user("ada")
    said = [await fake.say(ada, channel, str(number)) for number in range(6)]
    middle = discord.Object(said[3].id)

    async def read(**bounds: Any) -> list[str]:
        return [each.content async for each in at(bot, channel).history(**bounds)]

    assert await read(limit=2) == ["5", "4"]
    assert await read(limit=2, before=middle) == ["2", "1"]
    assert await read(limit=2, after=middle, oldest_first=True) == ["4", "5"]
    assert sorted(await read(limit=3, around=middle)) == ["2", "3", "4"]


async def test_without_the_intent_rest_hides_content_too() -> None:
    async with FakeDiscord() as fake, a_writing_bot(fake) as bot:
        channel = fake.add_guild().add_channel()
        ada = fake.add_user("ada")
        hidden = await fake.say(ada, channel, "a secret")
        shown = await fake.say(ada, channel, "for you", mention_bot=True)

        read_hidden = await at(bot, channel).fetch_message(hidden.id)
        read_shown = await at(bot, channel).fetch_message(shown.id)

    assert (read_hidden.content, read_shown.content.split()[1:]) == ("", ["for", "you"])
