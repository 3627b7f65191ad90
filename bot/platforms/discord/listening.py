"""The rules of listening: what is for the bot, whose conversation it is, what it is about. Pure.

What Discord sends comes as `Said`, where it was said as `Where`; who the bot is, as `Us`.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from bot.platforms.port import Quote
from bot.platforms.presses import ABOUT_ABOVE
from routing.ports import BEGUN_BY, Conversation
from routing.posts import Posted
from routing.query import Attachment, Origin

PLATFORM: Final = "discord"

MOST_QUOTES: Final = 10
ADJACENT: Final = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Said:
    """One message on Discord.

    Attributes:
        post_id: Its id.
        author_id: Who wrote it.
        author: What they are called there.
        text: As written, with mentions as `<@1234>`.
        at: When, aware and in UTC.
        is_bot: Whether a program wrote it: a bot, or a webhook.
        is_ordinary: Whether somebody wrote it, other than Discord's own "joined" and "pinned".
        mentions: Ids of the people it mentions.
        role_mentions: Ids of the roles it mentions.
        answers: The message in the same channel it is a reply to; empty for none.
        answered: That message, where it came along.
        forwarded: What was said elsewhere and is shown here.
        attachments: What came with it.
        has_thread: Whether a thread was opened from it.
    """

    post_id: str
    author_id: str
    author: str
    text: str
    at: datetime
    is_bot: bool = False
    is_ordinary: bool = True
    mentions: frozenset[str] = frozenset()
    role_mentions: frozenset[str] = frozenset()
    answers: str = ""
    answered: "Said | None" = None
    forwarded: "Said | None" = None
    attachments: tuple[Attachment, ...] = ()
    has_thread: bool = False


@dataclass(frozen=True, slots=True)
class Where:
    """A channel, a thread or a direct message.

    Attributes:
        channel: Its id; of a thread, the thread's.
        guild: The server; empty outside of one.
        parent: Of a thread, the channel it belongs to.
        owner: Of a thread, who opened it.
        title: Of a thread, what it is called.
        starter_in: Of a thread, the channel that has the message it began with.
        is_group: Whether it is a direct message that other people read along.
        is_public: Whether everybody in the server may read it.
        is_closed: Of a thread, whether only those read it who were let in.
        has_threads: Whether a thread can be opened from a message there.
    """

    channel: str
    guild: str = ""
    parent: str = ""
    owner: str = ""
    title: str = ""
    starter_in: str = ""
    is_group: bool = False
    is_public: bool = False
    is_closed: bool = False
    has_threads: bool = False

    @property
    def place(self) -> str:
        """Return the channel whose rules hold here."""
        return self.parent or self.channel

    @property
    def thread(self) -> str:
        """Return the thread, or nothing."""
        return self.channel if self.parent else ""

    @property
    def is_direct(self) -> bool:
        """Tell whether one person is alone with the bot here."""
        return not self.guild and not self.is_group


@dataclass(frozen=True, slots=True)
class Asker:
    """A person as Discord resolved them where they spoke."""

    person: str
    name: str
    roles: frozenset[str] = frozenset()
    is_admin: bool = False

    def among(self, admin_roles: frozenset[str]) -> "Asker":
        """Return the same person, an admin also if one of these roles is theirs."""
        is_one = not admin_roles.isdisjoint(self.roles)
        return replace(self, is_admin=self.is_admin or is_one)


@dataclass(frozen=True, slots=True)
class Us:
    """The bot itself.

    Attributes:
        user_id: Its id.
        name: What it is called.
        roles: Ids of the roles that are its alone, which Discord offers beside its name.
    """

    user_id: str
    name: str
    roles: frozenset[str] = frozenset()


def is_for_us(said: Said, where: Where, us: Us, always_answer: Collection[str]) -> bool:
    """Tell whether the bot answers a message: a person's, and addressed to it.

    Text that Discord keeps from the bot, for want of the message content intent, is for nobody.
    """
    if said.is_bot or not said.is_ordinary or said.author_id == us.user_id:
        return False
    if where.is_direct or mentions_us(said, us):
        return True
    if not (said.text or said.attachments or said.forwarded):
        return False
    return (
        where.owner == us.user_id
        or is_always_answered(where, always_answer)
        or (said.answered is not None and said.answered.author_id == us.user_id)
    )


def is_always_answered(where: Where, always_answer: Collection[str]) -> bool:
    """Tell whether no mention is needed somewhere, since the operator wants it so."""
    return where.channel in always_answer or where.parent in always_answer


def mentions_us(said: Said, us: Us) -> bool:
    """Tell whether a message names the bot, or the role that is its alone; @everyone does not."""
    return us.user_id in said.mentions or not us.roles.isdisjoint(said.role_mentions)


def asked_text(said: Said, us: Us) -> str:
    """Return what is asked: without the mention of the bot at either end, by its name within."""
    ids = "|".join([f"!?{us.user_id}", *(f"&{role}" for role in sorted(us.roles))])
    ours = rf"<@(?:{ids})>"
    text = re.sub(rf"^(?:\s*{ours})+[\s,:]*|(?:\s*{ours})+\s*$", "", said.text).strip()
    text = re.sub(ours, f"@{us.name}", text)
    if not text and not said.attachments and (said.answered or said.forwarded):
        return ABOUT_ABOVE
    return text


def origin_of(where: Where, asker: Asker) -> Origin:
    """Return where a question comes from; outside of servers, each place is a tenant of its own.

    Without that, everybody's direct messages would share votes and limits.
    """
    outside = f"dm-{asker.person}" if where.is_direct else f"group-{where.channel}"
    return Origin(
        PLATFORM,
        where.guild or outside,
        where.place,
        asker.person,
        thread=where.thread,
        roles=asker.roles,
        private=where.is_direct,
        is_public=where.is_public,
        is_closed=where.is_closed,
    )


def own_conversation(origin: Origin) -> Conversation:
    """Return the transcript of what is asked without a mention, a reply or a thread.

    That is the person's own in the place: what they ask by a slash command, or where the bot
    always answers. In a thread or a direct message it is the one all questions there share.
    """
    person = "" if origin.thread or origin.private else origin.person
    return Conversation(PLATFORM, origin.tenant, origin.place, origin.thread, person)


def conversation_of(
    said: Said, origin: Origin, us: Us, posted: Posted | None, *, is_always: bool
) -> Conversation:
    """Return the transcript a message belongs to.

    Args:
        said: The message.
        origin: Who said it, where.
        us: The bot.
        posted: What is known of the message it answers.
        is_always: Whether no mention is needed there.
    """
    if posted is not None:
        return posted.conversation
    if origin.thread or origin.private:
        return own_conversation(origin)
    if is_always and not said.answers:
        return own_conversation(origin)
    return root_conversation(origin, _root_of(said, us))


def root_conversation(origin: Origin, root: str) -> Conversation:
    """Return the transcript that a message in a channel opened."""
    return Conversation(PLATFORM, origin.tenant, origin.place, f"{BEGUN_BY}{root}")


def threaded_conversation(origin: Origin, post_id: str) -> Conversation:
    """Return the transcript of the thread opened from a message: Discord gives it the same id."""
    return Conversation(PLATFORM, origin.tenant, origin.place, post_id)


def _root_of(said: Said, us: Us) -> str:
    """Return the message that opened a conversation, as far back as it came along."""
    answered = said.answered
    if answered is None or answered.author_id != us.user_id:
        return said.post_id
    return answered.answers or answered.post_id


def quotes_with(said: Said, us: Us) -> tuple[Quote, ...]:
    """Return what came along with a message that it answers, oldest first."""
    chain: list[Quote] = []
    answered = said.answered
    while answered is not None and len(chain) < MOST_QUOTES:
        chain.append(quote_of(answered, us))
        answered = answered.answered
    chain.reverse()
    if said.forwarded is not None:
        chain.append(quote_of(said.forwarded, us))
    return tuple(quote for quote in chain if quote.text)


def files_of(said: Said, us: Us) -> tuple[Attachment, ...]:
    """Return the files a question is about: its own, and those of the message it answers.

    What the bot attached to an answer is in the transcript already.
    """
    answered = said.answered
    if answered is None or answered.author_id == us.user_id:
        return said.attachments
    return (*said.attachments, *answered.attachments)


def quote_of(said: Said, us: Us) -> Quote:
    """Return a message as something quoted."""
    return Quote(said.author, said.text, is_ours=said.author_id == us.user_id)


def chain_before(said: Said, known: Mapping[str, Said]) -> list[Said]:
    """Return the messages a message is a reply to, oldest first, as far as they are known."""
    chain: list[Said] = []
    seen = {said.post_id}
    while said.answers and said.answers not in seen and len(chain) < MOST_QUOTES:
        seen.add(said.answers)
        before = known.get(said.answers) or said.answered
        if before is None:
            break
        chain.append(before)
        said = before
    return chain[::-1]


def missing_link(said: Said, known: Mapping[str, Said]) -> str:
    """Return the first message up a chain of replies that is not known; empty for none."""
    chain = chain_before(said, known)
    oldest = chain[0] if chain else said
    return "" if len(chain) >= MOST_QUOTES or oldest.answers in known else oldest.answers


def adjacent_before(said: Said, before: Sequence[Said], us: Us) -> list[Said]:
    """Return what the same person said just before, oldest first: one thought in several posts.

    Args:
        said: The message.
        before: What was said before it there, the latest first.
        us: The bot; what was addressed to it already is a question of its own.
    """
    found: list[Said] = []
    next_at = said.at
    for each in before:
        if each.author_id != said.author_id or next_at - each.at > ADJACENT:
            break
        if mentions_us(each, us) or len(found) == MOST_QUOTES:
            break
        found.append(each)
        next_at = each.at
    return found[::-1]


def without_repeats(said: Iterable[Said]) -> list[Said]:
    """Return messages oldest first, each once, those without words left out."""
    by_id = {each.post_id: each for each in said if each.text}
    return sorted(by_id.values(), key=lambda each: each.at)
