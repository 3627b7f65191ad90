"""What the fake Discord's gateway tells, to whom, and whom it sends away."""

import asyncio
import contextlib
import json
import zlib
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import discord
import pytest

from tests.fakes.discord import Channel, FakeDiscord, Permission, Upload
from tests.fakes.discord_bot import Bot, a_connected_bot, at
from tests.fakes.ports import ToldClock

ALL = discord.Intents.default()
ALL.message_content = True


def identify(**what: Any) -> dict[str, Any]:
    return {"op": 2, "d": {"token": "$", "intents": 0, **what}}


@pytest.fixture
async def listener(fake: FakeDiscord, channel: Channel) -> AsyncIterator[Bot]:
    assert channel.guild
    async with a_connected_bot(fake, intents=ALL) as bot:
        yield bot


async def test_a_bot_knows_its_servers_channels_and_roles(fake: FakeDiscord) -> None:
    guild = fake.add_guild("home")
    role = guild.add_role("admins", Permission.ADMINISTRATOR)
    guild.add_channel("talk", topic="anything")
    guild.add_channel("closed").deny(Permission.VIEW_CHANNEL)

    async with a_connected_bot(fake) as bot:
        known = bot.get_guild(guild.id)

        assert known
        assert [each.name for each in known.text_channels] == ["talk"]
        assert known.text_channels[0].topic == "anything"
        assert known.get_role(role.id)
        assert known.me.id == fake.bot.id


async def test_what_is_said_edited_and_deleted_is_told(
    fake: FakeDiscord, listener: Bot, channel: Channel
) -> None:
    assert channel.guild
    role = channel.guild.add_role("readers")
    ada = fake.add_user("ada", roles=[role])

    said = await fake.say(ada, channel, "hello", attachments=[Upload("a.txt", b"x", "text/plain")])
    heard = await listener.hear()
    first = heard.content  # which discord.py changes with the edit
    await fake.edit(said, "hello!")
    edit = await asyncio.wait_for(listener.edits.get(), 5)
    await fake.delete(said)
    deletion = await asyncio.wait_for(listener.edits.get(), 5)

    assert (first, heard.author.name, heard.channel.id) == ("hello", "ada", channel.id)
    assert isinstance(heard.author, discord.Member)
    assert heard.author.get_role(role.id)
    assert await heard.attachments[0].read() == b"x"
    assert edit.message.content == "hello!"
    assert deletion.message_id == said.id


async def test_a_reply_comes_with_what_it_answers(
    fake: FakeDiscord, listener: Bot, channel: Channel
) -> None:
    ada = fake.add_user("ada")
    first = await fake.say(ada, channel, "first")
    await fake.say(ada, channel, "second", reply_to=first)

    await listener.hear()
    reply = await listener.hear()

    assert reply.type is discord.MessageType.reply
    assert reply.reference
    assert isinstance(reply.reference.resolved, discord.Message)
    assert reply.reference.resolved.content == "first"


async def test_without_the_intent_only_what_concerns_the_bot_is_seen() -> None:
    async with FakeDiscord() as fake:
        channel = fake.add_guild().add_channel()
        ada = fake.add_user("ada")
        async with a_connected_bot(fake) as bot:
            own = await at(bot, channel).send("mine")
            answered = fake.messages(channel)[0]

            await fake.say(ada, channel, "a secret", attachments=[Upload("a.txt", b"x")])
            await fake.say(ada, channel, "for you", mention_bot=True)
            await fake.say(ada, channel, "a reply", reply_to=answered)
            await fake.say(ada, channel, "a quiet reply", reply_to=answered, pings=False)
            await fake.say(ada, fake.add_dm(ada), "in private")
            heard = [await bot.hear() for _ in range(5)]

    assert own.content == "mine"
    mention = f"<@{fake.bot.id}> for you"
    assert [each.content for each in heard] == ["", mention, "a reply", "", "in private"]
    assert heard[0].attachments == []


async def test_an_intent_not_asked_for_brings_nothing(fake: FakeDiscord, channel: Channel) -> None:
    ada = fake.add_user("ada")
    intents = discord.Intents(guilds=True, dm_messages=True)
    async with a_connected_bot(fake, intents=intents) as bot:
        await fake.say(ada, channel, "in the server")
        await fake.say(ada, fake.add_dm(ada), "in private")

        assert (await bot.hear()).content == "in private"


async def test_a_channel_the_bot_cannot_see_is_not_told_of(
    fake: FakeDiscord, listener: Bot, channel: Channel
) -> None:
    ada = fake.add_user("ada")
    assert channel.guild
    closed = channel.guild.add_channel("closed")
    closed.deny(Permission.VIEW_CHANNEL)

    await fake.say(ada, closed, "hidden")
    await fake.say(ada, channel, "open")

    assert (await listener.hear()).content == "open"


async def test_a_thread_is_told_of_before_what_is_said_there(
    fake: FakeDiscord, listener: Bot, channel: Channel
) -> None:
    ada = fake.add_user("ada")
    start = await fake.say(ada, channel, "let us talk")
    thread = await fake.open_thread(ada, channel, "talk", start=start)
    await fake.say(ada, thread, "inside")

    heard = [await listener.hear() for _ in range(3)]

    assert heard[0].content == "let us talk"
    assert heard[1].type is discord.MessageType.thread_starter_message
    assert (heard[2].content, heard[2].channel.id) == ("inside", thread.id)
    assert isinstance(heard[2].channel, discord.Thread)


@pytest.mark.parametrize(
    ("options", "error"),
    [
        pytest.param({"intents": ALL}, discord.PrivilegedIntentsRequired, id="an intent"),
        pytest.param({"shard_id": 2, "shard_count": 2}, discord.ConnectionClosed, id="a shard"),
    ],
)
async def test_who_asks_for_what_is_not_to_be_had_is_sent_away(
    options: dict[str, Any], error: type[Exception]
) -> None:
    async with FakeDiscord() as fake:
        with pytest.raises(error):
            async with a_connected_bot(fake, **options):
                pass


@pytest.mark.parametrize(
    ("packets", "code"),
    [
        pytest.param([{"op": 2, "d": {"token": "wrong", "intents": 0}}], 4004, id="token"),
        pytest.param([{"op": 6, "d": {"token": "wrong"}}], 4004, id="token to resume"),
        pytest.param([identify(intents=1 << 60)], 4013, id="intents"),
        pytest.param([identify(intents=1 << 15)], 4014, id="privileged"),
        pytest.param([identify(shard=[1, 1])], 4010, id="shard"),
        pytest.param([identify()] * 2, 4005, id="twice"),
        pytest.param([{"op": 8, "d": {}}], 4003, id="not identified"),
        pytest.param([{"op": 99, "d": {}}], 4001, id="unknown"),
        pytest.param(["{"], 4002, id="no JSON"),
    ],
)
async def test_a_connection_is_closed_with_the_code_of_its_fault(
    packets: list[dict[str, Any] | str], code: int
) -> None:
    async with FakeDiscord() as fake, a_socket(fake) as socket:
        for packet in packets:
            text = packet if isinstance(packet, str) else json.dumps(packet)
            await socket.send_str(text.replace("$", fake.token))

        assert await closing_code(socket) == code


async def test_too_many_servers_need_more_shards() -> None:
    async with FakeDiscord() as fake, a_socket(fake) as socket:
        fake.gateway.most_guilds = 1
        fake.add_guild()
        fake.add_guild()

        await socket.send_json({"op": 2, "d": {"token": fake.token, "intents": 0}})

        assert await closing_code(socket) == 4011


async def test_more_than_120_packets_a_minute_are_too_many() -> None:
    clock = ToldClock()
    async with FakeDiscord(clock.clock()) as fake, a_socket(fake) as socket:
        for _ in range(121):
            await socket.send_json({"op": 1, "d": None})

        assert await closing_code(socket) == 4008

    assert [each.what for each in fake.violations] == ["gateway rate"]


async def test_who_does_not_say_it_lives_is_closed() -> None:
    async with FakeDiscord() as fake:
        fake.gateway.heartbeat_s = 0.02
        async with a_socket(fake) as socket:
            hello = await socket.receive_json()

            assert hello["d"]["heartbeat_interval"] == 20
            assert await closing_code(socket) == 1000


async def test_events_are_one_compressed_stream_where_that_is_asked() -> None:
    async with FakeDiscord() as fake, aiohttp.ClientSession() as session:
        url = f"{fake.gateway_url}?v=10&encoding=json&compress=zlib-stream"
        async with session.ws_connect(url) as socket:
            await socket.send_json({"op": 2, "d": {"token": fake.token, "intents": 0}})
            stream = zlib.decompressobj()
            packets = [await socket.receive_bytes() for _ in range(2)]

    assert all(packet.endswith(b"\0\0\xff\xff") for packet in packets)
    hello, ready = (json.loads(stream.decompress(packet)) for packet in packets)
    assert (hello["op"], ready["t"], ready["s"]) == (10, "READY", 1)


async def test_after_a_drop_what_was_missed_is_told_again(
    fake: FakeDiscord, listener: Bot, channel: Channel
) -> None:
    ada = fake.add_user("ada")
    await fake.say(ada, channel, "before")
    before = await listener.hear()

    fake.gateway.drop_all()
    await fake.say(ada, channel, "while away")
    missed = await listener.hear()
    await asyncio.wait_for(listener.resumed.wait(), 5)
    await fake.say(ada, channel, "after")
    after = await listener.hear()

    assert [each.content for each in (before, missed, after)] == ["before", "while away", "after"]
    assert (fake.gateway.identified, fake.gateway.resumed) == (1, 1)
    assert listener.heard.empty()


async def test_asked_to_reconnect_a_bot_resumes(
    fake: FakeDiscord, listener: Bot, channel: Channel
) -> None:
    fake.gateway.reconnect_all()
    await asyncio.wait_for(listener.resumed.wait(), 5)

    await fake.say(fake.add_user("ada"), channel, "still there?")

    assert (await listener.hear()).content == "still there?"
    assert fake.gateway.identified == 1


async def test_a_session_that_is_forgotten_begins_anew(
    fake: FakeDiscord, listener: Bot, channel: Channel
) -> None:
    ada = fake.add_user("ada")
    listener.ready.clear()
    fake.gateway.forget_sessions()
    fake.gateway.drop_all()
    await fake.say(ada, channel, "lost")

    await asyncio.wait_for(listener.ready.wait(), 15)
    await fake.say(ada, channel, "found")

    assert (await listener.hear()).content == "found"
    assert (fake.gateway.identified, fake.gateway.resumed) == (2, 0)


async def test_a_session_is_kept_three_minutes() -> None:
    clock = ToldClock()
    async with FakeDiscord(clock.clock()) as fake:
        async with a_socket(fake) as socket:
            await socket.send_json({"op": 2, "d": {"token": fake.token, "intents": 0}})
            await socket.receive_json()
            ready = await socket.receive_json()
            fake.gateway.drop_all()
            await closing_code(socket)
        clock.advance(181)
        async with a_socket(fake) as socket:
            session_id = ready["d"]["session_id"]
            asked = {"token": fake.token, "session_id": session_id, "seq": 1}
            await socket.send_json({"op": 6, "d": asked})
            await socket.receive_json()
            answer = await socket.receive_json()

    assert answer == {"op": 9, "d": False}


async def test_each_shard_hears_its_own_servers_and_the_first_the_dms(fake: FakeDiscord) -> None:
    channels = [fake.add_guild(name).add_channel() for name in ("one", "two")]
    homes = [(each.guild.id >> 22) % 2 for each in channels if each.guild]
    ada = fake.add_user("ada")
    async with (
        a_connected_bot(fake, intents=ALL, shard_id=0, shard_count=2) as first,
        a_connected_bot(fake, intents=ALL, shard_id=1, shard_count=2) as second,
    ):
        for channel, home in zip(channels, homes, strict=True):
            await fake.say(ada, channel, f"home {home}")
        await fake.say(ada, fake.add_dm(ada), "private")

        in_first = {(await first.hear()).content for _ in range(2)}
        in_second = {(await second.hear()).content}

    assert (in_first, in_second) == ({"home 0", "private"}, {"home 1"})


async def test_an_event_can_come_twice_or_out_of_order(
    fake: FakeDiscord, listener: Bot, channel: Channel
) -> None:
    ada = fake.add_user("ada")
    fake.gateway.disorder.duplicate_next()
    await fake.say(ada, channel, "twice")
    fake.gateway.disorder.swap_next()
    await fake.say(ada, channel, "first")
    await fake.say(ada, channel, "second")

    heard = [(await listener.hear()).content for _ in range(4)]

    assert heard == ["twice", "twice", "second", "first"]


async def test_an_event_that_cannot_be_read_ends_the_client(fake: FakeDiscord) -> None:
    fake.add_guild()
    async with a_connected_bot(fake) as bot:
        assert bot.running
        fake.gateway.send_unparsable()
        await asyncio.wait([bot.running], timeout=5)

        assert isinstance(bot.running.exception(), KeyError)


async def test_closing_with_a_final_code_ends_the_client(fake: FakeDiscord) -> None:
    async with a_connected_bot(fake) as bot:
        assert bot.running
        fake.gateway.close_all(4004)
        await asyncio.wait([bot.running], timeout=5)

        end = bot.running.exception()

    assert isinstance(end, discord.ConnectionClosed)
    assert end.code == 4004


@contextlib.asynccontextmanager
async def a_socket(fake: FakeDiscord) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
    """Connect past discord.py, which is too polite for some of this."""
    url = f"{fake.gateway_url}?v=10&encoding=json"
    async with aiohttp.ClientSession() as session, session.ws_connect(url) as socket:
        yield socket


async def closing_code(socket: aiohttp.ClientWebSocketResponse) -> int | None:
    """Listen until the other side closes; return its code."""
    async for _ in socket:
        pass
    return socket.close_code
