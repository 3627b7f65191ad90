"""An answer as posts on Slack: its pieces, its small print, its files and its buttons. Pure."""

from typing import Final

from bot.draft import View
from bot.platforms.beside import (
    FILE_COMES,
    IN_FILE,
    NO_TEXT,
    File,
    files_beside,
    short_thoughts,
    status_of,
)
from bot.platforms.buttons import Button, finished_buttons, running_buttons
from bot.platforms.pieces import Pieces
from bot.platforms.slack.blocks import (
    Block,
    Outgoing,
    actions,
    button,
    context,
    feedback,
    markdown,
)
from bot.platforms.slack.limits import UPDATE_BYTES, cut, weight_of, whole
from bot.platforms.slack.rendering import SLACK
from bot.platforms.slack.safety import escaped

_PIECE_WEIGHT: Final = 10_000
_SMALL_WEIGHT: Final = 2_000

_NO_FILES: Final = "Files cannot be attached here, so not all is shown: I lack `files:write`."


class Layout:
    """The posts of one answer, while it grows.

    Args:
        message_id: Of what asked, for the button that stops the answer.
        asker: The id of who asked.
        most_posts: An answer of more comes as a file, its beginning shown.
        is_single: Whether there can be no second post.
    """

    def __init__(
        self, message_id: str, asker: str, *, most_posts: int, is_single: bool = False
    ) -> None:
        self._asker = asker
        self._stop = running_buttons(message_id, asker)
        self._most_posts = 1 if is_single else most_posts
        self._is_single = is_single
        self._pieces = Pieces(SLACK, _PIECE_WEIGHT, weight_of)

    def posts(self, view: View, *, has_files: bool = True) -> tuple[Outgoing, ...]:
        """Return what is to be seen of an answer, in order; at least one post.

        Args:
            view: The answer as it is now.
            has_files: Whether files may be attached.
        """
        pieces = self._pieces.of(whole(view.text))
        if not view.is_final:
            return self._growing(view, pieces)
        is_long = len(pieces) > self._most_posts
        if is_long and (has_files or self._is_single):
            pieces = pieces[: self._most_posts]
        files = files_beside(view, is_long=is_long)
        *before, last = pieces or [""]
        return (
            *map(_post, before),
            _post(last, self._end(view, files, has_files=has_files), files if has_files else ()),
        )

    def status(self, line: str) -> Outgoing:
        """Return a small line with the button that stops, while there is nothing else to see."""
        return _post("", (_small(line or "…"), self._stop_row()))

    def end_blocks(self, view: View, *, has_files: bool = True) -> tuple[Block, ...]:
        """Return what comes under the text of an answer that is done: notes, receipt, buttons."""
        pieces = self._pieces.of(whole(view.text))
        files = files_beside(view, is_long=len(pieces) > self._most_posts)
        return self._end(view, files, has_files=has_files)

    def _growing(self, view: View, pieces: list[str]) -> tuple[Outgoing, ...]:
        # Behind the filled pieces only one is shown: where the next begins is not yet certain.
        certain = self._pieces.certain
        shown = pieces[: min(certain + 1, self._most_posts)]
        status = FILE_COMES if certain >= self._most_posts else status_of(view)
        *before, last = shown or [""]
        under = [_small(status or "…")] if status or not last else []
        return (*map(_post, before), _post(last, (*under, self._stop_row())))

    def _end(self, view: View, files: tuple[File, ...], *, has_files: bool) -> tuple[Block, ...]:
        lines = [] if view.text.strip() else [NO_TEXT]
        if files and not has_files:
            lines.append(_NO_FILES)
        elif any(file.name == "answer.md" for file in files):
            lines.append(IN_FILE)
        if thoughts := short_thoughts(whole(view.reasoning)):
            lines.append(f"Thoughts: {thoughts}")
        if view.receipt:
            lines.append(view.receipt)
        buttons: tuple[Button, ...] = ()
        if view.reply_id and not view.is_notice:
            buttons = finished_buttons(view.reply_id, self._asker)
        return (*map(_small, lines), *_rows(buttons))

    def _stop_row(self) -> Block:
        return actions([button(each) for each in self._stop])


def _rows(buttons: tuple[Button, ...]) -> tuple[Block, ...]:
    labelled = [button(each) for each in buttons if each.label]
    thumbs = [each for each in buttons if not each.label]
    if not labelled:
        return ()
    return (actions(labelled), feedback(*thumbs)) if thumbs else (actions(labelled),)


def _small(line: str) -> Block:
    return context(escaped(cut(whole(line), _SMALL_WEIGHT)))


def _post(text: str, under: tuple[Block, ...] = (), files: tuple[File, ...] = ()) -> Outgoing:
    shown = (markdown(text),) if text else ()
    words = " ".join(text.split())
    return Outgoing(escaped(cut(words, UPDATE_BYTES)) or "…", (*shown, *under), files)
