"""What a pressed button stands under on Discord. Pure."""

from dataclasses import dataclass
from typing import Final

from bot.platforms.discord.listening import own_conversation, root_conversation
from routing.ports import Conversation
from routing.query import Origin

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


def conversation_under(origin: Origin, under: Under) -> Conversation:
    """Return the transcript an answer is in, as far as the answer itself tells."""
    if origin.thread or origin.private:
        return own_conversation(origin)
    if under.is_of_command:
        return Conversation(
            origin.platform, origin.tenant, origin.place, person=under.asked_by or origin.person
        )
    return root_conversation(origin, under.question_id or under.post_id)
