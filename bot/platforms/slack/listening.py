"""The rules of listening: what is for the bot, whose conversation it is, what is asked. Pure.

What Slack sends comes as `Said`, where it was said as `Where`; who the bot is, as `Us`.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final

from bot.platforms.port import Message, Quote
from bot.platforms.presses import ABOUT_ABOVE
from bot.platforms.slack.addresses import PLATFORM, message_id_of
from bot.platforms.slack.wording import (
    begins_with_mention,
    exact,
    mention_of,
    mentioned_in,
    readable,
)
from routing.ports import Conversation
from routing.query import Attachment, Origin

NO_STRANGERS: Final = "I answer only people of the workspace I was installed in. I am sorry."
NO_GUESTS: Final = "I do not answer guests of this workspace. I am sorry."

OUR_NAME: Final = "Pointsman"
"""What the bot is called where Slack does not say."""


class Kind(StrEnum):
    """What a place is, in Slack's words for it."""

    DIRECT = "im"
    GROUP = "mpim"
    PRIVATE = "group"
    CHANNEL = "channel"


@dataclass(frozen=True, slots=True)
class Said:
    """One message on Slack.

    Attributes:
        ts: Its id within the channel.
        author_id: Who wrote it; empty where no person did.
        text: As Slack sends it.
        at: When, aware and in UTC.
        thread: The first message of the thread it stands in; empty where it opens one itself.
        began_by: Who opened that thread; empty where Slack does not say.
        author_team: The workspace of its author; empty where Slack does not say.
        attachments: Files that came with it.
        forwarded: Messages from elsewhere that it shows.
        is_persons: Whether a person wrote it: no program, and not Slack itself.
        is_gone: Whether only a stone stands where it was.
    """

    ts: str
    author_id: str
    text: str
    at: datetime
    thread: str = ""
    began_by: str = ""
    author_team: str = ""
    attachments: tuple[Attachment, ...] = ()
    forwarded: tuple[Quote, ...] = ()
    is_persons: bool = True
    is_gone: bool = False

    @property
    def root(self) -> str:
        """Return the message whose thread the answer goes to."""
        return self.thread or self.ts


@dataclass(frozen=True, slots=True)
class Where:
    """A channel or a direct message.

    Attributes:
        channel: Its id.
        kind: What it is.
        is_shared: Whether people of other organisations are in it.
        has_us: Whether the bot is in it, as far as Slack told.
    """

    channel: str
    kind: Kind
    is_shared: bool = False
    has_us: bool = False

    @property
    def is_direct(self) -> bool:
        """Tell whether one person is alone with the bot here."""
        return self.kind is Kind.DIRECT


@dataclass(frozen=True, slots=True)
class Asker:
    """A person as Slack knows them.

    Attributes:
        person: Their id.
        name: What they are called.
        team: Their own workspace; empty where that is not known.
        roles: Ids of the user groups they are in.
        is_admin: Whether they manage the workspace the bot was asked in.
        is_guest: Whether they are let into a part of it only; None where that is not known.
        is_stranger: Whether they belong elsewhere; None where that is not known.
        is_no_person: Whether it is a program, or somebody who has left.
    """

    person: str
    name: str = ""
    team: str = ""
    roles: frozenset[str] = frozenset()
    is_admin: bool = False
    is_guest: bool | None = None
    is_stranger: bool | None = None
    is_no_person: bool = False


@dataclass(frozen=True, slots=True)
class Us:
    """The bot itself where something happened.

    Attributes:
        team: The workspace whose installation it is.
        enterprise: The organisation, where it is installed as a whole; empty else.
        user_id: The bot's own id; empty where that is not known.
    """

    team: str
    enterprise: str = ""
    user_id: str = ""


@dataclass(frozen=True, slots=True)
class Heard:
    """A message and all that is known around it.

    Attributes:
        said: The message.
        where: Where it stands.
        us: The bot there.
        is_followed: Whether the bot takes part in its thread already.
        is_mention: Whether Slack says that the bot is mentioned.
    """

    said: Said
    where: Where
    us: Us
    is_followed: bool = False
    is_mention: bool = False


def may_be_for_us(said: Said, us: Us) -> bool:
    """Tell whether a message is a person's, and not the bot's own; nothing else is ever for it."""
    return said.is_persons and bool(said.author_id) and said.author_id != us.user_id


def is_for_us(heard: Heard, always_answer: Collection[str], *, follow_threads: bool = True) -> bool:
    """Tell whether the bot answers a message: a person's, and addressed to it.

    Without a mention, that is where the bot is at home or takes part; not what is addressed to
    somebody else there.

    Args:
        heard: The message.
        always_answer: Channels where no mention is needed.
        follow_threads: Whether none is needed in threads it began or takes part in.
    """
    said, where = heard.said, heard.where
    if not may_be_for_us(said, heard.us) or _is_empty(said):
        return False
    if where.is_direct or mentions_us(heard):
        return True
    if begins_with_mention(said.text):
        return False
    began_it = said.began_by in {heard.us.user_id} - {""}
    is_our_thread = heard.is_followed or began_it
    return where.channel in always_answer or (
        follow_threads and bool(said.thread) and is_our_thread
    )


def _is_empty(said: Said) -> bool:
    """Tell whether a message says and shows nothing."""
    return not (said.text.strip() or said.attachments or said.forwarded)


def mentions_us(heard: Heard) -> bool:
    """Tell whether a message names the bot; @channel and user groups do not."""
    return heard.is_mention or heard.us.user_id in mentioned_in(heard.said.text)


def unwelcome(asker: Asker, where: Where, *, guests: bool, strangers: bool) -> str:
    """Say why somebody is not answered; empty when they are.

    Who cannot be told apart from those who are not answered is not answered either.

    Args:
        asker: Who.
        where: Where they ask.
        guests: Whether guests of the workspace are answered.
        strangers: Whether people of other organisations are.
    """
    is_stranger = where.is_shared if asker.is_stranger is None else asker.is_stranger
    if is_stranger and not strangers:
        return NO_STRANGERS
    if asker.is_guest is not False and not (is_stranger or guests):
        return NO_GUESTS
    return ""


def placed(asker: Asker, team: str, us: Us) -> Asker:
    """Return a person with what an event tells of their workspace, where nothing else does."""
    if asker.is_stranger is not None or not team:
        return asker
    is_ours = team == us.team
    return replace(asker, team=team, is_stranger=not is_ours)


def asked_text(said: Said, us: Us, names: Mapping[str, str], commands: Collection[str] = ()) -> str:
    """Return what is asked: without the mention of the bot at either end, by its name within.

    What may be a command keeps its ids: it goes by them, never by names.
    """
    text = said.text
    if us.user_id:
        ours = mention_of(us.user_id)
        text = re.sub(rf"^(?:\s*{ours})+[\s,:]*|(?:\s*{ours})+\s*$", "", text)
    text = text.strip()
    if _first_word(text) in commands:
        return exact(text)
    text = readable(text, {us.user_id: OUR_NAME, **names}).strip()
    if not text and not said.attachments and said.forwarded:
        return ABOUT_ABOVE
    return text


def _first_word(text: str) -> str:
    return (text.split(maxsplit=1) or [""])[0].removeprefix("/").lower()


def origin_of(where: Where, us: Us, asker: Asker, thread: str) -> Origin:
    """Return where a question comes from."""
    return Origin(
        PLATFORM,
        us.team,
        where.channel,
        asker.person,
        thread=thread,
        roles=asker.roles,
        private=where.is_direct,
        is_public=where.kind is Kind.CHANNEL,
    )


def _thread_conversation(origin: Origin) -> Conversation:
    """Return the transcript of a thread, which all who write in it share."""
    return Conversation(PLATFORM, origin.tenant, origin.place, origin.thread)


def own_conversation(origin: Origin) -> Conversation:
    """Return the transcript of what a person asks outside of any thread, by commands."""
    person = "" if origin.private else origin.person
    return Conversation(PLATFORM, origin.tenant, origin.place, person=person)


def conversation_of(origin: Origin) -> Conversation:
    """Return the transcript a question belongs to."""
    return _thread_conversation(origin) if origin.thread else own_conversation(origin)


def asked(
    heard: Heard, asker: Asker, names: Mapping[str, str], commands: Collection[str] = ()
) -> Message:
    """Return what is asked by a message: it is answered in its thread, or opens one.

    Args:
        heard: The message.
        asker: Its author.
        names: Of the people it mentions, by id.
        commands: Names of all commands.
    """
    said, where, us = heard.said, heard.where, heard.us
    origin = origin_of(where, us, asker, said.root)
    handle = {
        **handle_in(where, us, asker),
        "thread": said.root,
        "ts": said.ts,
        "us": us.user_id,
    }
    if not said.thread:
        handle["opens_thread"] = "1"
    elif not (where.is_direct or heard.is_followed):
        handle["joins"] = "1"  # what was said before in the thread is not in the transcript
    return Message(
        message_id=message_id_of(us.team, where.channel, said.ts),
        origin=origin,
        conversation=conversation_of(origin),
        text=asked_text(said, us, names, commands),
        at=said.at,
        is_admin=asker.is_admin,
        attachments=said.attachments,
        author=asker.name,
        quotes=said.forwarded,
        lasting=own_conversation(origin),
        is_addressed=where.is_direct or mentions_us(heard),
        handle=handle,
    )


def handle_in(where: Where, us: Us, asker: Asker) -> dict[str, str]:
    """Return what every way to answer needs; what is particular to one is added to it."""
    return {
        "team": us.team,
        "enterprise": us.enterprise,
        "channel": where.channel,
        "thread": "",
        "ts": "",
        "user": asker.person,
        "user_team": asker.team or us.team,
        "is_dm": "1" if where.is_direct else "",
    }
