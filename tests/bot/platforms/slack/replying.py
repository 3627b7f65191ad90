"""An answer that is done, and shown by posts."""

import asyncio
from datetime import timedelta

from bot.draft import Draft, View
from bot.platforms.surface import NotShown
from tests.bot.platforms.slack.indoors import Stage, remembered
from tests.fakes.virtual_time import START

NOTICE = View("You have **2 dollars** left.", is_final=True, is_notice=True)
DONE = View("It depends.", receipt="llama · free", reply_id="r", is_final=True)


def ended(view: View) -> Draft:
    """Return a draft that has come to its end."""
    draft = Draft()
    draft.end(view)
    return draft


def by_command(**handle: str) -> dict[str, str]:
    """Return the handle of a slash command."""
    return {
        "thread": "",
        "ts": "",
        "response_url": "https://hooks.slack.com/commands/1",
        "expires_at": (START + timedelta(minutes=30)).isoformat(),
        "is_ephemeral": "1",
    } | handle


async def shown_at_last(stage: Stage, view: View, **handle: str) -> None:
    """Show an answer that is done, again and again as a worker would."""
    reply, draft = stage.surface.reply(stage.message(**handle), remembered()), ended(view)
    while True:
        try:
            await reply.run(draft)
        except NotShown as error:
            if error.is_final:
                raise
            await asyncio.sleep(1)
        else:
            return
