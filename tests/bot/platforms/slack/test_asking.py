"""Forms on Slack, as they are sent and taken in; dialogues hold them with the real bot."""

import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.commands.options import Suggestion
from bot.platforms.buttons import TOO_LATE
from bot.platforms.port import Message, Notice, OutgoingEvent
from bot.platforms.slack.addresses import ASK_ABOUT
from bot.platforms.slack.command_forms import opened_in
from bot.platforms.slack.errors import Refused
from bot.platforms.slack.hearing import SlackHearing
from bot.platforms.slack.people import People
from bot.platforms.slack.ports import Inward
from config.settings import Settings
from routing.stop import Stop
from tests.bot.platforms.slack.saying import TEAM, Ear, ToldWeb, a_command, a_world

ADMIN = "U12"
View = dict[str, Any]


@dataclass
class Told:
    """Answers commands with what it is told to, once it is let."""

    notice: Notice = field(default_factory=lambda: Notice("Set."))
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    given: list[Message] = field(default_factory=list)

    async def answer(self, message: Message, stop: Stop) -> AsyncGenerator[OutgoingEvent]:
        del stop  # nothing here takes long enough
        self.given.append(message)
        await self.gate.wait()
        yield self.notice

    async def suggest(self, message: Message, option: str, typed: str) -> Sequence[Suggestion]:
        del message, option, typed
        return ()


class ClosedWeb(ToldWeb):
    """Opens no form."""

    async def open_modal(self, team: str, trigger_id: str, view: Mapping[str, Any]) -> None:
        raise Refused("views.open", f"expired_trigger_id {team} {trigger_id} {len(view)}")


@dataclass
class Office:
    """The listening side, and what answers there."""

    ear: Ear = field(default_factory=Ear)
    answers: Told = field(default_factory=Told)

    def __post_init__(self) -> None:
        self.answers.gate.set()
        ear = self.ear
        inward = Inward(ear.intake, ear.posts, ear.web, self._nobody)
        clock = ear.time.clock()
        self.hearing = SlackHearing(
            Settings(),
            inward,
            answers=self.answers,
            surface=ear.surface,
            people=People(ear.web, clock),
            clock=clock,
        )

    async def opened(self, text: str = "set") -> View:
        """Let an admin give a command that says too little; return the form."""
        await self.hearing.command(a_command("/quota", text, user_id=ADMIN))
        await self.hearing.settled()
        ((_, view),) = self.ear.web.opened
        return {**view, "id": "V1"}

    async def send(self, view: View, **values: str) -> Any:
        """Let the admin send a form; return what becomes of it."""
        state = {name: {name: {"value": value}} for name, value in values.items()}
        payload = {
            "type": "view_submission",
            "team": {"id": TEAM},
            "user": {"id": ADMIN},
            "trigger_id": f"T{len(self.answers.given)}",
            "view": {**view, "state": {"values": state}},
        }
        return await self.hearing.view(payload)

    async def _nobody(self, _team: str, _enterprise: str) -> None:
        raise AssertionError("nobody uninstalls")


async def test_a_form_is_answered_to_who_gave_the_command() -> None:
    office = Office()
    view = await office.opened()

    reaction = await office.send(view, scope="user", amount="$5")
    await office.hearing.settled()

    ((message, shown),) = office.ear.surface.shown
    assert reaction is None
    assert (message.text, message.is_admin) == ("", True)
    assert [each.text for each in office.answers.given] == ["/quota set user $5"]
    assert message.handle["response_url"] == "https://hooks.slack.com/commands/1"
    assert message.handle["is_ephemeral"] == "1"
    assert shown.text == "Set."


async def test_what_is_wrong_stands_at_the_field_it_is_about() -> None:
    office = Office()
    office.answers.notice = Notice("`5 apples` is no amount.", is_failure=True)
    view = await office.opened()

    wrong = await office.send(view, scope="user", amount="5 apples")
    misfit = await office.send(view, scope="role", user="U11", amount="$5")

    errors = {"amount": "5 apples is no amount."}
    assert wrong == {"response_action": "errors", "errors": errors}
    assert misfit["errors"] == {"user": "This goes with user, not with role."}
    assert len(office.answers.given) == 1
    assert office.ear.surface.shown == []


async def asking_first(office: Office) -> View:
    """Let an admin be asked whether something is to be done; return the form that asks."""
    office.answers.notice = Notice("For all.", confirm_by="/quota set everyone $5 confirm")
    reaction = await office.send(await office.opened(), scope="everyone", amount="$5")
    assert reaction["response_action"] == "update"
    return {**reaction["view"], "id": "V1"}


async def test_what_many_would_feel_is_done_when_that_is_sent_and_once() -> None:
    office = Office()
    view = await asking_first(office)
    office.answers.notice = Notice("Set for all.")

    for _ in range(2):
        assert await office.send(view) is None
    await office.hearing.settled()

    _, *done = office.answers.given
    assert view["submit"]["text"] == "Do it"
    assert {each.text for each in done} == {"/quota set everyone $5 confirm"}
    assert len({each.reply_id for each in done}) == 1


async def test_it_is_not_done_when_it_was_told_long_ago() -> None:
    office = Office()
    view = await asking_first(office)

    await office.ear.time.pass_by(601)
    late = await office.send(view)

    assert TOO_LATE in str(late)
    assert "submit" not in late["view"]
    assert len(office.answers.given) == 1


async def test_why_it_cannot_be_done_any_more_takes_its_place() -> None:
    office = Office()
    view = await asking_first(office)
    office.answers.notice = Notice("Only an admin may.", is_failure=True)

    refused = await office.send(view)

    assert "Only an admin may." in str(refused["view"]["blocks"])
    assert "submit" not in refused["view"]


async def test_where_slack_opens_no_form_the_answer_says_what_is_missing() -> None:
    office = Office(Ear(ClosedWeb(users=a_world().users)))

    await office.hearing.command(a_command("/quota", "set", user_id=ADMIN))
    await office.hearing.settled()

    assert [each.text for each in office.answers.given] == ["/quota set"]


async def test_what_takes_long_is_told_beside() -> None:
    office = Office()
    view = await office.opened()
    office.answers.gate.clear()

    reaction = await office.send(view, scope="user", amount="$5")
    shown_before = len(office.ear.surface.shown)
    office.answers.gate.set()
    await office.hearing.settled()

    assert (reaction, shown_before) == (None, 0)
    assert [shown.text for _, shown in office.ear.surface.shown] == ["Set."]


def test_another_form_is_none_of_these() -> None:
    assert opened_in({"callback_id": ASK_ABOUT}) is None
