"""What the bot itself says, as sections: in App Home and modals, and where it names somebody. Pure.

Here alone mentions are live: of sections it is documented what Slack shows. So nothing that a model
wrote comes here, and nothing that others read along: for who alone reads it, a mention is a name
and calls nobody.
"""

import re
from typing import Final

from bot.platforms.rendering import INVISIBLE, rendered
from bot.platforms.slack.blocks import Block, section
from bot.platforms.slack.limits import SECTION_CHARS, weight_of, whole
from bot.platforms.slack.mrkdwn import mrkdwn_within
from bot.platforms.slack.rendering import SLACK
from bot.splitting import split

# Bullets and indentation are longer in mrkdwn.
_PIECE_WEIGHT: Final = SECTION_CHARS * 4 // 5

_QUIET_MENTION: Final = re.compile(
    rf"""
      (?P<code>```.*?```|`[^`\n]*`)
    | &lt;{INVISIBLE}(?P<name>@[UW][A-Z0-9]+|\#[CG][A-Z0-9]+|!subteam\^S[A-Z0-9]+)&gt;
    """,
    re.VERBOSE | re.DOTALL,
)


def sections_of(markdown: str) -> tuple[Block, ...]:
    """Return as many sections as Markdown needs."""
    return in_sections(rendered(whole(markdown), SLACK))


def in_sections(shown: str) -> tuple[Block, ...]:
    """Return the same of Markdown that was made fit to be shown already."""
    pieces = split(shown, _PIECE_WEIGHT, weight_of)
    texts = (mrkdwn_within(piece.shown, SECTION_CHARS) for piece in pieces if piece.shown)
    return tuple(section(_QUIET_MENTION.sub(_named, text)) for text in texts)


def _named(found: re.Match[str]) -> str:
    return found["code"] or f"<{found['name']}>"
