"""An answer as posts: its pieces, its small print, its files and its buttons. Pure."""

import re
from typing import Final

from bot.draft import View
from bot.platforms.beside import NO_TEXT, File, short_thoughts
from bot.platforms.buttons import buttons_under, running_buttons
from bot.platforms.discord.outgoing import MOST_CHARS, Outgoing, chars_of
from bot.platforms.discord.rendering import DISCORD, small, with_names
from bot.platforms.paging import Paging, note_on
from bot.platforms.pieces import Pieces
from bot.splitting import split

# What a full piece leaves is for the small print, which would else need a post of its own.
_PIECE_CHARS: Final = 1900
_ONLY_PIECE_CHARS: Final = 1500

_MARKS: Final = re.compile(r"([\\`*_~|<>@#\[\]-])")
_NO_FILES: Final = "Files cannot be attached here, so not all is shown: give me Attach Files."


class Layout:
    """The posts of one answer, while it grows.

    Args:
        message_id: Of what asked, for the button that stops the answer.
        asker: The id of who asked.
        most_posts: An answer of more comes as a file, its beginning shown.
        is_single: Whether there can be no second post.
        has_votes: Whether votes on answers count.

    Attributes:
        stop_buttons: What is under an answer while it is made.
    """

    def __init__(
        self,
        message_id: str,
        asker: str,
        *,
        most_posts: int,
        is_single: bool = False,
        has_votes: bool = True,
    ) -> None:
        self._has_votes = has_votes
        self._asker = asker
        self.stop_buttons = running_buttons(message_id, asker)
        self._paging = Paging(most_posts, is_single)
        limit = _ONLY_PIECE_CHARS if is_single else _PIECE_CHARS
        self._pieces = Pieces(DISCORD, limit, chars_of)

    def posts(self, view: View, *, has_files: bool = True) -> tuple[Outgoing, ...]:
        """Return what is to be seen of an answer, in order; at least one post.

        Args:
            view: The answer as it is now.
            has_files: Whether files may be attached.
        """
        pieces = self._pieces.of(view.text)
        if view.has_mentions:
            pieces = [with_names(each) for each in pieces]
        if not view.is_final:
            return self._growing(view, pieces)
        pieces, files = self._paging.whole(view, pieces, has_files=has_files)
        note = note_on(files, has_files=has_files, lacking=_NO_FILES)
        return self._finished(view, pieces, files if has_files else (), small(note))

    def _growing(self, view: View, pieces: list[str]) -> tuple[Outgoing, ...]:
        before, last, status = self._paging.growing(view, pieces, self._pieces.certain)
        with_status = _joined(last, small(status))
        if chars_of(with_status) <= MOST_CHARS:
            last = with_status
        return (*map(Outgoing, before), Outgoing(last or small("…"), self.stop_buttons))

    def _finished(
        self, view: View, pieces: list[str], files: tuple[File, ...], note: str
    ) -> tuple[Outgoing, ...]:
        buttons = buttons_under(view, self._asker, has_votes=self._has_votes)
        under = "\n".join(filter(None, [note, _spoiler(view.reasoning), small(view.receipt)]))
        *before, last = pieces or [small(NO_TEXT)]
        whole = _joined(last, under)
        if chars_of(whole) <= MOST_CHARS:
            return (*map(Outgoing, before), Outgoing(whole, buttons, files))
        if self._paging.is_single:
            return (Outgoing(last, buttons, (*files, File("receipt.md", under))),)
        *more, end = (piece.shown for piece in split(under, _PIECE_CHARS, chars_of))
        return (*map(Outgoing, [*before, last, *more]), Outgoing(end, buttons, files))


def _spoiler(reasoning: str) -> str:
    quiet = _MARKS.sub(r"\\\1", short_thoughts(reasoning))
    return small(f"Thoughts: ||{quiet}||") if quiet else ""


def _joined(text: str, under: str) -> str:
    return "\n".join(filter(None, [text, under]))
