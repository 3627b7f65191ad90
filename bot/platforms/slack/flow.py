"""An answer's Markdown, dealt out to messages that only grow. Pure.

What was sent stays as it is: so a message ends where something of it ends that has not been sent
yet, and what is open there is closed, and opened again in the next message.
"""

from dataclasses import dataclass
from typing import Final

from bot.breaks import Break, Context, Kind, breaks_of
from bot.platforms.rendering import Rendering
from bot.platforms.slack.limits import POST_WEIGHT, weight_of, whole
from bot.platforms.slack.rendering import SLACK

_DUE_SHARE: Final = 0.85
_CLOSING_WEIGHT: Final = 100
_BAD, _FAIR, _GOOD = range(3)
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
        self._most_weight = most_posts * POST_WEIGHT
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
        return self._piece_weight() > POST_WEIGHT * _DUE_SHARE

    @property
    def is_over(self) -> bool:
        """Tell whether there is more than one message can hold."""
        return self._piece_weight() > POST_WEIGHT - _CLOSING_WEIGHT

    @property
    def is_full(self) -> bool:
        """Tell whether there is more than is ever shown."""
        return self._is_full

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
        best: dict[int, Break] = {}
        for each in breaks_of(self._text, self._start, self._fitting(), self._context):
            if each.resume >= self._sent and each.resume > self._start:
                best[_goodness(each)] = each
        if not best or (max(best) < _GOOD and not is_pressing):
            return None
        chosen = best[max(best)]
        at = max(chosen.at, self._sent)
        opener, closer = self._context.opener, chosen.context.closer
        begins = opener if self._sent == self._start else ""
        return Cut(
            rest=f"{begins}{self._text[self._sent : at]}{closer}",
            shown=f"{opener}{self._text[self._start : at]}{closer}",
            resume=max(chosen.resume, at),
            context=chosen.context,
        )

    def begin_after(self, cut: Cut) -> None:
        """Go on in a new message."""
        self._start = self._sent = cut.resume
        self._context = cut.context

    def _add(self, more: str) -> None:
        if self._is_full:
            return
        room = self._most_weight - self._weight
        if weight_of(more) > room:
            self._is_full = True
            more = _beginning(more, room)
        self._weight += weight_of(more)
        self._text += more

    def _piece_weight(self) -> int:
        return weight_of(self._context.opener) + weight_of(self._text[self._start :])

    def _fitting(self) -> int:
        """Return how far the text goes that fits into the message that grows."""
        room = POST_WEIGHT - _CLOSING_WEIGHT - weight_of(self._context.opener)
        return max(self._start + len(_beginning(self._text[self._start :], room)), self._sent)


def _goodness(place: Break) -> int:
    if place.kind in {Kind.LINES, Kind.PARAGRAPHS}:
        return _GOOD
    return _FAIR if place.kind is Kind.WORDS else _BAD


def _beginning(text: str, room: int) -> str:
    """Return as much of a text as fits."""
    chars = min(room, len(text))
    while (weight := weight_of(text[:chars])) > room:
        chars = min(chars - 1, chars * room // weight)
    return text[:chars]
