"""An answer as Slack shows it while it comes word by word."""

import asyncio
import re

from bot.draft import Draft, View
from bot.platforms.surface import NotShown, Posts
from tests.bot.platforms.slack.indoors import Stage, remembered, told


def prose(words: int) -> str:
    """Return so many numbered words, in paragraphs."""
    numbered = [f"w{number}" for number in range(words)]
    return "\n\n".join(" ".join(numbered[start : start + 40]) for start in range(0, words, 40))


async def answered(
    stage: Stage, text: str, *, per_s: float, posts: Posts | None = None, **handle: str
) -> None:
    """Answer the question with a text that comes word by word."""
    draft = Draft()
    reply = stage.surface.reply(stage.message(**handle), posts or remembered())
    await reply.begin("asking llama …")
    running = asyncio.create_task(reply.run(draft))
    await told(draft, text, per_s=per_s)
    draft.end(View(text, receipt="llama · free", reply_id="r", is_final=True))
    try:
        await running
    except NotShown:
        await reply.run(draft)


def words(shown: str) -> list[str]:
    return re.findall(r"\bw\d+\b", shown)
