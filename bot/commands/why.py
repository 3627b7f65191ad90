"""The command `/why`: what came of a decision, and how it was made."""

from typing import Final

from bot.commands.command import Command, Invocation
from bot.commands.verdicts import meant_exchange, no_exchange
from bot.explaining import explanation_markdown
from bot.log import short_id
from bot.platforms.port import Message, Notice
from routing.explanation_lines import replay
from routing.ports import Conversation, Exchange


async def _why(invocation: Invocation) -> Notice:
    if (explained := await _explained(invocation)) is None:
        return no_exchange(invocation, "There is no answer to explain yet.")
    asked_in, exchange = explained
    kept = await invocation.services.history.explanation(asked_in, exchange.reply_id)
    if not kept:
        return Notice("I no longer know why: the explanation is gone.", is_failure=True)
    try:
        told = explanation_markdown(replay(kept))
    except ValueError:
        return Notice(
            "I cannot read any more why: another version of me wrote it down. The next answer "
            "can be explained again.",
            is_failure=True,
        )
    is_elsewhere = asked_in != invocation.message.conversation
    which = "The last answer to you here. " if is_elsewhere else ""
    return Notice(f"{which}{told}\n\nIn the log it is `{short_id(exchange.reply_id)}`.")


async def _explained(invocation: Invocation) -> tuple[Conversation, Exchange] | None:
    """Return the exchange to be explained, and where it was asked; None when there is none.

    Where each mention opens a conversation of its own, that is seldom the one spoken in: untold,
    it is the last one its author asked in this place, as far as all who will see it could read it.
    In a thread that was there before, and others read, it is the last one there, or none.

    Raises:
        StoreUnavailable: It is not known.
    """
    message, history = invocation.message, invocation.services.history
    here = message.conversation
    exchange = await meant_exchange(invocation)
    last = (here, exchange) if exchange else None
    origin = message.origin
    is_in_thread = here.is_in_thread and not (message.opens_thread or origin.private)
    if message.about or is_in_thread or (last and not here.person):
        return last
    asked_in = await history.asked_in(origin.platform, origin.person)
    nearby = [each for each in asked_in if _is_shown_in(each, message)]
    return await history.newest(origin.person, nearby) or last


def _is_shown_in(asked_in: Conversation, message: Message) -> bool:
    """Tell whether what was asked somewhere may be spoken of to all who see what a message gets."""
    here = message.conversation
    is_nearby = (asked_in.tenant, asked_in.place) == (here.tenant, here.place)
    return is_nearby and (not asked_in.is_in_thread or message.is_answered_alone)


WHY: Final = Command(
    "why", "why the last answer came from where it came from", _why, is_everyday=True
)
