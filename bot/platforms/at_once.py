"""Commands that are answered at once, in the process that heard them."""

import logging
from contextlib import aclosing

from bot.draft import Draft
from bot.platforms.inward import Answers
from bot.platforms.port import Message
from bot.platforms.surface import NotShown, Surface
from bot.wording import UNEXPECTED, sentence
from routing.errors import RoutingError
from routing.stop import Stop

_log = logging.getLogger(__name__)


async def answered(answers: Answers, message: Message) -> Draft:
    """Return the answer to a command, whole; what goes wrong is told in it."""
    draft = Draft()
    try:
        async with aclosing(answers.answer(message, Stop())) as events:
            async for event in events:
                draft.take(event)
    except RoutingError as error:
        draft.fail(sentence(error))
    except Exception:  # noqa: BLE001 # whatever it is, the person is told
        _log.exception("a command went unanswered")
        draft.fail(UNEXPECTED)
    return draft


async def answer_shown(answers: Answers, surface: Surface, message: Message) -> None:
    """Answer a command and show the answer; that it cannot be shown is only logged."""
    draft = await answered(answers, message)
    try:
        await surface.reply(message, NotShared(message.message_id)).run(draft)
    except NotShown as error:
        _log.warning("a command's answer could not be shown: %s", error)


class NotShared:
    """What was posted for a command, which no other worker ever takes over."""

    def __init__(self, nonce: str) -> None:
        self.nonce = nonce
        self.may_have_more = False
        self._ids: tuple[str, ...] = ()

    @property
    def ids(self) -> tuple[str, ...]:
        """Return the posts there are, in order."""
        return self._ids

    def confirm(self) -> None:
        """Return at once: nobody else has the command."""

    async def announce(self) -> None:
        """Do nothing: nobody would look for it."""

    async def note(self, ids: tuple[str, ...]) -> None:
        """Remember which posts there are now."""
        self._ids = ids
