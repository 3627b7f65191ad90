"""Slash commands, presses and forms: what a model answers is recorded, the rest answered at once.

They are acknowledged already when they come here, so nobody sees a failure of Slack's.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any, Final

from bot.commands.everything import COMMANDS
from bot.platforms.at_once import answer_shown
from bot.platforms.buttons import CONFIRMED_WITHIN, TOO_LATE
from bot.platforms.inward import Answers
from bot.platforms.port import Message
from bot.platforms.presses import ASKED_ANEW, SHOWN_COMMANDS, STOP, may_press
from bot.platforms.slack.addresses import ASK_ABOUT, PLATFORM, gesture_id_of, message_id_of
from bot.platforms.slack.asking import ANSWERABLE, Asking, Reaction, Sent
from bot.platforms.slack.chores import Chores
from bot.platforms.slack.command_forms import opened_in
from bot.platforms.slack.doorman import Doorman, hidden, notice
from bot.platforms.slack.forms import Pointed, form_about, sent_in
from bot.platforms.slack.given import Given, Pressed, given, us_of
from bot.platforms.slack.listening import (
    Asker,
    Us,
    Where,
    conversation_of,
    handle_in,
    origin_of,
    own_conversation,
    unwelcome,
)
from bot.platforms.slack.once import Once, OnceAnywhere
from bot.platforms.slack.people import People
from bot.platforms.slack.ports import Inward, Payload
from bot.platforms.slack.reading import moment, said_in
from bot.platforms.slack.threads import Threads
from bot.platforms.slack.wording import mentioned_in, readable
from bot.platforms.surface import Surface
from config.chats import SlackSettings
from routing.clock import Clock
from routing.errors import StoreUnavailable
from routing.inbox import Admission
from routing.posts import Posted

SayAtHome = Callable[[Us, str, str, str], Awaitable[None]]
"""Tells somebody in App Home, with the bot there and their channel with it, what came of a form."""

NOT_YOURS: Final = "Only who asked may do that, or an admin of this workspace. Ask me yourself!"
_NOT_TAKEN_IN: Final = "This one is not taken in either. Ask again in a moment."

_PATIENCE_S: Final = 2.0
"""So long Slack may take to tell who gives a command: an admin is none until it has."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Gesture:
    """Something a person did other than writing a message.

    Attributes:
        gesture_id: Its id.
        us: The bot there.
        where: The place it was done in.
        asker: Who did it.
        at: When it was heard of.
        thread: The thread it was done in; empty for none.
        response_url: Where it can be answered for a while; empty for nowhere.
    """

    gesture_id: str
    us: Us
    where: Where
    asker: Asker
    at: datetime
    thread: str = ""
    response_url: str = ""

    def message(self, text: str) -> Message:
        """Return what is asked by it."""
        origin = origin_of(self.where, self.us, self.asker, self.thread)
        handle = handle_in(self.where, self.us, self.asker) | {"thread": self.thread}
        if self.response_url:
            expires_at = (self.at + ANSWERABLE).isoformat()
            handle |= {"response_url": self.response_url, "expires_at": expires_at}
        return Message(
            message_id=self.gesture_id,
            origin=origin,
            conversation=conversation_of(origin),
            text=text,
            at=self.at,
            is_admin=self.asker.is_admin,
            author=self.asker.name,
            lasting=own_conversation(origin) if self.thread else None,
            handle=handle,
        )


class Gestures:
    """Takes in what people do other than writing messages."""

    def __init__(  # noqa: PLR0913 # each is a part it is made of, given by name
        self,
        settings: SlackSettings,
        inward: Inward,
        *,
        answers: Answers,
        surface: Surface,
        people: People,
        threads: Threads,
        doorman: Doorman,
        chores: Chores,
        clock: Clock,
        say_at_home: SayAtHome,
    ) -> None:
        self._settings = settings
        self._say_at_home = say_at_home
        self._chores = chores
        self._intake = inward.intake
        self._posts = inward.posts
        self._web = inward.web
        self._answers = answers
        self._surface = surface
        self._people = people
        self._threads = threads
        self._doorman = doorman
        self._now = clock.now
        self._taken = Once()
        self._given = OnceAnywhere(inward.posts)
        self._asking = Asking(inward.web, answers, surface, chores, clock.now)

    def adopt(self, settings: SlackSettings) -> None:
        """Go by other settings from now on."""
        self._settings = settings

    async def command(self, payload: Payload) -> None:
        """Take in a slash command: what a model answers is recorded, the rest answered beside."""
        told = given(str(payload["command"]), str(payload.get("text") or ""))
        if told.asks_a_model:
            await self._ask(*await self._told(payload, told))
        else:
            self._chores.start(self._answer_command(payload, told))

    async def _answer_command(self, payload: Payload, told: Given) -> None:
        """Answer a command, or let a form ask for what it does not say."""
        message, gesture = await self._told(payload, told, wait_s=_PATIENCE_S)
        form = self._asking.form_for(message)
        if form is None:
            await self._answer(message, gesture)
        elif await self._is_new_and_welcome(message, gesture):
            self._taken.add(message.message_id)
            if not await self._asking.open(form, message, str(payload["trigger_id"])):
                # Slack opens none: the answer says what is missing.
                await self._answer_once(message)

    async def _told(
        self, payload: Payload, told: Given, *, wait_s: float | None = None
    ) -> tuple[Message, Gesture]:
        us, person = us_of(payload), str(payload["user_id"])
        channel = str(payload["channel_id"])
        gesture = await self._gesture(us, channel, person, payload, wait_s=wait_s)
        message = gesture.message(told.text)
        return (hidden(message) if told.is_private else message), gesture

    async def press(self, payload: Payload, pressed: Pressed) -> None:
        """Take in a press on a button under an answer."""
        gesture, post_id = await self._pressed(payload)
        if not self._may_press(pressed, gesture):
            await self._refuse(gesture, NOT_YOURS)
        elif pressed.verb == STOP:
            await self.stop(pressed.about)
        else:
            is_hidden = bool((payload.get("container") or {}).get("is_ephemeral"))
            await self._about(pressed, gesture, post_id, is_hidden=is_hidden)

    async def confirm(self, payload: Payload, asker: str, text: str) -> None:
        """Give a command that asked first, as if whoever it asked had typed it now.

        Args:
            payload: The press.
            asker: Whom it asked.
            text: The command.
        """
        gesture, post_id = await self._pressed(payload, wait_s=_PATIENCE_S)
        if gesture.asker.person != asker:
            await self._refuse(gesture, NOT_YOURS)
        elif self._now() - moment(post_id) > CONFIRMED_WITHIN:
            await self._refuse(gesture, TOO_LATE)
        else:
            # Pressed twice, it is one change.
            post = message_id_of(gesture.us.team, gesture.where.channel, post_id)
            message = replace(gesture.message(text), message_id=f"{post}-confirmed")
            if COMMANDS.asks_a_model(text):
                await self._ask(_gesture_in_thread(message) if gesture.thread else message, gesture)
            else:
                await self._answer(hidden(message), gesture)

    async def _pressed(
        self, payload: Payload, *, wait_s: float | None = None
    ) -> tuple[Gesture, str]:
        """Return who pressed something where, and the post it stands under."""
        post: Mapping[str, Any] = payload.get("message") or {}
        container: Mapping[str, Any] = payload.get("container") or {}
        channel = (payload.get("channel") or {}).get("id") or container.get("channel_id") or ""
        thread = str(post.get("thread_ts") or container.get("thread_ts") or "")
        us, person = us_of(payload), str(payload["user"]["id"])
        gesture = await self._gesture(
            us, str(channel), person, payload, thread=thread, wait_s=wait_s
        )
        return gesture, str(container.get("message_ts") or post.get("ts") or "")

    async def _refuse(self, gesture: Gesture, why: str) -> None:
        await self._surface.refuse(hidden(gesture.message("")), notice(why))

    async def stop(self, message_id: str) -> None:
        """End the answer to a message early."""
        identity = f"{PLATFORM}:{message_id}"
        try:
            await self._intake.stop(identity)
        except StoreUnavailable as error:
            _log.warning("%s goes on, though it was to stop: %s", identity, error)

    async def point(self, payload: Payload) -> None:
        """Open the form that asks about a message."""
        if payload.get("callback_id") != ASK_ABOUT:
            return
        us, channel = us_of(payload), str(payload["channel"]["id"])
        raw: Mapping[str, Any] = payload["message"]
        said = said_in(raw, us)
        names = await self._people.names((said.author_id, *mentioned_in(said.text)), us)
        pointed = Pointed(
            channel=channel,
            root=said.root,
            author=names.get(said.author_id)
            or str(payload["message"].get("username") or "somebody"),
            text=readable(said.text, names),
            attachments=said.attachments,
            is_ours=raw.get("app_id") == payload.get("api_app_id", ""),
            response_url=str(payload.get("response_url") or ""),
            expires_at=(self._now() + ANSWERABLE).isoformat(),
        )
        await self._web.open_modal(us.team, str(payload["trigger_id"]), form_about(pointed))

    async def change(self, at_home: Gesture, command: str, trigger_id: str) -> None:
        """Open the form of a command in App Home, with what it names filled in."""
        message = at_home.message(command)
        if form := self._asking.form_to_change(message) or self._asking.form_for(message):
            await self._asking.open(form, message, trigger_id)

    async def sent(self, payload: Payload) -> Reaction:
        """Take in a form that was sent; return what becomes of it."""
        if opened := opened_in(payload["view"]):
            us, person = us_of(payload), str(payload["user"]["id"])
            gesture = await self._gesture(us, opened.channel, person, payload)
            gesture = replace(gesture, response_url=opened.response_url)
            message = gesture.message("")
            if await self._is_new_and_welcome(message, gesture):
                say = partial(self._say_at_home, us, person, opened.channel)
                return await self._asking.sent(Sent(opened, message, payload["view"], say))
        elif found := sent_in(payload["view"]):
            await self._asked_about(payload, *found)
        return None

    async def _asked_about(self, payload: Payload, pointed: Pointed, question: str) -> None:
        """Take in the form that asks about a message: it is answered in the message's thread.

        Where the bot cannot write, the answer is for the person alone.
        """
        us = us_of(payload)
        named = {"trigger_id": payload["view"]["id"], "response_url": pointed.response_url}
        person = str(payload["user"]["id"])
        gesture = await self._gesture(us, pointed.channel, person, named)
        is_there = await self._people.is_there(pointed.channel, us)
        if is_there:
            gesture = replace(gesture, thread=pointed.root, response_url="")
        message = replace(
            gesture.message(question), quotes=pointed.quotes, attachments=pointed.attachments
        )
        if not is_there:
            expires_at = {"expires_at": pointed.expires_at}
            message = hidden(replace(message, handle={**message.handle, **expires_at}))
        await self._ask(message, gesture)

    async def _gesture(
        self,
        us: Us,
        channel: str,
        person: str,
        payload: Payload,
        *,
        thread: str = "",
        wait_s: float | None = None,
    ) -> Gesture:
        named = payload.get("user_name") or (payload.get("user") or {}).get("name") or ""
        asker, where = await asyncio.gather(
            self._people.asker(person, us, str(named), wait_s=wait_s),
            self._people.where(channel, us),
        )
        return Gesture(
            gesture_id_of(us.team, str(payload["trigger_id"])),
            us,
            where,
            asker,
            self._now(),
            thread,
            str(payload.get("response_url") or ""),
        )

    async def _about(
        self, pressed: Pressed, gesture: Gesture, post_id: str, *, is_hidden: bool
    ) -> None:
        """Give the command a button stands for, about the answer it stands under.

        What is asked anew is answered in the thread for all to see; an answer that only the
        person saw is followed by one of the same kind.
        """
        text = (SHOWN_COMMANDS | ASKED_ANEW).get(pressed.verb)
        if text is None:
            return
        message = replace(gesture.message(text), about=pressed.about)
        if posted := await self._posted(gesture, post_id):
            message = replace(message, conversation=posted.conversation)
        if pressed.verb in SHOWN_COMMANDS:
            await self._answer(hidden(message), gesture)
            return
        if is_hidden:
            message = hidden(message)
        elif gesture.thread:
            message = _gesture_in_thread(message)
        await self._ask(message, gesture)

    async def _posted(self, gesture: Gesture, post_id: str) -> Posted | None:
        """Return what is known of a post; another workspace's answer in the same channel is not."""
        try:
            found = await self._posts.find(PLATFORM, gesture.where.channel, post_id)
        except StoreUnavailable as error:
            _log.warning("not looked up which answer a post belongs to: %s", error)
            return None
        is_ours = found is not None and found.conversation.tenant == gesture.us.team
        return found if is_ours else None

    def _may_press(self, pressed: Pressed, gesture: Gesture) -> bool:
        return may_press(
            pressed.verb,
            is_asker=pressed.asked_by == gesture.asker.person,
            is_admin=gesture.asker.is_admin,
            is_direct=gesture.where.is_direct,
            buttons_for=self._settings.buttons_for,
        )

    async def _ask(self, message: Message, gesture: Gesture) -> None:
        if not await self._is_new_and_welcome(message, gesture):
            return
        admitted = await self._intake.accept(message)
        self._taken.add(message.message_id)
        if admitted.admission is not Admission.FULL:
            await self._threads.joined(message)
        elif not admitted.is_to_be_told:
            # A gesture leaves nothing to be seen: something has to come.
            await self._surface.refuse(hidden(message), notice(_NOT_TAKEN_IN))

    async def _answer(self, message: Message, gesture: Gesture) -> None:
        if await self._is_new_and_welcome(message, gesture):
            self._taken.add(message.message_id)
            self._chores.start(self._answer_once(message))

    async def _answer_once(self, message: Message) -> None:
        if await self._given.is_first(message):
            await answer_shown(self._answers, self._surface, message)

    async def _is_new_and_welcome(self, message: Message, gesture: Gesture) -> bool:
        if message.message_id in self._taken:
            return False
        settings = self._settings
        why_not = unwelcome(
            gesture.asker,
            gesture.where,
            guests=settings.guests,
            strangers=settings.strangers,
        )
        if why_not:
            await self._doorman.turn_away(message, why_not)
        return not why_not


def _gesture_in_thread(message: Message) -> Message:
    """Return a message that is answered in its thread, by a post like any other."""
    kept = {
        name: text
        for name, text in message.handle.items()
        if name not in {"response_url", "expires_at"}
    }
    return replace(message, handle=kept)
