"""An answer's Markdown, dealt out to messages that only grow. Pure.

What was sent stays as it is: so a message ends where something of it ends that has not been sent
yet, and what is open there is closed, and opened again in the next message.
"""

from dataclasses import dataclass
from typing import Final

from bot.breaks import Context, Kind, breaks_of
from bot.platforms.rendering import Rendering
from bot.platforms.slack.limits import weight_of, whole
from bot.platforms.slack.rendering import SLACK

PIECE_WEIGHT: Final = 10_000
"""Of one message: it can still be made whole by an update, which takes little more."""

_DUE_SHARE: Final = 0.85
_CLOSING_WEIGHT: Final = 100
_HALVES: Final = {chr(code) for code in range(0xD800, 0xDC00)}


class TextChanged(Exception):
    """An answer does not begin with what was shown of it."""


@dataclass(frozen=True, slots=True)
class Cut:
    """Where one message ends and the next begins.

    Attributes:
        rest: What is still to be sent to the one that ends.
        shown: All that it shows then.
        resume: Where the next begins.
        context: What is open there.
    """

    rest: str
    shown: str
    resume: int
    context: Context


class Flow:
    """One answer as it is dealt out.

    Args:
        most_posts: Of text for more than so many full messages nothing is sent.
    """

    def __init__(self, most_posts: int) -> None:
        self._rendering = Rendering(SLACK)
        self._most_weight = most_posts * PIECE_WEIGHT
        self._weight = 0
        self._source = self._text = ""
        self._is_whole = self._is_full = False
        self._start = self._sent = 0
        self._context = Context()

    @property
    def has_more(self) -> bool:
        """Tell whether there is something that has not been sent."""
        return self._sent < len(self._text)

    @property
    def is_due(self) -> bool:
        """Tell whether a message has so much that it had better end soon."""
        return self._piece_weight() > PIECE_WEIGHT * _DUE_SHARE

    @property
    def is_over(self) -> bool:
        """Tell whether there is more than one message can hold."""
        return self._piece_weight() > PIECE_WEIGHT - _CLOSING_WEIGHT

    @property
    def shown(self) -> str:
        """Return what the message that grows shows when all was sent that it can hold."""
        return f"{self._context.opener}{self._text[self._start : self._fitting()]}"

    def take(self, source: str, *, is_whole: bool = False) -> None:
        """Take in the text of an answer, as far as there is one.

        Raises:
            TextChanged: It is not the text of before, gone on.
        """
        if not is_whole and source[-1:] in _HALVES:
            source = source[:-1]
        source = whole(source)
        if not source.startswith(self._source):
            raise TextChanged
        self._add(self._rendering.feed(source[len(self._source) :]))
        self._source = source
        if is_whole and not self._is_whole:
            self._is_whole = True
            self._add(self._rendering.rest())

    def next(self) -> str:
        """Return what can be sent next to the message that grows."""
        opener = self._context.opener if self._sent == self._start else ""
        more = self._text[self._sent : self._fitting()]
        return f"{opener}{more}" if more else ""

    def was_sent(self) -> None:
        """Take note that what `next` returned was sent."""
        self._sent = self._fitting()

    def cut(self, *, is_pressing: bool) -> Cut | None:
        """Return where the message that grows should end; None while there is no good place.

        Args:
            is_pressing: Whether a bad place will do.
        """
        end, best = self._fitting(), None
        for each in breaks_of(self._text, self._start, end, self._context):
            if each.resume < self._sent:
                continue
            if Kind.LINES <= each.kind < Kind.END and each.resume > self._start:
                best = each
                break
            if best is None or best.kind < Kind.WORDS or each.kind is Kind.WORDS:
                best = each
        if best is None or (best.kind not in {Kind.LINES, Kind.PARAGRAPHS} and not is_pressing):
            return None
        at = max(best.at, self._sent)
        opener, closer = self._context.opener, best.context.closer
        begins = opener if self._sent == self._start else ""
        return Cut(
            rest=f"{begins}{self._text[self._sent : at]}{closer}",
            shown=f"{opener}{self._text[self._start : at]}{closer}",
            resume=max(best.resume, at),
            context=best.context,
        )

    def begin_after(self, cut: Cut) -> None:
        """Go on in a new message."""
        self._start = self._sent = cut.resume
        self._context = cut.context

    def _add(self, more: str) -> None:
        weight = weight_of(more)
        if self._is_full or self._weight + weight > self._most_weight:
            # The beginning of a part might end anywhere; the file has it whole.
            self._is_full = True
            return
        self._weight += weight
        self._text += more

    def _piece_weight(self) -> int:
        return weight_of(self._context.opener) + weight_of(self._text[self._start :])

    def _fitting(self) -> int:
        """Return how far the text goes that fits into the message that grows."""
        room = PIECE_WEIGHT - _CLOSING_WEIGHT - weight_of(self._context.opener)
        chars = min(room, len(self._text) - self._start)
        while (weight := weight_of(self._text[self._start : self._start + chars])) > room:
            chars = min(chars - 1, chars * room // weight)
        return max(self._start + chars, self._sent)
