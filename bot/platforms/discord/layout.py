"""An answer as posts: its pieces, its small print, its files and its buttons. Pure."""

import re
from typing import Final

from bot.draft import View
from bot.platforms.buttons import Button, finished_buttons, running_buttons
from bot.platforms.discord.outgoing import MOST_CHARS, File, Outgoing, chars_of
from bot.platforms.discord.rendering import Rendering, small
from bot.splitting import Splitter, split

# What a full piece leaves is for the small print, which would else need a post of its own.
_PIECE_CHARS: Final = 1900
_ONLY_PIECE_CHARS: Final = 1500
_SPOILER_CHARS: Final = 300

_MARKS: Final = re.compile(r"([\\`*_~|<>@#\[\]-])")
_NO_TEXT: Final = "(The answer has no text.)"
_IN_FILE: Final = "The whole answer is in the file `answer.md`."
_FILE_COMES: Final = "… it goes on; all of it comes as a file"
_NO_FILES: Final = "Files cannot be attached here, so not all is shown: give me Attach Files."


class Layout:
    """The posts of one answer, while it grows.

    Args:
        message_id: Of what asked, for the button that stops the answer.
        asker: The id of who asked.
        most_posts: An answer of more comes as a file, its beginning shown.
        is_single: Whether there can be no second post.

    Attributes:
        stop_buttons: What is under an answer while it is made.
    """

    def __init__(
        self, message_id: str, asker: str, *, most_posts: int, is_single: bool = False
    ) -> None:
        self._asker = asker
        self.stop_buttons = running_buttons(message_id, asker)
        self._most_posts = 1 if is_single else most_posts
        self._is_single = is_single
        self._begin_anew()

    def posts(self, view: View, *, has_files: bool = True) -> tuple[Outgoing, ...]:
        """Return what is to be seen of an answer, in order; at least one post.

        Args:
            view: The answer as it is now.
            has_files: Whether files may be attached.
        """
        pieces = self._pieces(view.text)
        if not view.is_final:
            return self._growing(view, pieces)
        is_long = len(pieces) > self._most_posts
        if is_long and (has_files or self._is_single):
            pieces = pieces[: self._most_posts]
        files = _files(view, is_long=is_long)
        notes = [_IN_FILE] if is_long and has_files else []
        if files and not has_files:
            notes, files = [_NO_FILES], ()
        return self._finished(view, pieces, files, "\n".join(map(small, notes)))

    def _begin_anew(self) -> None:
        self._source = ""
        self._rendering = Rendering()
        limit = _ONLY_PIECE_CHARS if self._is_single else _PIECE_CHARS
        self._splitter = Splitter(limit, chars_of)

    def _pieces(self, text: str) -> list[str]:
        """Return what there is of a text now; only the last two pieces may still change."""
        if not text.startswith(self._source):
            self._begin_anew()
        self._splitter.feed(self._rendering.feed(text[len(self._source) :]))
        self._source = text
        pieces = (*self._splitter.filled, *self._splitter.rest(self._rendering.rest()))
        return [piece.shown for piece in pieces if piece.shown]

    def _growing(self, view: View, pieces: list[str]) -> tuple[Outgoing, ...]:
        # Behind the filled pieces only one is shown: where the next begins is not yet certain.
        certain = sum(bool(piece.shown) for piece in self._splitter.filled)
        shown = pieces[: min(certain + 1, self._most_posts)]
        status = _FILE_COMES if certain >= self._most_posts else _status(view)
        *before, last = shown or [""]
        with_status = _joined(last, small(status))
        if chars_of(with_status) <= MOST_CHARS:
            last = with_status
        return (*map(Outgoing, before), Outgoing(last or small("…"), self.stop_buttons))

    def _finished(
        self, view: View, pieces: list[str], files: tuple[File, ...], note: str
    ) -> tuple[Outgoing, ...]:
        buttons: tuple[Button, ...] = ()
        if view.reply_id and not view.is_notice:
            buttons = finished_buttons(view.reply_id, self._asker)
        under = "\n".join(filter(None, [note, _spoiler(view.reasoning), small(view.receipt)]))
        *before, last = pieces or [small(_NO_TEXT)]
        whole = _joined(last, under)
        if chars_of(whole) <= MOST_CHARS:
            return (*map(Outgoing, before), Outgoing(whole, buttons, files))
        if self._is_single:
            return (Outgoing(last, buttons, (*files, File("receipt.md", under))),)
        *more, end = (piece.shown for piece in split(under, _PIECE_CHARS, chars_of))
        return (*map(Outgoing, [*before, last, *more]), Outgoing(end, buttons, files))


def _files(view: View, *, is_long: bool) -> tuple[File, ...]:
    files = []
    if is_long:
        files.append(File("answer.md", view.text))
    if len(_flat(view.reasoning)) > _SPOILER_CHARS:
        files.append(File("reasoning.md", view.reasoning))
    return tuple(files)


def _spoiler(reasoning: str) -> str:
    flat = _flat(reasoning)
    if not flat or len(flat) > _SPOILER_CHARS:
        return ""
    quiet = _MARKS.sub(r"\\\1", flat)
    return small(f"Thoughts: ||{quiet}||")


def _flat(text: str) -> str:
    return " ".join(text.split())


def _status(view: View) -> str:
    if view.text or not view.reasoning:
        return view.status
    thought = f"thought {len(view.reasoning.split())} words so far"
    return f"{view.status} · {thought}" if view.status else thought


def _joined(text: str, under: str) -> str:
    return "\n".join(filter(None, [text, under]))
