"""What the bot itself says, as sections: in App Home and modals, and where it names somebody. Pure.

Here alone mentions are live: of sections it is documented what Slack shows. So nothing that a model
wrote comes here. For who alone reads it, a mention is a name and calls nobody; where others read
along, channels alone are shown by name, whatever people wrote of what is quoted.
"""

import re
from functools import partial
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
    | &lt;{INVISIBLE}(?P<call>@[UW][A-Z0-9]+|!subteam\^S[A-Z0-9]+)&gt;
    | &lt;{INVISIBLE}(?P<place>\#[CG][A-Z0-9]+)&gt;
    """,
    re.VERBOSE | re.DOTALL,
)


def sections_of(markdown: str) -> tuple[Block, ...]:
    """Return as many sections as Markdown needs that one person alone reads."""
    return in_sections(rendered(whole(markdown), SLACK), is_for_one=True)


def in_sections(shown: str, *, is_for_one: bool) -> tuple[Block, ...]:
    """Return the same of Markdown that was made fit to be shown already."""
    named = partial(_named, is_for_one=is_for_one)
    pieces = split(shown, _PIECE_WEIGHT, weight_of)
    texts = (mrkdwn_within(piece.shown, SECTION_CHARS) for piece in pieces if piece.shown)
    return tuple(section(_QUIET_MENTION.sub(named, text)) for text in texts)


def _named(found: re.Match[str], *, is_for_one: bool) -> str:
    name = found["place"] or (found["call"] if is_for_one else "")
    return f"<{name}>" if name else found[0]
