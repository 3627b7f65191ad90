"""An answer on a screen: live Markdown while it streams, complete on the scroll-back after."""

from collections.abc import Callable
from typing import Final, Literal, TextIO

from rich.console import Console, RenderableType
from rich.text import Text

from bot.platforms.port import Notice, OutgoingEvent, Remarks, Waiting
from bot.platforms.terminal_blocks import Blocks
from bot.platforms.terminal_markdown import AnswerMarkdown
from bot.platforms.terminal_region import Region, screen
from bot.platforms.terminal_text import clean
from bot.platforms.terminal_thoughts import Thoughts
from bot.wording import comparing, handed_over, receipt_line
from routing.reply import Chosen, Comparing, Finished, HandedOver, ReasoningDelta, TextDelta

_FRAMES: Final = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"
_FRAMES_PER_S: Final = 10
_GAP: Final = Text()


class RichView:
    """Shows one answer: finished blocks stay, the unfinished one is drawn again at each `draw`."""

    def __init__(
        self,
        console: Console,
        notes: Console,
        reasoning: Literal["folded", "shown", "hidden"],
        elapsed_s: Callable[[], float],
    ) -> None:
        self._console = console
        self._notes = notes
        self._elapsed_s = elapsed_s
        self._region = Region(console)
        self._thoughts = Thoughts(reasoning)
        self._blocks = Blocks()
        self._staying: list[RenderableType] = []
        self._marks: list[Text] = []
        self._model = ""
        self._is_answering = False
        self._is_waiting = True
        self._is_below_block: bool | None = None
        self._is_stale = True

    def show(self, event: OutgoingEvent) -> None:
        """Take an event in; what it changes is seen at the next `draw`."""
        self._is_stale = True
        match event:
            case Chosen(model):
                self._model = model
            case Comparing(model=model):
                self._model = model
                self._mark(comparing(event))
            case Waiting(line):
                self._mark(line)
            case Remarks(lines):
                for line in lines:
                    self._mark(line)
            case ReasoningDelta(text):
                self._think(clean(text))
            case TextDelta(text):
                self._say(clean(text))
            case HandedOver(model=model):
                self._model, self._is_waiting = model, True
                self._mark(handed_over(event))
            case Finished():
                self._note(receipt_line(event), "dim")
            case Notice(markdown, is_failure=True):
                self.fail(markdown)
            case Notice(markdown, files=files):
                fenced = (f"```\n{file.words.rstrip()}\n```" for file in files if file.words)
                self._say(clean("\n\n".join([markdown, *fenced])))
                self.close()

    def fail(self, text: str) -> None:
        """Say why there is no answer, or no more of it."""
        self._note(text, "red")

    def draw(self) -> None:
        """Bring the screen up to date."""
        if not self._is_stale and not self._is_waiting:
            return
        self._is_stale = False
        staying, self._staying = self._staying, []
        self._region.draw(staying, self._live())

    def close(self) -> None:
        """Leave everything that came on the scroll-back, and the cursor below it."""
        self._is_waiting = False
        if not self._is_answering:
            self._end_thoughts()
        rest, self._blocks = self._blocks.rest(), Blocks()
        self._keep_block(rest)
        self._keep_marks()
        staying, self._staying = self._staying, []
        self._region.draw(staying)

    def _think(self, text: str) -> None:
        if self._is_answering:
            self._is_waiting = True
            return
        for line in self._thoughts.feed(text, self._elapsed_s()):
            self._keep(line, is_block=False)

    def _say(self, text: str) -> None:
        self._is_waiting = False
        if not self._is_answering:
            self._is_answering = True
            self._end_thoughts()
        for block in self._blocks.feed(text):
            self._keep_block(block)
            self._keep_marks()

    def _end_thoughts(self) -> None:
        for line in self._thoughts.close(self._elapsed_s()):
            self._keep(line, is_block=False)

    def _mark(self, text: str) -> None:
        """Keep a remark; amid a block it waits for its end, since blocks stay whole."""
        self._marks.append(Text(text, "dim"))
        if not self._blocks.rest().strip():
            self._keep_marks()

    def _keep_marks(self) -> None:
        for mark in self._marks:
            self._keep(mark, is_block=False)
        self._marks = []

    def _keep_block(self, source: str) -> None:
        if source.strip():
            self._keep(AnswerMarkdown(source), is_block=True)

    def _keep(self, renderable: RenderableType, *, is_block: bool) -> None:
        self._staying += [*self._gap(is_block=is_block), renderable]
        self._is_below_block = is_block

    def _gap(self, *, is_block: bool) -> list[RenderableType]:
        """Return the empty line above a block, or below one; remarks stand together."""
        is_first = self._is_below_block is None
        return [] if is_first or not (is_block or self._is_below_block) else [_GAP]

    def _live(self) -> list[RenderableType]:
        rows, columns = self._console.height, self._console.width
        live: list[RenderableType] = []
        if (source := self._blocks.preview(rows, columns)).strip():
            live = [*self._gap(is_block=True), AnswerMarkdown(source)]
        elif not self._is_answering and (thoughts := self._thoughts.preview(rows, columns)):
            return [*self._gap(is_block=False), *thoughts]
        live += self._marks
        if self._is_waiting:
            frame = _FRAMES[int(self._elapsed_s() * _FRAMES_PER_S) % len(_FRAMES)]
            live.append(Text(f"{frame} {self._model}".rstrip(), "dim"))
        return live

    def _note(self, text: str, style: str) -> None:
        self.close()
        if self._notes is self._console and self._is_below_block:
            self._notes.print(_GAP)
        # One line however long: a narrow screen wraps it, and what is copied is whole.
        self._notes.print(Text(clean(text), style), soft_wrap=True)
        self._is_below_block = False


def rich_view(
    out: TextIO,
    notes: TextIO,
    reasoning: Literal["folded", "shown", "hidden"],
    elapsed_s: Callable[[], float],
) -> RichView:
    """Return a view that writes answers to `out` and receipts and failures to `notes`."""
    console = screen(out)
    return RichView(console, console if notes is out else screen(notes), reasoning, elapsed_s)
