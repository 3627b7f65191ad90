"""All that Slack sends, handed to whoever takes it in; what is not for the bot ends here."""

import logging
from collections.abc import Awaitable, Mapping, Sequence
from typing import Any, Final

from bot.platforms.at_once import answered
from bot.platforms.inward import Answers
from bot.platforms.slack.addresses import gesture_id_of
from bot.platforms.slack.asking import Reaction
from bot.platforms.slack.chores import Chores
from bot.platforms.slack.doorman import Doorman
from bot.platforms.slack.gestures import Gesture, Gestures
from bot.platforms.slack.given import HOME, Pressed, confirmed_in, pressed_in, us_of
from bot.platforms.slack.home import (
    CHANGE,
    MODEL,
    choices_of,
    closed_home,
    home_of,
    limits_of,
    parts_of,
)
from bot.platforms.slack.listening import Kind, Us, Where, unwelcome
from bot.platforms.slack.messages import Messages
from bot.platforms.slack.people import People
from bot.platforms.slack.ports import Inward, Payload
from bot.platforms.slack.reading import thread_of, us_in
from bot.platforms.slack.threads import Threads
from bot.platforms.surface import Surface
from bot.platforms.turns import Turns
from config.settings import Settings
from routing.clock import Clock

GREETING: Final = "Ask me anything, or begin with one of these"

_log = logging.getLogger(__name__)


class SlackHearing:
    """Takes in what people do on Slack.

    Args:
        settings: Of the whole program.
        inward: What is heard is handed on to.
        answers: Answers commands at once.
        looks: Answers those that App Home tells by, which nobody gave; None: as others.
        surface: Where they are answered.
        people: Knows who they are; closed by whoever opened it.
        clock: Tells the time.
    """

    def __init__(  # noqa: PLR0913 # each is a part it is made of, given by name
        self,
        settings: Settings,
        inward: Inward,
        *,
        answers: Answers,
        surface: Surface,
        people: People,
        looks: Answers | None = None,
        clock: Clock | None = None,
    ) -> None:
        clock = clock or Clock()
        self._settings = settings
        self._web = inward.web
        self._uninstalled = inward.uninstalled
        self._answers = answers
        self._looks = looks or answers
        self._now = clock.now
        self._chores = Chores()
        self._turns = Turns()
        self._people = people
        self._threads = Threads(inward.posts)
        self._doorman = doorman = Doorman(surface, clock.elapsed_s, settings.intake.notice_every_s)
        self._messages = Messages(
            settings, inward, people=self._people, threads=self._threads, doorman=doorman
        )
        self._gestures = Gestures(
            settings.slack,
            inward,
            answers=answers,
            surface=surface,
            people=self._people,
            threads=self._threads,
            doorman=doorman,
            chores=self._chores,
            clock=clock,
            say_at_home=self._say_at_home,
        )

    def adopt(self, settings: Settings) -> None:
        """Go by other settings from now on."""
        self._settings = settings
        self._doorman.notice_every_s = settings.intake.notice_every_s
        self._messages.adopt(settings)
        self._gestures.adopt(settings.slack)

    async def aclose(self) -> None:
        """End what goes on beside."""
        await self._chores.aclose()

    async def settled(self) -> None:
        """Return when nothing goes on beside."""
        await self._chores.settled()

    async def event(self, team: str, enterprise: str, payload: Payload) -> None:
        """Take in an event; return once what was asked is recorded, or refused.

        Args:
            team: The workspace whose installation it was sent to.
            enterprise: The organisation that is installed as a whole; empty for none.
            payload: The envelope: `event`, `authorizations`, ….
        """
        await _forgiving(self._event(team, enterprise, payload), "an event")

    async def command(self, payload: Payload) -> None:
        """Take in a slash command; return once a question is recorded, or the rest begun."""
        await _forgiving(self._gestures.command(payload), "a command")

    async def shortcut(self, payload: Payload) -> None:
        """Open the form of an entry of a message's menu."""
        self._chores.start(self._gestures.point(payload))

    async def action(self, payload: Payload) -> None:
        """Take in a press or a choice."""
        await _forgiving(self._pressed(payload), "a press")

    async def view(self, payload: Payload) -> Reaction:
        """Take in a form that was sent; return what becomes of it."""
        reactions: list[Reaction] = []

        async def take() -> None:
            reactions.append(await self._gestures.sent(payload))

        await _forgiving(take(), "a form")
        return next(iter(reactions), None)

    async def options(self, payload: Payload) -> Sequence[Mapping[str, Any]]:
        """Return nothing: no field of ours lets Slack ask what can be chosen in it."""
        _log.info("Slack asks for choices of %s", payload.get("action_id"))
        return ()

    async def _event(self, team: str, enterprise: str, payload: Payload) -> None:
        us, event = us_in(team, enterprise, payload), payload["event"]
        match event.get("type"):
            case "message" | "app_mention":
                lane = (us.team, str(event["channel"]), thread_of(event))
                is_shared = bool(payload.get("is_ext_shared_channel"))
                taking = self._messages.take(event, us, is_shared=is_shared)
                await self._turns.take(lane, taking)
            case "agent_session_stopped":
                await self._stopped(event, us)
            case "app_home_opened":
                self._chores.start(self._opened(event, us))
            case "app_uninstalled":
                await self._uninstalled(us.team, us.enterprise)
            case "tokens_revoked" if (event.get("tokens") or {}).get("bot"):
                await self._uninstalled(us.team, us.enterprise)

    async def _pressed(self, payload: Payload) -> None:
        if confirmed := confirmed_in(payload):
            self._chores.start(self._gestures.confirm(payload, *confirmed))
            return
        pressed = pressed_in(payload)
        if pressed is None:
            return
        if pressed.verb == HOME:
            self._chores.start(self._home_pressed(payload, pressed))
        else:
            await self._gestures.press(payload, pressed)

    async def _stopped(self, event: Mapping[str, Any], us: Us) -> None:
        """End what is being answered in a thread, and what waits there."""
        channel, thread = str(event["channel"]), str(event.get("thread_ts") or "")
        for message_id in await self._threads.asked_in(us.team, channel, thread):
            await self._gestures.stop(message_id)

    # ---- where somebody opens the bot

    async def _opened(self, event: Mapping[str, Any], us: Us) -> None:
        channel = str(event.get("channel") or "")
        if event.get("tab") == "home":
            await self._show_home(await self._at_home(us, str(event["user"]), channel))
        elif channel:
            prompts = self._settings.slack.prompts
            await self._web.set_prompts(us.team, channel, prompts, title=GREETING)

    async def _home_pressed(self, payload: Payload, pressed: Pressed) -> None:
        """Do what was pressed or chosen in App Home, and show what became of it."""
        channel = str((payload.get("view") or {}).get("private_metadata") or "")
        at_home = await self._at_home(us_of(payload), str(payload["user"]["id"]), channel)
        told = ""
        if pressed.about.startswith(CHANGE) and not self._why_not(at_home):
            await self._gestures.change(at_home, pressed.chosen, str(payload["trigger_id"]))
            return
        if pressed.about == MODEL and pressed.chosen and not self._why_not(at_home):
            command = at_home.message(f"/model {pressed.chosen}")
            told = (await answered(self._answers, command)).view().text
        await self._show_home(at_home, told)

    async def _say_at_home(self, us: Us, person: str, channel: str, told: str) -> None:
        """Show in App Home what came of a form that was opened there."""
        await self._show_home(await self._at_home(us, person, channel), told)

    def _why_not(self, at_home: Gesture) -> str:
        slack = self._settings.slack
        return unwelcome(
            at_home.asker, at_home.where, guests=slack.guests, strangers=slack.strangers
        )

    async def _at_home(self, us: Us, person: str, channel: str) -> Gesture:
        """Return that somebody is at App Home, which is their direct message with the bot."""
        asker, now = await self._people.asker(person, us), self._now()
        name = gesture_id_of(us.team, f"home.{person}.{now.timestamp()}")
        return Gesture(name, us, Where(channel, Kind.DIRECT, has_us=True), asker, now)

    async def _show_home(self, at_home: Gesture, told: str = "") -> None:
        """Let somebody's App Home show what there is; first, what came of what they chose."""
        if why_not := self._why_not(at_home):
            home = closed_home(why_not)
        else:
            message = at_home.message("")
            parts = await parts_of(self._looks, message)
            limits = await limits_of(self._answers, message)
            choices, channel = choices_of(self._settings.models), at_home.where.channel
            home = home_of(parts, choices, channel, told=told, limits=limits)
        await self._web.publish_home(at_home.us.team, at_home.asker.person, home)


async def _forgiving(taking: Awaitable[None], what: str) -> None:
    """Take something in; what Slack sends unforeseen is logged, and disturbs nothing else."""
    try:
        await taking
    except Exception:  # noqa: BLE001 # the next event is none the worse for it
        _log.exception("%s of Slack could not be taken in", what)
