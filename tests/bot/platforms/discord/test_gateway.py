"""Messages at the fake Discord, through discord.py and real sockets."""

import asyncio
from pathlib import Path

import pytest

from bot.platforms.discord.errors import DiscordRefuses
from bot.shards import ShardRange
from config.references import Resolved
from routing.ports import Conversation
from tests.bot.platforms.discord.ear import Ear, a_platform, listening, settings_for
from tests.bot.platforms.discord.saying import a_known_post
from tests.fakes.discord import (
    DROPPED,
    Channel,
    FakeDiscord,
    Held,
    Permission,
    Status,
    Upload,
    User,
)
from tests.fakes.discord.world import PRIVATE_THREAD, PUBLIC_THREAD


class TestMessages:
    """What people write."""

    async def test_a_mention_in_a_channel(self, ear: Ear, ada: User, channel: Channel) -> None:
        said = await ear.fake.say(ada, channel, "what is tea?", mention_bot=True)

        (message,) = await ear.taken()
        assert (message.identity, message.text) == (f"discord:{said.id}", "what is tea?")
        assert message.author == "ada"
        assert message.origin.place == str(channel.id)
        assert message.origin.is_public
        assert not message.origin.private
        assert not message.is_admin
        assert message.at == said.created_at.replace(microsecond=message.at.microsecond)

    async def test_a_direct_message(self, ear: Ear, ada: User) -> None:
        await ear.fake.say(ada, ear.fake.add_dm(ada), "what is tea?")

        (message,) = await ear.taken()
        assert message.text == "what is tea?"
        assert message.origin.private
        assert message.origin.tenant == f"dm-{ada.id}"

    async def test_a_reply_brings_what_it_answers(
        self, ear: Ear, ada: User, channel: Channel
    ) -> None:
        bob = ear.fake.add_user("bob", channel.guild)
        first = await ear.fake.say(bob, channel, "tea is old <@12345>")

        await ear.fake.say(ada, channel, "is it?", mention_bot=True, reply_to=first)

        (message,) = await ear.taken()
        assert message.text == "is it?"
        assert message.conversation.thread.startswith("r")

    async def test_a_reply_to_the_bot_goes_on(self, ear: Ear, ada: User, channel: Channel) -> None:
        answer = await ear.fake.say(ear.fake.bot, channel, "tea is a drink")
        known = Conversation("discord", str(channel.guild and channel.guild.id), "x", "r1")
        ear.posts.known[str(channel.id), str(answer.id)] = a_known_post(known)

        await ear.fake.say(ada, channel, "and coffee?", reply_to=answer)

        (message,) = await ear.taken()
        assert message.conversation == known
        assert message.about == "reply-1"

    async def test_roles_and_admins_are_told_by_id(self, ear: Ear, channel: Channel) -> None:
        assert channel.guild
        staff = channel.guild.add_role("staff", Permission.MANAGE_GUILD)
        eve = ear.fake.add_user("eve", channel.guild, roles=[staff])

        await ear.fake.say(eve, channel, "hi", mention_bot=True)

        (message,) = await ear.taken()
        assert message.origin.roles == {str(staff.id)}
        assert message.is_admin

    async def test_other_settings_count_from_the_next_message_on(
        self, ear: Ear, channel: Channel, tmp_path: Path
    ) -> None:
        assert channel.guild
        helpers = channel.guild.add_role("helpers")
        eve = ear.fake.add_user("eve", channel.guild, roles=[helpers])

        await ear.fake.say(eve, channel, "hi", mention_bot=True)
        await ear.taken(1)
        ear.adopt(settings_for(ear.fake, tmp_path, admin_roles=[str(helpers.id)]))
        await ear.fake.say(eve, channel, "hi", mention_bot=True)

        assert [each.is_admin for each in await ear.taken(2)] == [False, True]

    async def test_a_channel_not_all_may_see_is_not_public(
        self, ear: Ear, ada: User, channel: Channel
    ) -> None:
        assert channel.guild
        channel.deny(Permission.VIEW_CHANNEL, to=channel.guild.everyone)
        channel.allow(Permission.VIEW_CHANNEL, to=ear.fake.bot)

        await ear.fake.say(ada, channel, "hi", mention_bot=True)

        (message,) = await ear.taken()
        assert not message.origin.is_public

    async def test_bots_and_the_bot_itself_are_not_answered(
        self, ear: Ear, ada: User, channel: Channel
    ) -> None:
        assert channel.guild
        other = ear.fake.add_bot("other", channel.guild)
        await ear.fake.say(other, channel, "hi", mention_bot=True)
        await ear.fake.say(ear.fake.bot, channel, "hi", mention_bot=True)
        await ear.fake.say(ada, channel, "people among themselves")

        await ear.fake.say(ada, channel, "last", mention_bot=True)

        assert [each.text for each in await ear.taken()] == ["last"]

    async def test_files_come_by_reference(self, ear: Ear, ada: User, channel: Channel) -> None:
        file = Upload("tea.png", b"x" * 9, "image/png")

        said = await ear.fake.say(ada, channel, "this?", mention_bot=True, attachments=[file])

        (message,) = await ear.taken()
        (attachment,) = message.attachments
        assert (attachment.kind, attachment.name, attachment.size_bytes) == ("image", "tea.png", 9)
        assert attachment.reference.startswith(f"{channel.id}/{said.id}/")
        assert attachment.url.startswith(ear.fake.cdn_url)

    async def test_a_message_told_twice_is_taken_in_once(
        self, ear: Ear, ada: User, channel: Channel
    ) -> None:
        ear.fake.gateway.disorder.duplicate_next()
        await ear.fake.say(ada, channel, "one", mention_bot=True)
        await ear.fake.say(ada, channel, "two", mention_bot=True)

        assert [each.text for each in await ear.taken(2)] == ["one", "two"]


class TestThreads:
    """Where no mention is needed."""

    async def test_in_a_thread_of_the_bots_own_no_mention_is_needed(
        self, fake: FakeDiscord, channel: Channel, ada: User, tmp_path: Path
    ) -> None:
        seeing(fake)
        async with listening(fake, tmp_path, message_content=True) as ear:
            thread = await fake.open_thread(fake.bot, channel, "tea")
            await fake.say(ada, thread, "and milk?")

            (message,) = await ear.taken()

        assert message.text == "and milk?"
        assert message.origin.place == str(channel.id)
        assert message.conversation.thread == str(thread.id)

    async def test_in_anothers_thread_it_is(self, ear: Ear, ada: User, channel: Channel) -> None:
        thread = await ear.fake.open_thread(ada, channel, "/quota set everyone $9")
        await ear.fake.say(ada, thread, "hm")
        await ear.fake.say(ada, thread, "hm?", mention_bot=True)

        (message,) = await ear.taken()
        assert message.text == "hm?"
        assert message.handle["title"] == "/quota set everyone $9"

    async def test_a_channel_that_is_always_answered_needs_no_mention(
        self, fake: FakeDiscord, channel: Channel, ada: User, tmp_path: Path
    ) -> None:
        seeing(fake)
        always = [str(channel.id)]
        async with listening(fake, tmp_path, message_content=True, always_answer=always) as ear:
            await fake.say(ada, channel, "tea?")

            (message,) = await ear.taken()

        assert message.text == "tea?"
        assert message.conversation.person == str(ada.id)


class TestChanges:
    """What becomes of messages."""

    async def test_an_edit_is_handed_on(self, ear: Ear, ada: User, channel: Channel) -> None:
        said = await ear.fake.say(ada, channel, "tea?", mention_bot=True)
        await ear.fake.edit(said, f"<@{ear.fake.bot.id}> coffee?")

        await ear.until(lambda: ear.intake.changed)
        assert ear.intake.changed[0].identity == f"discord:{said.id}"
        assert ear.intake.changed[0].text == "coffee?"

    async def test_a_deletion_is_handed_on(self, ear: Ear, ada: User, channel: Channel) -> None:
        said = await ear.fake.say(ada, channel, "tea?", mention_bot=True)
        await ear.fake.delete(said)

        await ear.until(lambda: ear.intake.gone)
        assert ear.intake.gone == [("discord", str(channel.id), str(said.id))]

    @pytest.mark.parametrize("kind", [PUBLIC_THREAD, PRIVATE_THREAD], ids=["open", "closed"])
    async def test_a_thread_says_whether_fewer_people_read_it_than_its_channel(
        self, ear: Ear, ada: User, channel: Channel, kind: int
    ) -> None:
        thread = ear.fake.world.add_thread(channel, "plans", ada)
        thread.kind = kind
        thread.thread_members.add(ear.fake.bot.id)
        ear.fake.world.announce_channel("THREAD_CREATE", thread)

        await ear.fake.say(ada, thread, "tea?", mention_bot=True)
        await ear.fake.slash(ada, thread, "ask", {"question": "tea?"})

        for message in await ear.taken(2):
            assert message.origin.place == str(channel.id)
            assert message.origin.is_closed == (kind == PRIVATE_THREAD)
            assert message.origin.is_public == (kind == PUBLIC_THREAD)

    async def test_a_deletion_in_a_thread_is_told_by_its_channel(
        self, ear: Ear, ada: User, channel: Channel
    ) -> None:
        thread = await ear.fake.open_thread(ada, channel, "tea")
        said = await ear.fake.say(ada, thread, "tea?", mention_bot=True)
        await ear.fake.delete(said)

        await ear.until(lambda: ear.intake.gone)
        assert ear.intake.gone == [("discord", str(channel.id), str(said.id))]


class TestConnection:
    """How the bot stays connected."""

    async def test_what_was_said_during_a_break_is_heard_after_it(
        self, ear: Ear, ada: User, channel: Channel
    ) -> None:
        ear.fake.gateway.close_all()
        await ear.fake.say(ada, channel, "meanwhile", mention_bot=True)

        assert [each.text for each in await ear.taken()] == ["meanwhile"]
        assert ear.fake.gateway.resumed == 1

    async def test_discord_is_heard_but_for_breaks_until_the_end(
        self, fake: FakeDiscord, tmp_path: Path
    ) -> None:
        async with listening(fake, tmp_path) as ear:
            await ear.until(lambda: ear.vitals.is_heard)

            fake.gateway.close_all()
            await ear.until(lambda: ear.vitals.breaks and ear.vitals.is_heard)

        assert fake.gateway.resumed == 1
        assert not ear.vitals.is_heard

    async def test_an_event_that_cannot_be_read_ends_nothing(
        self, ear: Ear, ada: User, channel: Channel
    ) -> None:
        ear.fake.gateway.send_unparsable()
        await ear.fake.say(ada, channel, "after it", mention_bot=True)

        assert [each.text for each in await ear.taken()] == ["after it"]
        assert ear.fake.gateway.identified == 1

    async def test_an_intent_that_is_not_switched_on_ends_the_bot_with_the_way_out(
        self, fake: FakeDiscord, tmp_path: Path
    ) -> None:
        platform = a_platform(Ear(fake), settings_for(fake, tmp_path, message_content=True))

        with pytest.raises(DiscordRefuses, match="MESSAGE CONTENT INTENT"):
            await asyncio.wait_for(platform.run(Ear(fake).intake), 10)

    async def test_so_does_a_wrong_token(self, fake: FakeDiscord, tmp_path: Path) -> None:
        token = Resolved("wrong", "env:DISCORD_TOKEN")
        platform = a_platform(Ear(fake), settings_for(fake, tmp_path, token=token))

        with pytest.raises(DiscordRefuses, match="set DISCORD_TOKEN"):
            await asyncio.wait_for(platform.run(Ear(fake).intake), 10)

    async def test_a_first_connection_that_fails_is_made_again(
        self, fake: FakeDiscord, tmp_path: Path
    ) -> None:
        fake.faults.next("GET", "/gateway/bot", Status(404))

        async with listening(fake, tmp_path) as ear:
            assert len(ear.pauses) == 1
            assert fake.gateway.identified == 1

    async def test_a_process_takes_the_shards_it_is_told(
        self, fake: FakeDiscord, ada: User, channel: Channel, tmp_path: Path
    ) -> None:
        assert channel.guild
        home = (channel.guild.id >> 22) % 2
        async with listening(fake, tmp_path, ShardRange(home, home, 2)) as ear:
            await fake.say(ada, channel, "here", mention_bot=True)

            assert [each.text for each in await ear.taken()] == ["here"]

        assert fake.gateway.identified == 1


class TestPermissions:
    """What the bot may not do."""

    async def test_where_it_may_not_write_asker_and_owner_are_told_once(
        self, ear: Ear, ada: User, channel: Channel
    ) -> None:
        assert channel.guild
        channel.deny(Permission.SEND_MESSAGES)
        owner = ear.fake.add_dm(channel.guild.owner)

        for _ in range(3):
            await ear.fake.say(ada, channel, "tea?", mention_bot=True)
            dm = ear.fake.add_dm(ada)
            await ear.until(lambda dm=dm: ear.fake.messages(dm))

        (told,) = ear.fake.messages(ear.fake.add_dm(ada))
        assert "Send Messages" in told.content
        assert len(ear.fake.messages(owner)) == 1
        assert ear.intake.taken == []

    async def test_where_only_comfort_is_missing_it_answers_all_the_same(
        self, ear: Ear, ada: User, channel: Channel
    ) -> None:
        assert channel.guild
        channel.deny(Permission.ATTACH_FILES)

        await ear.fake.say(ada, channel, "tea?", mention_bot=True)

        assert len(await ear.taken()) == 1
        dm = ear.fake.add_dm(channel.guild.owner)
        await ear.until(lambda: ear.fake.messages(dm))
        (told,) = ear.fake.messages(dm)
        assert "Attach Files" in told.content

    async def test_a_question_does_not_wait_until_somebody_is_told(
        self, ear: Ear, ada: User, channel: Channel
    ) -> None:
        channel.deny(Permission.ATTACH_FILES)
        gate = asyncio.Event()
        ear.fake.faults.next("POST", "/users/@me/channels", Held(gate))

        await ear.fake.say(ada, channel, "tea?", mention_bot=True)

        assert len(await ear.taken()) == 1
        gate.set()

    async def test_where_nobody_can_be_told_of_it_it_answers_all_the_same(
        self, ear: Ear, ada: User, channel: Channel
    ) -> None:
        channel.deny(Permission.ATTACH_FILES)
        ear.fake.faults.next("POST", "/users/@me/channels", DROPPED)

        await ear.fake.say(ada, channel, "tea?", mention_bot=True)

        assert len(await ear.taken()) == 1


def seeing(fake: FakeDiscord) -> None:
    """Switch the message content intent on."""
    fake.gateway.privileged |= 1 << 15
    fake.world.sees_content = True
