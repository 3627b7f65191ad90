"""An answer as posts on Slack: its pieces, its small print, its files and its buttons. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Final

from bot.draft import View
from bot.platforms.beside import NO_TEXT, File, short_thoughts
from bot.platforms.buttons import Button, buttons_under, running_buttons
from bot.platforms.paging import Paging, note_on
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
from bot.platforms.slack.limits import POST_WEIGHT, UPDATE_BYTES, cut, weight_of, whole
from bot.platforms.slack.mrkdwn import mrkdwn_within
from bot.platforms.slack.rendering import SLACK
from bot.platforms.slack.safety import escaped
from bot.platforms.slack.sections import in_sections
from bot.platforms.slack.tables import table_block
from bot.platforms.tables import Table

_SMALL_WEIGHT: Final = 1_400

_NO_FILES: Final = "Files cannot be attached here, so not all is shown: I lack `files:write`."


class Layout:
    """The posts of one answer, while it grows.

    Args:
        message_id: Of what asked, for the button that stops the answer.
        asker: The id of who asked.
        most_posts: An answer of more comes as a file, its beginning shown.
        is_single: Whether there can be no second post.
        has_votes: Whether votes on answers count.
        is_for_one: Whether nobody but who asked reads it.
    """

    def __init__(
        self,
        message_id: str,
        asker: str,
        *,
        most_posts: int,
        is_single: bool = False,
        has_votes: bool = True,
        is_for_one: bool = False,
    ) -> None:
        self._has_votes = has_votes
        self._is_for_one = is_for_one
        self._asker = asker
        self._stop = running_buttons(message_id, asker)
        self._paging = Paging(most_posts, is_single)
        self._pieces = Pieces(SLACK, POST_WEIGHT, weight_of)

    def posts(self, view: View, *, has_files: bool = True) -> tuple[Outgoing, ...]:
        """Return what is to be seen of an answer, in order; at least one post.

        Args:
            view: The answer as it is now.
            has_files: Whether files may be attached.
        """
        pieces = self._pieces.of(whole(view.text))
        if not view.is_final:
            return self._growing(view, pieces)
        pieces, files = self._paging.whole(view, pieces, has_files=has_files)
        return self._finished(view, pieces, files, has_files=has_files)

    def end_blocks(
        self, view: View, files: tuple[File, ...] = (), *, has_files: bool = True
    ) -> tuple[Block, ...]:
        """Return what comes under the text of an answer that is done: notes, receipt, buttons.

        Args:
            view: The answer, which was streamed.
            files: What comes as files.
            has_files: Whether they may be attached.
        """
        return self._end(view, files, has_text=bool(view.text.strip()), has_files=has_files)

    def status(self, line: str) -> Outgoing:
        """Return a small line with the button that stops, while there is nothing else to see."""
        return self._post("", (_small(line or "…"), self._stop_row()), said=line)

    def _growing(self, view: View, pieces: list[str]) -> tuple[Outgoing, ...]:
        before, last, status = self._paging.growing(view, pieces, self._pieces.certain)
        under = [_small(status or "…")] if status or not last else []
        end = self._post(last, (*under, self._stop_row()), said=status)
        return (*map(self._post, before), end)

    def _finished(
        self, view: View, pieces: Sequence[str], files: tuple[File, ...], *, has_files: bool
    ) -> tuple[Outgoing, ...]:
        *before, last = pieces or [""]
        under = self._end(view, files, has_text=bool(pieces), has_files=has_files)
        end = self._post(last, under, files if has_files else (), said=NO_TEXT)
        posts = (*map(self._post, before), end)
        if not view.has_mentions:
            return posts
        return tuple(_with_names(post, is_for_one=self._is_for_one) for post in posts)

    def _end(
        self, view: View, files: tuple[File, ...], *, has_text: bool, has_files: bool
    ) -> tuple[Block, ...]:
        note = note_on(files, has_files=has_files, lacking=_NO_FILES)
        lines = ("" if has_text else NO_TEXT, note, view.receipt)
        small = [_small(line) for line in lines if line]
        if thoughts := short_thoughts(whole(view.reasoning)):
            small.insert(-1 if view.receipt else len(small), _thoughts(thoughts))
        return (*small, *_rows(buttons_under(view, self._asker, has_votes=self._has_votes)))

    def _stop_row(self) -> Block:
        return actions([button(each) for each in self._stop])

    def _post(
        self,
        piece: str,
        under: tuple[Block, ...] = (),
        files: tuple[File, ...] = (),
        *,
        said: str = "",
    ) -> Outgoing:
        outgoing = message_of(piece, under, tables=self._pieces.tables, said=said)
        return replace(outgoing, files=files)


def message_of(
    piece: str,
    under: Sequence[Block] = (),
    *,
    tables: Mapping[str, Table] | None = None,
    said: str = "",
) -> Outgoing:
    """Return a post of Markdown as `rendering` gave it.

    Args:
        piece: The Markdown; may be empty.
        under: The blocks under it.
        tables: Those that may be in it, by what is shown of them: the first becomes a table.
        said: What is said where there is no Markdown.
    """
    shown = _shown(piece, tables or {})
    return Outgoing(_fallback(piece or said or "…"), (*shown, *under))


def _with_names(post: Outgoing, *, is_for_one: bool) -> Outgoing:
    """Return a post of the bot's own words with its mentions shown as names."""
    shown = [
        in_sections(each["text"], is_for_one=is_for_one) if each["type"] == "markdown" else (each,)
        for each in post.blocks
    ]
    return replace(post, blocks=tuple(block for blocks in shown for block in blocks))


@lru_cache(maxsize=256)
def _fallback(markdown: str) -> str:
    # Asked again for the same posts whenever an answer grows.
    return mrkdwn_within(markdown, UPDATE_BYTES)


def _rows(buttons: tuple[Button, ...]) -> tuple[Block, ...]:
    labelled = [button(each) for each in buttons if each.label]
    thumbs = [each for each in buttons if not each.label]
    if not labelled:
        return ()
    return (actions(labelled), feedback(*thumbs)) if thumbs else (actions(labelled),)


def _small(line: str) -> Block:
    return context(mrkdwn_within(whole(line), _SMALL_WEIGHT))


def _thoughts(thoughts: str) -> Block:
    return context(escaped(cut(f"Thoughts: {thoughts}", _SMALL_WEIGHT)))


def _shown(piece: str, tables: Mapping[str, Table]) -> Iterator[Block]:
    """Yield the blocks of a piece: its first table as a table, of which a post may have one."""
    places = sorted((place, shown) for shown in tables if (place := piece.find(shown)) >= 0)
    for place, shown in places:
        if (block := table_block(tables[shown])) is not None:
            parts = (piece[:place].strip("\n"), piece[place + len(shown) :].strip("\n"))
            before, after = [[markdown(part)] if part else [] for part in parts]
            yield from (*before, block, *after)
            return
    if piece:
        yield markdown(piece)
