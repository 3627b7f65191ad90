"""Asks by forms for what commands need, and carries out what was filled in.

What is wrong stands in the form, and nothing is changed. What many would feel is told first, in a
form that takes its place. All else is told where the form was opened: in App Home, or to who gave
the command.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from bot.commands.everything import COMMANDS
from bot.commands.forms import Form, form_for, form_named, form_to_change
from bot.draft import Draft
from bot.platforms.at_once import NotShared, answered
from bot.platforms.buttons import CONFIRMED_WITHIN, TOO_LATE
from bot.platforms.inward import Answers
from bot.platforms.port import Message
from bot.platforms.slack.chores import Chores
from bot.platforms.slack.command_forms import (
    Opened,
    answer_with_errors,
    answer_with_view,
    confirming_view,
    errors_of,
    filled_in,
    form_view,
    told_view,
)
from bot.platforms.slack.doorman import hidden
from bot.platforms.slack.errors import SlackFailed
from bot.platforms.slack.ports import Web
from bot.platforms.surface import NotShown, Surface

ANSWERABLE: Final = timedelta(minutes=30)
"""So long Slack takes answers at the address that comes with a command or a press."""

_PATIENCE_S: Final = 0.4
"""Slack is told within so long what becomes of a form; what takes longer is told beside."""

_log = logging.getLogger(__name__)

Reaction = Mapping[str, Any] | None
"""What becomes of a form that was sent; None: it closes."""

Say = Callable[[str], Awaitable[None]]
"""Tells in App Home what came of a form."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A form that was sent.

    Attributes:
        opened: Where it was opened, for what.
        message: Like one of who sent it there; its text does not matter.
        view: The form as it was filled in.
        say: Tells what came of it where it was opened in App Home.
    """

    opened: Opened
    message: Message
    view: Mapping[str, Any]
    say: Say


class Asking:
    """Opens forms and takes them in.

    Args:
        web: Opens them.
        answers: Answers commands.
        surface: Where they are answered.
        chores: What takes longer.
        now: Tells the time.
    """

    def __init__(
        self,
        web: Web,
        answers: Answers,
        surface: Surface,
        chores: Chores,
        now: Callable[[], datetime],
    ) -> None:
        self._web = web
        self._answers = answers
        self._surface = surface
        self._chores = chores
        self._now = now

    def form_for(self, message: Message) -> Form | None:
        """Return the form for a command that says too little; None where there is none."""
        return form_for(message, COMMANDS.commands)

    def form_to_change(self, message: Message) -> Form | None:
        """Return the form for a command with its words filled in; None where there is none."""
        return form_to_change(message, COMMANDS.commands)

    async def open(self, form: Form, message: Message, trigger_id: str) -> bool:
        """Open a form, within three seconds of what triggers it; tell whether it is open now.

        Args:
            form: What is asked.
            message: Like one of who is asked; the answer goes where that of the message would.
            trigger_id: Slack's leave to open one.
        """
        handle, team = message.handle, message.origin.tenant
        opened = Opened(
            command=form.name,
            channel=handle.get("channel", "") or message.origin.place,
            response_url=handle.get("response_url", ""),
            at=self._now().isoformat(),
        )
        try:
            await self._web.open_modal(team, trigger_id, form_view(form, opened))
        except SlackFailed as error:
            _log.warning("a form was not opened: %s", error)
            return False
        return True

    async def sent(self, sent: Sent) -> Reaction:
        """Carry out what a form says; return what becomes of the form."""
        opened = sent.opened
        if opened.is_to_confirm:
            return await self._confirmed(sent)
        form, values = form_named(opened.command, COMMANDS.commands), filled_in(sent.view)
        if form is None:
            return None
        if errors := form.misfits(values):
            return answer_with_errors(errors)
        draft = await self._tried(replace(sent.message, text=form.text(values)), sent)
        if draft is None:
            return None
        view = draft.view()
        if view.is_failure:
            return answer_with_errors(errors_of(view.text, form, values))
        if view.confirm_by:
            asking = opened.confirming(view.confirm_by, self._now().isoformat())
            return answer_with_view(confirming_view(view.text, asking))
        self._chores.start(self._show(draft, sent))
        return None

    async def _confirmed(self, sent: Sent) -> Reaction:
        """Give a command that asked first, once more."""
        opened = sent.opened
        if self._now() - datetime.fromisoformat(opened.at) > CONFIRMED_WITHIN:
            return answer_with_view(told_view(TOO_LATE, opened))
        # Sent twice, it is one change.
        name = f"{sent.message.origin.tenant}:{sent.view['id']}-confirmed"
        message = replace(sent.message, message_id=name, text=opened.command)
        draft = await self._tried(message, sent)
        if draft is None:
            return None
        if (view := draft.view()).is_failure:
            return answer_with_view(told_view(view.text, opened))
        self._chores.start(self._show(draft, sent))
        return None

    async def _tried(self, message: Message, sent: Sent) -> Draft | None:
        """Return what is answered; None where it takes long: then it is told beside."""
        done: asyncio.Future[Draft] = asyncio.get_running_loop().create_future()
        self._chores.start(self._answer(message, sent, done))
        try:
            async with asyncio.timeout(_PATIENCE_S):
                return await asyncio.shield(done)
        except TimeoutError:
            done.cancel()
            return None

    async def _answer(self, message: Message, sent: Sent, done: "asyncio.Future[Draft]") -> None:
        draft = await answered(self._answers, message)
        if done.done():
            await self._show(draft, sent)
        else:
            done.set_result(draft)

    async def _show(self, draft: Draft, sent: Sent) -> None:
        if not sent.opened.response_url:
            await sent.say(draft.view().text)
            return
        message = hidden(sent.message)
        try:
            await self._surface.reply(message, NotShared(message.message_id)).run(draft)
        except NotShown as error:
            _log.warning("what came of a form could not be shown: %s", error)
