"""What a host really wrote, line by line, before LiteLLM reads it.

LiteLLM skips a line it cannot parse, may take the mere end of a stream for the end of the
answer and drops a piece of text that contains `[DONE]`. So this gets between its iterators and
the connection.
"""

import json
from collections.abc import AsyncGenerator, Mapping
from typing import Any, Final, Self

from routing.backends.litellm_import import Untyped

_DONE: Final = "[DONE]"
_FRAMING: Final = ("event:", "id:", "retry:", ":")
"""How the lines of an event stream begin that carry no JSON."""


class MalformedLine(Exception):
    """A line is neither JSON nor framing, so a piece of the answer is lost."""


class ErrorEvent(Exception):
    """The host reports an error within its stream.

    Attributes:
        body: Whatever it says about it.
    """

    def __init__(self, body: object) -> None:
        super().__init__("an error within the stream")
        self.body = body


class Lines:
    """An answer's lines.

    Attributes:
        finish_reason: The host's own word for why the answer ended; empty before it said so.
    """

    def __init__(self, lines: AsyncGenerator[str]) -> None:
        self.finish_reason = ""
        self._lines = lines

    @classmethod
    def beneath(cls, chunks: Untyped) -> Self | None:
        """Get between LiteLLM's iterator and its lines; None if it does not read lines."""
        lines = getattr(chunks, "streaming_response", None)
        if not isinstance(lines, AsyncGenerator):
            return None
        chunks.streaming_response = ours = cls(lines)
        return ours

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> str:
        """Return the next line.

        Raises:
            MalformedLine: It makes no sense.
            ErrorEvent: It is the host's word that it cannot go on.
        """
        line = await anext(self._lines)
        payload = line.removeprefix("data:").strip()
        if not payload or payload == _DONE or line.startswith(_FRAMING):
            return line
        try:
            self._note(json.loads(payload))
        except ValueError:
            raise MalformedLine from None
        return line.replace(_DONE, r"\u005bDONE]") if _DONE in payload else line

    async def aclose(self) -> None:
        """Stop reading."""
        await self._lines.aclose()

    def _note(self, event: object) -> None:
        if not isinstance(event, dict):
            return
        if body := event.get("error"):
            raise ErrorEvent(body)
        self.finish_reason = _finish_reason(event) or self.finish_reason


def _finish_reason(event: Mapping[str, Any]) -> str:
    """Read how an event ends the answer, in the words of OpenAI, Gemini, Anthropic and Ollama."""
    reason: object = None
    for choice in event.get("choices") or event.get("candidates") or ():
        reason = choice.get("finish_reason") or choice.get("finishReason")
    if event.get("type") == "message_delta":
        reason = event["delta"].get("stop_reason")
    elif event.get("done") is True:
        reason = event.get("done_reason") or "stop"
    elif "blockReason" in event.get("promptFeedback", ()):
        reason = "safety"
    return str(reason or "")
