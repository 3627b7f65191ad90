"""What the bot itself says in sections of mrkdwn, where it is documented what Slack shows. Pure.

Only here mentions are live. So nothing that a model wrote comes here, and what others read along
has none: in a section that one person reads, a mention is a name and calls nobody.
"""

import re
from typing import Final

from bot.platforms.rendering import INVISIBLE
from bot.platforms.slack.blocks import Block, section
from bot.platforms.slack.limits import SECTION_CHARS
from bot.platforms.slack.mrkdwn import mrkdwn_within
from bot.splitting import split

_QUIET_MENTION: Final = re.compile(
    rf"&lt;{INVISIBLE}?(@[UW][A-Z0-9]+|#[CG][A-Z0-9]+|!subteam\^S[A-Z0-9]+)&gt;"
)


def paragraphs_of(text: str) -> list[Block]:
    """Return Markdown of the bot's own as sections, with its mentions as names."""
    pieces = split(text, SECTION_CHARS // 2, len)
    shown = (mrkdwn_within(piece.shown, SECTION_CHARS) for piece in pieces if piece.shown)
    return [section(_QUIET_MENTION.sub(r"<\1>", each)) for each in shown]
