"""Slash commands, the message menu and buttons: recorded, acknowledged within 3 s, then answered.

Discord shows the person a failure when nothing comes within 3 s, and delivers nothing twice. So a
question is recorded first; only a store that is slow lets the acknowledgement go ahead of it.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Final, cast

import discord
from discord import app_commands

from bot.commands.everything import COMMANDS
from bot.commands.forms import form_for, form_named
from bot.commands.options import Suggestion
from bot.draft import View
from bot.platforms.at_once import answer_shown
from bot.platforms.buttons import CONFIRMED_WITHIN, TOO_LATE, parse_confirmation, parse_custom_id
from bot.platforms.discord import reading
from bot.platforms.discord.errors import CONNECTION_FAILS, DiscordFailed
from bot.platforms.discord.forms import Components, command_of, modal_of, text_of
from bot.platforms.discord.gaps import may_answer
from bot.platforms.discord.hearing import posted_at
from bot.platforms.discord.listening import (
    PLATFORM,
    Asker,
    Us,
    Where,
    origin_of,
    own_conversation,
    quote_of,
    root_conversation,
)
from bot.platforms.discord.ports import Inward
from bot.platforms.discord.presses import NOT_YOURS, Under, conversation_under
from bot.platforms.discord.slash import Given, given
from bot.platforms.inward import Answers
from bot.platforms.port import Message
from bot.platforms.presses import (
    ABOUT_ABOVE,
    ASKED_ANEW,
    SHOWN_COMMANDS,
    STOP,
    asked_by_in,
    may_press,
)
from bot.platforms.surface import Surface
from config.chats import DiscordSettings
from routing.errors import StoreUnavailable
from routing.inbox import Admission

NOT_TAKEN_IN: Final = View(
    "This one is not taken in either. Ask again in a moment.",
    is_final=True,
    is_notice=True,
    is_failure=True,
)

_PATIENCE_S: Final = 0.5
_RESPONSES: Final = 3
_CHOICE_CHARS: Final = 100

_NO_MENTIONS: Final = discord.AllowedMentions.none()

_log = logging.getLogger(__name__)


class Interactions:
    """Takes in what people do other than writing messages."""

    def __init__(
        self,
        settings: DiscordSettings,
        inward: Inward,
        *,
        answers: Answers,
        surface: Surface,
    ) -> None:
        self._settings = settings
        self._intake = inward.intake
        self._posts = inward.posts
        self._rest = inward.rest
        self._answers = answers
        self._surface = surface

    async def take(self, interaction: discord.Interaction, us: Us) -> None:
        """Take in a command or a press; whatever else there is belongs to somebody else."""
        where = reading.where_in(interaction)
        if where is None:
            _log.warning("an interaction came from a channel Discord says nothing of")
        elif interaction.type is discord.InteractionType.application_command:
            await self._command(interaction, where, us)
        elif interaction.type is discord.InteractionType.autocomplete:
            await self._suggest(interaction, where, us)
        elif interaction.type is discord.InteractionType.component:
            await self._press(interaction, where)
        elif interaction.type is discord.InteractionType.modal_submit:
            await self._sent(interaction, where, us)

    async def _command(self, interaction: discord.Interaction, where: Where, us: Us) -> None:
        command = given(dict(interaction.data or {}), COMMANDS.commands)
        message = _commanded(interaction, self._asker(interaction), command, where, us)
        if command.asks_a_model:
            await self._ask(interaction, message)
        elif form := form_for(message, COMMANDS.commands, command.values):
            await _responded(partial(interaction.response.send_modal, modal_of(form)))
        else:
            await self._answer(interaction, message, is_hidden=command.is_private)

    async def _sent(self, interaction: discord.Interaction, where: Where, us: Us) -> None:
        """Give the command that a form was filled in for, as if it had been typed."""
        data = dict(interaction.data or {})
        form = form_named(command_of(str(data.get("custom_id", ""))), COMMANDS.commands)
        if form is not None:
            told = Given(text_of(form, cast("Components", data["components"])))
            message = _commanded(interaction, self._asker(interaction), told, where, us)
            await self._answer(interaction, message, is_hidden=True)

    async def _answer(
        self, interaction: discord.Interaction, message: Message, *, is_hidden: bool
    ) -> None:
        await _acknowledge(interaction, is_hidden=is_hidden)
        shown = hidden(message) if is_hidden else message
        await answer_shown(self._answers, self._surface, shown)

    async def _suggest(self, interaction: discord.Interaction, where: Where, us: Us) -> None:
        """Offer what may be meant, at once: what comes late, Discord no longer shows."""
        command = given(dict(interaction.data or {}), COMMANDS.commands)
        message = _commanded(interaction, self._asker(interaction), command, where, us)
        try:
            async with asyncio.timeout(_PATIENCE_S):
                found = await self._answers.suggest(message, command.typing, command.typed)
        except (StoreUnavailable, TimeoutError) as error:
            _log.warning("nothing is suggested: %s", type(error).__name__)
            found = ()
        await _offer(interaction, found)

    async def _press(self, interaction: discord.Interaction, where: Where) -> None:
        name = str(dict(interaction.data or {}).get("custom_id", ""))
        if (confirmation := parse_confirmation(name)) and interaction.message:
            await self._confirm(interaction, interaction.message, where, *confirmation)
            return
        pressed = parse_custom_id(name)
        if pressed is None or interaction.message is None:
            return
        verb, (reply_id, asked_by) = pressed[0], asked_by_in(pressed[1])
        presser, under = self._asker(interaction), _under_which(interaction.message)
        under = replace(under, asked_by=asked_by or under.asked_by)
        if not await self._may_press(verb, presser, where, under):
            await _refuse(interaction)
        elif verb == STOP:
            await _acknowledge(interaction, is_update=True)
            await self._stop(f"{PLATFORM}:{reply_id}")
        else:
            await self._about(interaction, verb, reply_id, where, under)

    async def _confirm(
        self,
        interaction: discord.Interaction,
        post: discord.Message,
        where: Where,
        asker_id: str,
        text: str,
    ) -> None:
        """Give a command that asked first, as if whoever it asked had typed it now."""
        asker = self._asker(interaction)
        if asker.person != asker_id:
            await _refuse(interaction)
            return
        if interaction.created_at - post.created_at > CONFIRMED_WITHIN:
            await _refuse(interaction, TOO_LATE)
            return
        origin = origin_of(where, asker)
        message = Message(
            # Pressed twice, it is one change.
            message_id=f"{post.id}-confirmed",
            origin=origin,
            conversation=own_conversation(origin),
            text=text,
            at=interaction.created_at,
            is_admin=asker.is_admin,
            author=asker.name,
            handle=_handle(interaction, where),
        )
        if COMMANDS.asks_a_model(text):
            await self._ask(interaction, message)
            return
        await _acknowledge(interaction, is_hidden=True)
        await answer_shown(self._answers, self._surface, hidden(message))

    async def _stop(self, identity: str) -> None:
        try:
            await self._intake.stop(identity)
        except StoreUnavailable as error:
            _log.warning("%s goes on, though it was to stop: %s", identity, error)

    async def _about(
        self,
        interaction: discord.Interaction,
        verb: str,
        reply_id: str,
        where: Where,
        under: Under,
    ) -> None:
        """Give the command a button stands for, about the answer it stands under."""
        asker = self._asker(interaction)
        origin = origin_of(where, asker)
        posted = await posted_at(self._posts, where.place, under.post_id)
        message = Message(
            message_id=str(interaction.id),
            origin=origin,
            conversation=posted.conversation if posted else conversation_under(origin, under),
            text=(SHOWN_COMMANDS | ASKED_ANEW).get(verb, ""),
            at=interaction.created_at,
            is_admin=asker.is_admin,
            author=asker.name,
            about=reply_id,
            handle=_handle(interaction, where),
        )
        if verb in ASKED_ANEW:
            await self._ask(interaction, message)
        elif verb in SHOWN_COMMANDS:
            await _acknowledge(interaction, is_hidden=True)
            await answer_shown(self._answers, self._surface, hidden(message))

    def _asker(self, interaction: discord.Interaction) -> Asker:
        return reading.asker_in(interaction).among(self._settings.admin_roles)

    async def _may_press(self, verb: str, presser: Asker, where: Where, under: Under) -> bool:
        if self._is_allowed(verb, presser, where, under.asked_by):
            return True
        if under.asked_by:
            return False
        asked_by = ""
        with suppress(TimeoutError):
            async with asyncio.timeout(_PATIENCE_S):
                asked_by = await self._asked_by(where, under)
        return self._is_allowed(verb, presser, where, asked_by)

    def _is_allowed(self, verb: str, presser: Asker, where: Where, asked_by: str) -> bool:
        return may_press(
            verb,
            is_asker=presser.person == asked_by,
            is_admin=presser.is_admin,
            is_direct=where.is_direct,
            buttons_for=self._settings.buttons_for,
        )

    async def _asked_by(self, where: Where, under: Under) -> str:
        """Ask Discord who asked, where the answer itself does not say; empty if it does not know.

        The first answer in a thread of our own is no reply: the thread itself began with the
        question, which has the same id.
        """
        channel, question_id = where.channel, under.question_id
        if not question_id and where.starter_in:
            channel, question_id = where.starter_in, where.channel
        if not question_id:
            return ""
        try:
            raw = await self._rest.message(channel, question_id)
        except DiscordFailed:
            return ""
        return reading.said_in(raw).author_id

    async def _ask(self, interaction: discord.Interaction, message: Message) -> None:
        """Hand a question in, then acknowledge it, at the latest after a short while.

        Pressed again, nothing is announced that would not come.
        """
        async with asyncio.TaskGroup() as tasks:
            accepting = tasks.create_task(self._intake.accept(message))
            await asyncio.wait([accepting], timeout=_PATIENCE_S)
            is_again = accepting.done() and accepting.result().admission is Admission.AGAIN
            await _acknowledge(interaction, is_update=is_again)
        admitted = accepting.result()
        if admitted.admission is Admission.FULL and not admitted.is_to_be_told:
            # Once acknowledged, something has to come, also where a message would be left alone.
            await self._surface.refuse(message, NOT_TAKEN_IN)


def _commanded(
    interaction: discord.Interaction, asker: Asker, command: Given, where: Where, us: Us
) -> Message:
    """Return what is asked by a command or from a message's menu."""
    origin = origin_of(where, asker)
    target, interaction_id = command.target, str(interaction.id)
    is_of_channel = target is not None and not (origin.thread or origin.private)
    return Message(
        message_id=interaction_id,
        origin=origin,
        conversation=(
            root_conversation(origin, interaction_id) if is_of_channel else own_conversation(origin)
        ),
        text=ABOUT_ABOVE if target else command.text,
        at=interaction.created_at,
        is_admin=asker.is_admin,
        attachments=command.attachments,
        author=asker.name,
        quotes=(quote_of(target, us),) if target and target.text else (),
        handle=_handle(interaction, where),
    )


def hidden(message: Message) -> Message:
    """Return a message whose answer nobody else sees: nothing of it may be sent to the channel."""
    return replace(message, handle={**message.handle, "can_send": "", "is_ephemeral": "1"})


def _under_which(post: discord.Message) -> Under:
    """Return what a post of the bot answers."""
    by_command = post.interaction_metadata
    if by_command is not None:
        return Under(str(post.id), str(by_command.id), str(by_command.user.id), is_of_command=True)
    said = reading.said(post)
    asked_by = said.answered.author_id if said.answered else ""
    return Under(said.post_id, said.answers, asked_by)


def _handle(interaction: discord.Interaction, where: Where) -> dict[str, str]:
    expires_at: datetime = interaction.expires_at
    may_send = may_answer(interaction.app_permissions, is_thread=bool(where.thread))
    is_there = where.is_direct or (reading.is_member(interaction) and may_send)
    return {
        "channel": where.channel,
        "reply_to": "",
        "guild": where.guild,
        "can_send": "1" if is_there else "",
        "token": interaction.token,
        "application": str(interaction.application_id),
        "expires_at": expires_at.isoformat(),
    }


async def _acknowledge(
    interaction: discord.Interaction, *, is_hidden: bool = False, is_update: bool = False
) -> None:
    """Let Discord know that it arrived; too late, the person has seen a failure already."""
    respond = partial(interaction.response.defer, ephemeral=is_hidden, thinking=not is_update)
    await _responded(respond)


async def _offer(interaction: discord.Interaction, found: Sequence[Suggestion]) -> None:
    """Show suggestions; where that fails, people type without them, and the next letter asks."""
    choices = [
        app_commands.Choice(name=_clipped(each.label), value=each.value)
        for each in found
        if len(each.value) <= _CHOICE_CHARS
    ]
    try:
        await interaction.response.autocomplete(choices)
    except (discord.HTTPException, *CONNECTION_FAILS) as error:
        _log.info("suggestions were not shown: %s", type(error).__name__)


def _clipped(label: str) -> str:
    return label if len(label) <= _CHOICE_CHARS else f"{label[: _CHOICE_CHARS - 1]}…"


async def _refuse(interaction: discord.Interaction, why: str = NOT_YOURS) -> None:
    say = interaction.response.send_message
    await _responded(partial(say, why, ephemeral=True, allowed_mentions=_NO_MENTIONS))


async def _responded(respond: Callable[[], Awaitable[object]]) -> None:
    """Send the first response, again where the connection drops: Discord takes only one."""
    for _ in range(_RESPONSES):
        try:
            await respond()
        except discord.HTTPException as error:
            _log.warning("an interaction was not acknowledged: %s", error)
        except CONNECTION_FAILS as error:
            _log.info("an interaction may not be acknowledged: %s", type(error).__name__)
            continue
        return
