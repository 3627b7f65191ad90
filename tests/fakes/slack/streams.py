"""A message that is written bit by bit, and all that can end it."""

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Any, Final

from tests.fakes.slack.refusals import refused

if TYPE_CHECKING:
    from tests.fakes.slack.world import Message

Json = dict[str, Any]

MOST_CHARS: Final = 12_000
"""Of Markdown in one call."""


class State(Enum):
    """Whether more may be written."""

    OPEN = "open"
    STOPPED = "stopped"
    EXPIRED = "expired"
    STOPPED_BY_USER = "stopped by the user"


@dataclass(eq=False)
class Stream:
    """One stream.

    Attributes:
        text: All of its Markdown so far.
        tasks: What it tells of steps, by id.
        takes_chunks: Whether it was begun with chunks; Slack takes no other shape afterwards.
            None: begun with neither.
        writing: How many requests write to it at this moment.
        appends: How often it was written to.
    """

    message: "Message"
    started_at_s: float
    life_s: float
    takes_chunks: bool | None = None
    text: str = ""
    tasks: dict[str, Json] = field(default_factory=dict)
    writing: int = 0
    appends: int = 0
    state: State = State.OPEN

    def state_at(self, now_s: float) -> State:
        """Return its state; Slack ends it of its own accord."""
        if self.state is State.OPEN and now_s - self.started_at_s >= self.life_s:
            self.state = State.EXPIRED
        return self.state

    def demand_open(self, now_s: float) -> None:
        """Make sure that more may be written.

        Raises:
            Refused: It is over.
        """
        state = self.state_at(now_s)
        if state is State.STOPPED_BY_USER:
            raise refused("stopped_by_user")
        if state is not State.OPEN:
            raise refused("message_not_in_streaming_state")

    def write(self, asked: Json) -> None:
        """Append what a request brings.

        Raises:
            Refused: It is too much, or of another shape than the stream was begun with.
        """
        text, chunks = asked.get("markdown_text"), asked.get("chunks")
        if text and chunks:
            raise refused("markdown_text_conflict")
        if not text and not chunks:
            return
        shape = bool(chunks)
        if self.takes_chunks not in {None, shape}:
            raise refused("streaming_mode_mismatch")
        added = text or "".join(map(_markdown_of, chunks or []))
        if len(added) > MOST_CHARS:
            raise refused("msg_too_long")
        self.takes_chunks = shape
        self.text += added
        for chunk in chunks or []:
            if chunk["type"] == "task_update":
                self.tasks[chunk["id"]] = chunk


def _markdown_of(chunk: Any) -> str:
    if not isinstance(chunk, dict):
        raise refused("invalid_chunks")
    match chunk:
        case {"type": "markdown_text", "text": str(text)}:
            return text
        case {"type": "task_update", "id": str(), "title": str(title), "status": status}:
            if status not in {"pending", "in_progress", "complete", "error"} or len(title) > 256:
                raise refused("invalid_chunks")
        case {"type": "plan_update", "title": str(title)} if len(title) <= 256:
            pass
        case {"type": "blocks", "blocks": list()}:
            pass
        case _:
            raise refused("invalid_chunks")
    return ""
