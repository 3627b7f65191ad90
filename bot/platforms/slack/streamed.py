"""An answer that is appended to messages and never changed: Slack's native streams. Pure."""

from typing import Final

from bot.breaks import Break, Context, Kind, breaks_of, is_character_end
from bot.platforms.rendering import Rendering
from bot.platforms.slack.limits import POST_WEIGHT, post_weight, whole
from bot.platforms.slack.rendering import SLACK

_GOOD_WEIGHT: Final = POST_WEIGHT * 4 // 5
"""Behind this much of a message the next begins at the first end of a line."""


class Streamed:
    """The appends of one answer, safe and in order, whatever pieces its text comes in.

    What might still become live, or another mark, is held back until it is certain. What is open
    where a message ends is closed there, and opened again in the next.
    """

    def __init__(self) -> None:
        self._rendering = Rendering(SLACK)
        self._source = ""
        self._before: list[str] = []
        self._shown = ""
        self._opener = ""

    @property
    def messages(self) -> tuple[str, ...]:
        """Return the Markdown of each message up to now; the last one is open."""
        return (*self._before, self._shown)

    def take(self, text: str, *, is_final: bool = False) -> tuple[str, ...]:
        """Return what a text that has grown adds to its messages.

        Args:
            text: All there is of the answer; it begins with what was taken before.
            is_final: Whether nothing more comes; then nothing is held back.

        Returns:
            What to append to the open message, maybe nothing; each further is a new message's.
        """
        text = whole(text if is_final else text.removesuffix(_half_at_end(text)))
        new = self._rendering.feed(text[len(self._source) :])
        self._source = text
        if is_final:
            new += self._rendering.rest()
        return self._appended(new) if new else ("",)

    def turn(self) -> str:
        """Begin a new message, and return what closes the one that was open."""
        context = Context()
        for each in breaks_of(f"{self._shown} ", 0, len(self._shown), Context()):
            context = each.context
        self._before.append(self._shown + context.closer)
        self._shown, self._opener = "", context.opener
        return context.closer

    def _appended(self, new: str) -> tuple[str, ...]:
        appends = []
        new, opened = self._opener + new, len(self._opener)
        self._opener = ""
        while found := _break_in(self._shown, new, opened):
            here = len(self._shown)
            appends.append(new[: found.at - here] + found.context.closer)
            self._before.append(self._shown + appends[-1])
            opener = found.context.opener
            new, opened, self._shown = opener + new[found.resume - here :], len(opener), ""
        self._shown += new
        return (*appends, new)


def _half_at_end(text: str) -> str:
    return text[-1:] if "\ud800" <= text[-1:] <= "\udbff" else ""


def _break_in(shown: str, new: str, opened: int) -> Break | None:
    """Return where in new text the next message has to begin; None when all of it fits.

    Args:
        shown: What the open message has.
        new: What comes behind it.
        opened: How many characters of `new` only open again what was open before.
    """
    if post_weight(shown) + post_weight(new) <= _GOOD_WEIGHT:
        return None
    text, least = shown + new, len(shown) or opened + 1
    context, here, size = Context(), 0, 0
    last: Break | None = None
    for each in breaks_of(f"{text} ", 0, len(text), context):
        more = post_weight(text[here : each.at])
        if size + more > POST_WEIGHT:
            start = max(here, least)
            return last or _forced(text, start, size + post_weight(text[here:start]), context)
        context, here, size = each.context, each.at, size + more
        if each.at >= least and each.kind is not Kind.END:
            last = each
            if size > _GOOD_WEIGHT and each.kind >= Kind.LINES:
                return each
    return None


def _forced(text: str, place: int, size: int, context: Context) -> Break:
    """Return a break within what is too long to be kept whole, at `place` or behind it."""
    start = place
    while place < len(text) and size < POST_WEIGHT:
        size += post_weight(text[place])
        place += 1
    nearest = next((at for at in range(place, start, -1) if is_character_end(text, at)), place)
    inside = Context(context.fence, context.inline, context.quote, is_mid_line=True)
    return Break(nearest, nearest, Kind.TOKENS, inside)
