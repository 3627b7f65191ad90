"""Commands and buttons at the fake Discord, through discord.py and real sockets."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from bot.platforms.buttons import TOO_LATE, confirm_buttons, custom_id
from bot.platforms.discord.interactions import NOT_TAKEN_IN
from bot.platforms.discord.presses import NOT_YOURS
from bot.platforms.discord.slash import MENU
from bot.wording import UNEXPECTED, sentence
from routing.errors import StoreUnavailable
from routing.inbox import Admission, Admitted
from tests.bot.platforms.discord.ear import Ear, listening
from tests.bot.platforms.discord.saying import raw
from tests.fakes.discord import DROPPED, LOST_ANSWER, Channel, FakeDiscord, Held, Status, User
from tests.fakes.discord import Message as Post
from tests.fakes.faults import Fault


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

    async def test_who_has_a_configured_role_is_an_admin(
        self, fake: FakeDiscord, tmp_path: Path, channel: Channel
    ) -> None:
        assert channel.guild
        staff, others = channel.guild.add_role("staff"), channel.guild.add_role("others")
        people = [fake.add_user(role.name, channel.guild, roles=[role]) for role in (staff, others)]

        async with listening(fake, tmp_path, admin_roles=[str(staff.id)]) as ear:
            for person in people:
                await fake.slash(person, channel, "ask", {"question": "tea?"})
            taken = await ear.taken(2)

        assert {message.author: message.is_admin for message in taken} == {
            "staff": True,
            "others": False,
        }

    async def test_a_question_is_recorded_before_it_is_acknowledged(
        self, ear: Ear, ada: User, channel: Channel
    ) -> None:
        gate = asyncio.Event()
        ear.fake.faults.next("POST", "/interactions/.*/callback", Held(gate))

        asked = await ear.fake.slash(ada, channel, "ask", {"question": "tea?"})
        await ear.taken()

        assert not asked.acknowledged_at
        gate.set()
        await ear.until(lambda: asked.acknowledged_at)

    async def test_where_that_takes_long_it_is_acknowledged_all_the_same(
        self, ear: Ear, ada: User, channel: Channel
    ) -> None:
        ear.intake.gate = asyncio.Event()

        asked = await ear.fake.slash(ada, channel, "ask", {"question": "tea?"})
        await ear.until(lambda: asked.acknowledged_at)

        assert ear.intake.taken == []
        ear.intake.gate.set()
        await ear.taken()

    @pytest.mark.parametrize("is_told_by_intake", [True, False])
    async def test_of_one_that_is_not_taken_in_the_person_hears_once(
        self, ear: Ear, ada: User, channel: Channel, *, is_told_by_intake: bool
    ) -> None:
        ear.intake.refuses = Admitted(Admission.FULL, is_to_be_told=is_told_by_intake)

        asked = await ear.fake.slash(ada, channel, "ask", {"question": "tea?"})
        await ear.until(lambda: asked.acknowledged_at)
        await ear.fake.slash(ada, channel, "quota show")
        await ear.until(
            lambda: any(message.text == "/quota show" for message, _ in ear.surface.shown)
        )

        refused = [view for message, view in ear.surface.shown if message.text == "tea?"]
        assert refused == ([] if is_told_by_intake else [NOT_TAKEN_IN])

    @pytest.mark.parametrize("fault", [DROPPED, LOST_ANSWER, Status(503)], ids=str)
    @pytest.mark.parametrize("command", ["ask", "quota show"])
    async def test_an_acknowledgement_that_gets_lost_is_repeated(
        self, ear: Ear, ada: User, channel: Channel, command: str, fault: Fault
    ) -> None:
        ear.fake.faults.next("POST", "/interactions/.*/callback", fault)
        words = {"question": "tea?"} if command == "ask" else {}

        asked = await ear.fake.slash(ada, channel, command, words)

        await ear.until(lambda: asked.acknowledged_at)
        await ear.until(lambda: ear.intake.taken or ear.surface.shown)

    @pytest.mark.parametrize(
        ("command", "told"),
        [
            pytest.param("usage", sentence(StoreUnavailable("away")), id="store away"),
            pytest.param("new", UNEXPECTED, id="nobody foresaw it"),
        ],
    )
    async def test_a_command_that_fails_says_so(
        self, ear: Ear, ada: User, channel: Channel, command: str, told: str
    ) -> None:
        await ear.fake.slash(ada, channel, command)

        await ear.until(lambda: ear.surface.shown)
        ((_, view),) = ear.surface.shown
        assert view.text == told
        assert view.is_failure

    async def test_what_is_typed_is_helped_with_at_once(
        self, ear: Ear, ada: User, channel: Channel
    ) -> None:
        typing = await ear.fake.autocomplete(ada, channel, "quota remove", {"limit": "asker"})

        await ear.until(lambda: typing.acknowledged_at)
        ((label, value),) = [(each["name"], each["value"]) for each in typing.choices]
        assert label.startswith(f"/quota remove, limit: asker by {ada.id}!")
        assert len(label) == 100
        assert value == "asker"

    async def test_with_the_store_away_nothing_is_suggested(
        self, ear: Ear, ada: User, channel: Channel
    ) -> None:
        typing = await ear.fake.autocomplete(ada, channel, "model", {"model": "away"})

        await ear.until(lambda: typing.acknowledged_at)
        assert typing.choices == []

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
        asked = await ear.fake.slash(ada, channel, "quota audit")

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

    async def test_a_button_may_say_who_asked(self, ear: Ear, ada: User, channel: Channel) -> None:
        last = await ear.fake.say(ear.fake.bot, channel, "the end of a long answer")
        last.components = [a_row(custom_id("stop", f"123-{ada.id}"))]

        await ear.fake.press(ada, last, custom_id("stop", f"123-{ada.id}"))

        await ear.until(lambda: ear.intake.stopped)
        assert ear.intake.stopped == ["discord:123"]

    async def test_a_command_that_asked_first_is_given_by_a_press(
        self, ear: Ear, ada: User, answer: Post
    ) -> None:
        (button,) = confirm_buttons("/quota remove server usd per day confirm", str(ada.id))
        answer.components = [a_row(button.custom_id)]

        for _ in range(2):
            await ear.fake.press(ada, answer, button.custom_id)

        await ear.until(lambda: len(ear.surface.shown) == 2)
        (first, view), (second, _) = ear.surface.shown
        assert first.text == "/quota remove server usd per day confirm"
        assert view.text.startswith(first.text)
        assert first.reply_id == second.reply_id, "pressed twice, it is one change"

    async def test_what_a_model_answers_to_a_press_is_asked_once_for_all_to_see(
        self, ear: Ear, ada: User, answer: Post
    ) -> None:
        (button,) = confirm_buttons("/compare start 0123456789ab", str(ada.id))
        answer.components = [a_row(button.custom_id)]

        first = await ear.fake.press(ada, answer, button.custom_id)
        _, message = await ear.taken(2)
        ear.intake.refuses = Admitted(Admission.AGAIN)
        again = await ear.fake.press(ada, answer, button.custom_id)
        await ear.until(lambda: first.original and again.acknowledged_at)

        assert message.text == "/compare start 0123456789ab"
        assert message.handle["can_send"] == "1"
        assert not message.is_answered_alone
        assert first.original
        assert not first.original.is_ephemeral
        assert again.original is not first.original
        assert again.original in {None, answer}

    async def test_only_who_was_asked_confirms_and_not_for_long(
        self, ear: Ear, ada: User, channel: Channel, answer: Post
    ) -> None:
        (button,) = confirm_buttons("/quota remove everyone usd per day", str(ada.id))
        answer.components = [a_row(button.custom_id)]
        bob = ear.fake.add_user("bob", channel.guild)

        by_bob = await ear.fake.press(bob, answer, button.custom_id)
        answer.id -= 11 * 60_000 << 22
        too_late = await ear.fake.press(ada, answer, button.custom_id)

        await ear.until(lambda: by_bob.original and too_late.original)
        assert by_bob.original
        assert too_late.original
        assert [by_bob.original.content, too_late.original.content] == [NOT_YOURS, TOO_LATE]
        assert ear.surface.shown == []

    async def test_who_presses_is_an_admin_by_the_roles_they_have_then(
        self, fake: FakeDiscord, tmp_path: Path, channel: Channel
    ) -> None:
        assert channel.guild
        staff = channel.guild.add_role("staff")
        person = fake.add_user("eve", channel.guild, roles=[staff])
        (button,) = confirm_buttons("/quota remove everyone usd per day", str(person.id))

        async with listening(fake, tmp_path, admin_roles=[str(staff.id)]) as ear:
            post = await fake.say(fake.bot, channel, "This is for everybody.")
            post.components = [a_row(button.custom_id)]
            await fake.press(person, post, button.custom_id)
            await ear.until(lambda: ear.surface.shown)
            channel.guild.add_member(person)
            await fake.press(person, post, button.custom_id)
            await ear.until(lambda: len(ear.surface.shown) == 2)

        assert [message.is_admin for message, _ in ear.surface.shown] == [True, False]

    async def test_buttons_of_somebody_elses_making_are_left_alone(
        self, ear: Ear, ada: User, answer: Post
    ) -> None:
        await ear.fake.press(ada, answer, "another:why:r1")
        await ear.fake.press(ada, answer, custom_id("why", "r1"))

        await ear.until(lambda: ear.surface.shown)
        assert len(ear.surface.shown) == 1


def a_row(*names: str) -> dict[str, Any]:
    """Build a row of buttons."""
    return {
        "type": 1,
        "components": [{"type": 2, "style": 2, "label": "x", "custom_id": each} for each in names],
    }
