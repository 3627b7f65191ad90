"""What people can have forgotten of the answer cache: one answer, or all of a place: `/purge`."""

from typing import Final

from bot.commands.command import Command, Invocation, Services
from bot.platforms.port import Notice
from routing.cache import CacheKeys
from routing.explanation_lines import replay
from routing.orders import Of, Target, realm_of
from routing.ports import Conversation
from routing.query import Origin


async def forget_answer(services: Services, conversation: Conversation, reply_id: str) -> bool:
    """Take the answer of a reply out of the cache, so that nobody is given it again.

    Where it is kept was noted with the reply: settings, rules and roles may have changed since.

    Returns:
        Whether the cache had anything to do with the reply, as far as is still known.

    Raises:
        StoreUnavailable: What is known of the reply cannot be read; the answer may still be there.
    """
    kept = await services.history.explanation(conversation, reply_id)
    try:
        kept_under = replay(kept or "").kept_under
        keys = CacheKeys(*kept_under)
    except (ValueError, TypeError):
        return False
    await services.router.caching.forget(keys)
    return True


async def _purge(invocation: Invocation) -> Notice:
    message = invocation.message
    if not (message.origin.private or message.is_admin):
        return Notice(
            "Others share the answers kept for this place: only an admin may have them forgotten.",
            is_failure=True,
        )
    await invocation.services.router.caching.purge(message.origin)
    if not message.origin.private:  # what somebody forgets of their own is nobody's business
        await _write_down(invocation)
    return Notice(
        f"Forgotten: every answer kept {_for_whom(message.origin)}. What is being answered at this "
        "moment is not kept either. Conversations and usage stay."
    )


async def _write_down(invocation: Invocation) -> None:
    message, origin = invocation.message, invocation.message.origin
    about = f"{Target(Of.CHANNEL, origin.place)}{' (a thread)' if origin.is_closed else ''}"
    await invocation.services.audit.note(
        realm_of(origin), "purge", about, "every kept answer", origin.asker, message.reply_id
    )


def _for_whom(origin: Origin) -> str:
    if origin.private:
        return "for you here"
    if origin.is_closed:
        return "for this thread"
    together = ", and those all public channels share" if origin.is_public else ""
    return f"for this channel{together}"


PURGE: Final = Command("purge", "forget every answer the cache keeps for this place", _purge)
