"""Buttons under an answer: what each does, and who may press it. Pure."""

from dataclasses import dataclass
from typing import Final, Literal

from bot.platforms.discord.listening import Asker, Where, own_conversation, root_conversation
from routing.ports import Conversation
from routing.query import Origin

SHOWN_COMMANDS: Final = {"why": "/why", "good": "/good", "bad": "/bad"}
"""Verbs that are answered to whoever pressed, and to nobody else."""

ASKED_ANEW: Final = {"regenerate": "/fresh", "better": "/better"}
"""Verbs that ask the question once more, for all to see."""

STOP: Final = "stop"

NOT_YOURS: Final = "Only who asked may do that, or an admin of this server. Ask me yourself!"


@dataclass(frozen=True, slots=True)
class Under:
    """What a pressed button stands under.

    Attributes:
        post_id: The bot's post that has it.
        question_id: The message or interaction it answers; empty when that is not known.
        asked_by: Who asked; empty when that is not known.
        is_of_command: Whether it was asked by a command, not by a message.
    """

    post_id: str
    question_id: str = ""
    asked_by: str = ""
    is_of_command: bool = False


def asked_by_in(reply_id: str) -> tuple[str, str]:
    """Part the name of an answer from the person it was given to, where a button has both.

    An answer of several posts has its buttons under the last one, which is a reply to nothing.
    """
    name, _, person = reply_id.partition("-")
    return name, person


def may_press(
    verb: str,
    presser: Asker,
    asked_by: str,
    where: Where,
    buttons_for: Literal["asker", "everyone"],
) -> bool:
    """Tell whether somebody may press a button they can see.

    What costs money, or ends what somebody else waits for, is the asker's unless the operator
    says otherwise.
    """
    if verb in SHOWN_COMMANDS or where.is_direct or buttons_for == "everyone":
        return True
    return presser.is_admin or presser.person == asked_by


def conversation_under(origin: Origin, under: Under) -> Conversation:
    """Return the transcript an answer is in, as far as the answer itself tells."""
    if origin.thread or origin.private:
        return own_conversation(origin)
    if under.is_of_command:
        return Conversation(
            origin.platform, origin.tenant, origin.place, person=under.asked_by or origin.person
        )
    return root_conversation(origin, under.question_id or under.post_id)
