"""The command `/why`: what came of a decision, and how it was made."""

from typing import Final

from bot.commands.command import Command, Invocation
from bot.commands.verdicts import meant_exchange, no_exchange
from bot.explaining import explanation_markdown
from bot.log import short_id
from bot.platforms.port import Notice
from routing.explanation_lines import replay


async def _why(invocation: Invocation) -> Notice:
    if (meant := await meant_exchange(invocation)) is None:
        return no_exchange(invocation, "There is no answer to explain yet.")
    conversation = invocation.message.conversation
    kept = await invocation.services.history.explanation(conversation, meant.reply_id)
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
    return Notice(f"{told}\n\nIn the log it is `{short_id(meant.reply_id)}`.")


WHY: Final = Command(
    "why", "why the last answer came from where it came from", _why, is_everyday=True
)
