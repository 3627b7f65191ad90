"""Markdown as sections, for App Home and modals, which take no Markdown blocks. Pure."""

from typing import Final

from bot.platforms.rendering import rendered
from bot.platforms.slack.blocks import Block, section
from bot.platforms.slack.limits import SECTION_CHARS, weight_of, whole
from bot.platforms.slack.mrkdwn import mrkdwn_within
from bot.platforms.slack.rendering import SLACK
from bot.splitting import split

# Bullets and indentation are longer in mrkdwn.
_PIECE_WEIGHT: Final = SECTION_CHARS * 4 // 5


def sections_of(markdown: str) -> tuple[Block, ...]:
    """Return as many sections as Markdown needs."""
    pieces = split(rendered(whole(markdown), SLACK), _PIECE_WEIGHT, weight_of)
    return tuple(
        section(mrkdwn_within(piece.shown, SECTION_CHARS)) for piece in pieces if piece.shown
    )
