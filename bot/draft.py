"""An answer while it is made: takes events in, gives what is to be seen now. No I/O."""

import asyncio
from dataclasses import dataclass

from bot.platforms.port import NamedFile, Notice, OutgoingEvent, Remarks, Sealed, Waiting
from bot.wording import comparing, handed_over, receipt_line
from routing.reply import (
    Chosen,
    Comparing,
    Ended,
    Finished,
    HandedOver,
    ReasoningDelta,
    TextDelta,
)


@dataclass(frozen=True, slots=True)
class View:
    """All that is to be seen of an answer now; not only what is new.

    Attributes:
        text: The answer so far, as Markdown; a model wrote it, unless `is_notice`.
        reasoning: What the model thought, apart from the answer.
        status: One small line while there is something to wait for.
        receipt: One small line under an answer that is done; empty for none.
        reply_id: Of the receipt; empty where there is none.
        is_final: Whether nothing more comes.
        is_notice: Whether the bot itself speaks: a command's answer, or why there is none.
        is_failure: Whether the question goes unanswered, or the answer ends too early.
        confirm_by: The command that does what was only told; empty for nothing to confirm.
        files: What comes with what the bot says.
        vote_on: The comparison that people can vote on under it; empty for none.
        has_mentions: Whether its mentions are the bot's own, to be shown as names.
    """

    text: str = ""
    reasoning: str = ""
    status: str = ""
    receipt: str = ""
    reply_id: str = ""
    is_final: bool = False
    is_notice: bool = False
    is_failure: bool = False
    confirm_by: str = ""
    files: tuple[NamedFile, ...] = ()
    vote_on: str = ""
    has_mentions: bool = False

    @staticmethod
    def of_notice(notice: Notice) -> "View":
        """Return what is to be seen of what the bot itself says."""
        return View(
            notice.markdown,
            reply_id=notice.vote_on,
            is_final=True,
            is_notice=True,
            is_failure=notice.is_failure,
            confirm_by=notice.confirm_by,
            files=notice.files,
            vote_on=notice.vote_on,
            has_mentions=notice.has_mentions,
        )


class Draft:
    """One answer as it grows."""

    def __init__(self) -> None:
        self._text: list[str] = []
        self._reasoning: list[str] = []
        self._status = ""
        self._remarks: tuple[str, ...] = ()
        self._final: View | None = None
        self._changed = asyncio.Event()

    @property
    def is_final(self) -> bool:
        """Tell whether nothing more comes."""
        return self._final is not None

    def take(self, event: OutgoingEvent) -> None:
        """Take an event in."""
        match event:
            case Chosen(model):
                self._status = f"asking {model} …"
            case Comparing():
                self._status = comparing(event)
            case ReasoningDelta(text):
                self._reasoning.append(text)
            case TextDelta(text):
                self._text.append(text)
                self._status = ""
            case Waiting(line):
                self._status = line
            case HandedOver():
                self._status = handed_over(event)
            case Remarks(lines):
                self._remarks = lines
            case Ended() | Sealed():
                return
            case Finished(receipt):
                line = " · ".join([receipt_line(event), *self._remarks])
                self.end(self._view(receipt=line, reply_id=receipt.reply_id, is_final=True))
                return
            case Notice():
                self.end(View.of_notice(event))
                return
        self._changed.set()

    def fail(self, sentence: str) -> None:
        """End with why there is no answer, or no more of it."""
        text = "".join(self._text)
        if text:
            line = " · ".join([sentence, *self._remarks])
            self.end(self._view(receipt=line, is_final=True, is_failure=True))
        else:
            whole = "\n\n".join([sentence, *self._remarks])
            self.end(View(whole, is_final=True, is_notice=True, is_failure=True))

    def end(self, view: View) -> None:
        """End with what is to be seen for good."""
        self._final = view
        self._changed.set()

    def view(self) -> View:
        """Return what is to be seen now."""
        return self._final or self._view(status=self._status)

    async def changed(self) -> None:
        """Wait until there is something new since the last time this returned."""
        await self._changed.wait()
        self._changed.clear()

    def _view(
        self,
        *,
        status: str = "",
        receipt: str = "",
        reply_id: str = "",
        is_final: bool = False,
        is_failure: bool = False,
    ) -> View:
        text, reasoning = "".join(self._text), "".join(self._reasoning)
        # Joined once: a long answer is looked at often.
        self._text, self._reasoning = [text], [reasoning]
        return View(
            text, reasoning, status, receipt, reply_id, is_final=is_final, is_failure=is_failure
        )
