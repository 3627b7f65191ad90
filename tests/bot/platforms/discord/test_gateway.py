"""The listening side at the fake Discord, through discord.py and real sockets."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.platforms.discord.buttons_shown import custom_id
from bot.platforms.discord.errors import DiscordRefuses
from bot.platforms.discord.presses import NOT_YOURS
from bot.platforms.discord.slash import MENU
from bot.shards import ShardRange
from config.references import Resolved
from routing.ports import Conversation
from tests.bot.platforms.discord.ear import Ear, a_platform, listening, settings_for
from tests.bot.platforms.discord.saying import KnownPost, raw
from tests.fakes.discord import Channel, FakeDiscord, Permission, Status, Upload, User
from tests.fakes.discord import Message as Post


@pytest.fixture
async def fake() -> AsyncIterator[FakeDiscord]:
    async with FakeDiscord() as discord:
        yield discord
        assert discord.violations == []


@pytest.fixture
def channel(fake: FakeDiscord) -> Channel:
    return fake.add_guild().add_channel()


@pytest.fixture
def ada(fake: FakeDiscord, channel: Channel) -> User:
    return fake.add_user("ada", channel.guild)


@pytest.fixture
async def ear(fake: FakeDiscord, channel: Channel, tmp_path: Path) -> AsyncIterator[Ear]:
    assert channel.guild
    async with listening(fake, tmp_path) as connected:
        yield connected


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
        ear.posts.known[str(channel.id), str(answer.id)] = KnownPost(known)

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
        ear.fake.gateway.duplicate_next()
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
        (told,) = ear.fake.messages(ear.fake.add_dm(channel.guild.owner))
        assert "Attach Files" in told.content


class TestCommands:
    """What is found behind a slash and in the menu."""

    async def test_they_are_made_known_once(self, fake: FakeDiscord, tmp_path: Path) -> None:
        for _ in range(2):
            async with listening(fake, tmp_path):
                names = {each["name"] for each in fake.world.commands[None]}

        assert {"ask", "quota", MENU} <= names
        assert len([each for each in fake.requests if each.method == "PUT"]) == 1

    async def test_ask(self, ear: Ear, ada: User, channel: Channel) -> None:
        asked = await ear.fake.slash(ada, channel, "ask", {"question": "what is tea?"})

        await ear.until(lambda: asked.acknowledged_at)
        (message,) = ear.intake.taken
        assert message.identity == f"discord:{asked.id}"
        assert message.text == "what is tea?"
        assert message.conversation.person == str(ada.id)
        assert message.handle["token"] == asked.token
        assert message.handle["can_send"] == "1"
        assert asked.original
        assert not asked.original.is_ephemeral

    async def test_the_menu_asks_about_a_message(
        self, ear: Ear, ada: User, channel: Channel
    ) -> None:
        said = await ear.fake.say(ada, channel, "/quota set everyone $9")
        asked = await ear.fake.menu(ada, said, MENU)

        await ear.until(lambda: asked.acknowledged_at)
        (message,) = ear.intake.taken
        assert [each.text for each in message.quotes] == ["/quota set everyone $9"]
        assert not message.text.startswith("/")

    async def test_a_command_is_answered_to_its_person_alone(
        self, ear: Ear, ada: User, channel: Channel
    ) -> None:
        asked = await ear.fake.slash(ada, channel, "quota", {"words": "audit"})

        await ear.until(lambda: ear.surface.shown)
        assert asked.original
        assert asked.original.is_ephemeral
        ((message, view),) = ear.surface.shown
        assert view.text == f"/quota audit of {ada.id}"
        assert message.handle["can_send"] == ""
        assert ear.intake.taken == []

    async def test_somebody_brings_the_bot_along_where_it_is_no_member(
        self, ear: Ear, ada: User
    ) -> None:
        elsewhere = ear.fake.add_guild("elsewhere", has_bot=False).add_channel()
        asked = await ear.fake.slash(ada, elsewhere, "ask", {"question": "tea?"})

        await ear.until(lambda: asked.acknowledged_at)
        (message,) = ear.intake.taken
        assert message.handle["can_send"] == ""
        assert not message.origin.is_public
        assert message.origin.place == str(elsewhere.id)

    async def test_in_a_group_others_read_along(self, ear: Ear, ada: User) -> None:
        group = ear.fake.add_dm(ada, ear.fake.add_user("bob"), ear.fake.add_user("cy"))
        asked = await ear.fake.slash(ada, group, "ask", {"question": "tea?"})

        await ear.until(lambda: asked.acknowledged_at)
        (message,) = ear.intake.taken
        assert not message.origin.private
        assert message.origin.tenant == f"group-{group.id}"
        assert message.handle["can_send"] == ""


class TestPresses:
    """Buttons under an answer."""

    @pytest.fixture
    async def question(self, ear: Ear, ada: User, channel: Channel) -> Post:
        return await ear.fake.say(ada, channel, "tea?", mention_bot=True)

    @pytest.fixture
    async def answer(self, ear: Ear, channel: Channel, question: Post) -> Post:
        said = await ear.fake.say(ear.fake.bot, channel, "a drink", reply_to=question)
        said.components = [
            a_row(custom_id("stop", str(question.id)), custom_id("better", "r1")),
            a_row(custom_id("why", "r1"), "another:why:r1"),
        ]
        return said

    async def test_stop_ends_the_answer_to_its_question(
        self, ear: Ear, ada: User, question: Post, answer: Post
    ) -> None:
        pressed = await ear.fake.press(ada, answer, custom_id("stop", str(question.id)))

        await ear.until(lambda: ear.intake.stopped)
        assert ear.intake.stopped == [f"discord:{question.id}"]
        assert pressed.acknowledged_at

    @pytest.mark.parametrize("verb", ["stop", "better"])
    async def test_somebody_else_may_not(
        self, ear: Ear, channel: Channel, question: Post, answer: Post, verb: str
    ) -> None:
        bob = ear.fake.add_user("bob", channel.guild)
        name = custom_id(verb, str(question.id) if verb == "stop" else "r1")
        pressed = await ear.fake.press(bob, answer, name)

        await ear.until(lambda: pressed.original)
        assert pressed.original
        assert pressed.original.is_ephemeral
        assert pressed.original.content == NOT_YOURS
        assert ear.intake.stopped == []
        assert [each.text for each in ear.intake.taken] == ["tea?"]

    async def test_a_better_answer_is_a_question_of_its_own(
        self, ear: Ear, ada: User, question: Post, answer: Post
    ) -> None:
        pressed = await ear.fake.press(ada, answer, custom_id("better", "r1"))

        await ear.until(lambda: pressed.acknowledged_at)
        message = ear.intake.taken[-1]
        assert (message.text, message.about) == ("/better", "r1")
        assert message.identity == f"discord:{pressed.id}"
        assert message.conversation.thread == f"r{question.id}"
        assert pressed.original
        assert not pressed.original.is_ephemeral

    async def test_anybody_may_ask_why_and_sees_it_alone(
        self, ear: Ear, channel: Channel, question: Post, answer: Post
    ) -> None:
        bob = ear.fake.add_user("bob", channel.guild)
        pressed = await ear.fake.press(bob, answer, custom_id("why", "r1"))

        await ear.until(lambda: ear.surface.shown)
        ((message, view),) = ear.surface.shown
        assert view.text == f"/why of r{question.id}"
        assert message.about == "r1"
        assert pressed.original
        assert pressed.original.is_ephemeral

    async def test_who_asked_is_looked_up_where_the_answer_does_not_say(
        self, ear: Ear, ada: User, channel: Channel
    ) -> None:
        question = await ear.fake.say(ada, channel, "tea?", mention_bot=True)
        thread = await ear.fake.open_thread(ear.fake.bot, channel, "tea", start=question)
        answer = await ear.fake.say(ear.fake.bot, thread, "a drink")
        answer.components = [a_row(custom_id("stop", str(question.id)))]
        author = {"id": str(ada.id), "username": "ada"}
        ear.rest.channels[str(channel.id)] = [raw(question.id, author=author)]

        await ear.fake.press(ada, answer, custom_id("stop", str(question.id)))

        await ear.until(lambda: ear.intake.stopped)
        assert ear.rest.asked == [("message", str(channel.id), str(question.id))]

    async def test_buttons_of_somebody_elses_making_are_left_alone(
        self, ear: Ear, ada: User, answer: Post
    ) -> None:
        await ear.fake.press(ada, answer, "another:why:r1")
        await ear.fake.press(ada, answer, custom_id("why", "r1"))

        await ear.until(lambda: ear.surface.shown)
        assert len(ear.surface.shown) == 1


def seeing(fake: FakeDiscord) -> None:
    """Switch the message content intent on."""
    fake.gateway.privileged |= 1 << 15
    fake.world.sees_content = True


def a_row(*names: str) -> dict[str, Any]:
    """Build a row of buttons."""
    return {
        "type": 1,
        "components": [{"type": 2, "style": 2, "label": "x", "custom_id": each} for each in names],
    }
