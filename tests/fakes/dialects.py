"""How the providers phrase a streamed answer: the same events in four wire formats."""

import json
from collections.abc import Mapping
from typing import Any, Final, Protocol

JSON = Mapping[str, Any]


class Dialect(Protocol):
    """One provider's wire format, made for one request: its body and the model's name."""

    content_type: str
    malformed: bytes

    def opening(self, usage: JSON | None) -> bytes:
        """Phrase what comes before any token."""
        ...

    def piece(self, key: str, text: str) -> bytes:
        """Phrase a piece of the `content` or of the thinking, by its OpenAI key."""
        ...

    def closing(self, finish: str, usage: JSON | None, *, unasked: bool) -> bytes:
        """Phrase the end of a whole answer, with the usage maybe `unasked`."""
        ...

    def failure(self, status: int, code: str, message: str) -> JSON:
        """Phrase an error; sent as the body of a failure or as an event of a stream."""
        ...

    def event(self, payload: JSON) -> bytes:
        """Phrase one event of the stream."""
        ...


class OpenAIDialect:
    """Chat completions, as most hosts speak it."""

    content_type = "text/event-stream"
    malformed = b'data: {"id": "x", "cho\n\n'

    def __init__(self, body: JSON, model: str) -> None:
        self._model = model
        self._wants_usage = bool((body.get("stream_options") or {}).get("include_usage"))

    def opening(self, usage: JSON | None) -> bytes:
        """Phrase the role."""
        del usage
        return self._chunk({"role": "assistant", "content": ""})

    def piece(self, key: str, text: str) -> bytes:
        """Phrase one delta."""
        return self._chunk({key: text})

    def closing(self, finish: str, usage: JSON | None, *, unasked: bool) -> bytes:
        """Phrase the finish reason, then the usage if it was asked for."""
        if unasked:
            return self._chunk({}, finish, usage=usage) + b"data: [DONE]\n\n"
        end = self._chunk({}, finish)
        if usage is not None and self._wants_usage:
            end += self.event(self._envelope() | {"choices": [], "usage": usage})
        return end + b"data: [DONE]\n\n"

    def failure(self, status: int, code: str, message: str) -> JSON:
        """Phrase an error object."""
        kind = "server_error" if status >= 500 else "invalid_request_error"
        return {"error": {"message": message, "type": kind, "param": None, "code": code or None}}

    def event(self, payload: JSON) -> bytes:
        """Phrase a server-sent event."""
        return b"data: " + json.dumps(payload).encode() + b"\n\n"

    def _chunk(self, delta: JSON, finish: str | None = None, **more: Any) -> bytes:
        choice = {"index": 0, "delta": delta, "finish_reason": finish}
        return self.event(self._envelope() | {"choices": [choice]} | more)

    def _envelope(self) -> dict[str, Any]:
        return {
            "id": "chatcmpl-1",
            "object": "chat.completion.chunk",
            "created": 1,
            "model": self._model,
        }


class AnthropicDialect:
    """Messages: named events, content in numbered blocks."""

    content_type = "text/event-stream"
    malformed = b'event: content_block_delta\ndata: {"type": "content_blo\n\n'
    _STOP_REASONS: Final = {
        "stop": "end_turn",
        "length": "max_tokens",
        "content_filter": "refusal",
        "tool_calls": "tool_use",
    }

    def __init__(self, body: JSON, model: str) -> None:
        del body
        self._model = model
        self._block = -1
        self._kind = ""

    def opening(self, usage: JSON | None) -> bytes:
        """Phrase the message with what it took in."""
        given = usage or {}
        counted = {
            "input_tokens": given.get("prompt_tokens", 0),
            "cache_read_input_tokens": given.get("cached_tokens", 0),
            "output_tokens": 1,
        }
        message = {"id": "msg_1", "type": "message", "role": "assistant", "model": self._model}
        return self.event(
            {"type": "message_start", "message": message | {"content": [], "usage": counted}}
        )

    def piece(self, key: str, text: str) -> bytes:
        """Phrase one delta, opening a new block where the kind changes."""
        kind = "text" if key == "content" else "thinking"
        opened = b"" if kind == self._kind else self._begin_block(kind)
        delta = {"type": f"{kind}_delta", kind: text}
        return opened + self.event(
            {"type": "content_block_delta", "index": self._block, "delta": delta}
        )

    def closing(self, finish: str, usage: JSON | None, *, unasked: bool) -> bytes:
        """Phrase the stop reason with what came out."""
        del unasked
        delta = {"stop_reason": self._STOP_REASONS[finish], "stop_sequence": None}
        counted = {"output_tokens": (usage or {}).get("completion_tokens", 0)}
        return (
            self._end_block()
            + self.event({"type": "message_delta", "delta": delta, "usage": counted})
            + self.event({"type": "message_stop"})
        )

    def failure(self, status: int, code: str, message: str) -> JSON:
        """Phrase an error object."""
        kind = code or {529: "overloaded_error", 429: "rate_limit_error"}.get(status, "api_error")
        return {"type": "error", "error": {"type": kind, "message": message}}

    def event(self, payload: JSON) -> bytes:
        """Phrase a named server-sent event."""
        return f"event: {payload['type']}\ndata: {json.dumps(payload)}\n\n".encode()

    def _begin_block(self, kind: str) -> bytes:
        ended = self._end_block()
        self._block, self._kind = self._block + 1, kind
        block = {"type": kind, kind: ""} | ({"signature": ""} if kind == "thinking" else {})
        return ended + self.event(
            {"type": "content_block_start", "index": self._block, "content_block": block}
        )

    def _end_block(self) -> bytes:
        if self._block < 0:
            return b""
        return self.event({"type": "content_block_stop", "index": self._block})


class OllamaDialect:
    """Ollama's own chat format: one JSON object a line."""

    content_type = "application/x-ndjson"
    malformed = b'{"model": "x", "mess\n'

    def __init__(self, body: JSON, model: str) -> None:
        del body
        self._model = model

    def opening(self, usage: JSON | None) -> bytes:
        """Phrase nothing: the first line is the first token."""
        del usage
        return b""

    def piece(self, key: str, text: str) -> bytes:
        """Phrase one line."""
        said = {"content": text} if key == "content" else {"content": "", "thinking": text}
        return self._line(said, done=False)

    def closing(self, finish: str, usage: JSON | None, *, unasked: bool) -> bytes:
        """Phrase the last line, which counts the tokens."""
        del unasked
        names = {"prompt_eval_count": "prompt_tokens", "eval_count": "completion_tokens"}
        counted = {ours: usage[theirs] for ours, theirs in names.items()} if usage else {}
        return self._line({"content": ""}, done=True, done_reason=finish, **counted)

    def failure(self, status: int, code: str, message: str) -> JSON:
        """Phrase an error object."""
        del status, code
        return {"error": message}

    def event(self, payload: JSON) -> bytes:
        """Phrase one line."""
        return json.dumps(payload).encode() + b"\n"

    def _line(self, said: JSON, **more: Any) -> bytes:
        message = {"role": "assistant"} | dict(said)
        stamp = {"model": self._model, "created_at": "2026-01-01T00:00:00Z"}
        return self.event(stamp | {"message": message} | more)


class GeminiDialect:
    """Google's generateContent, streamed."""

    content_type = "text/event-stream"
    malformed = b'data: {"candidates": [{"cont\n\n'
    _FINISH_REASONS: Final = {
        "stop": "STOP",
        "length": "MAX_TOKENS",
        "content_filter": "SAFETY",
        "tool_calls": "STOP",
    }

    def __init__(self, body: JSON, model: str) -> None:
        del body
        self._model = model

    def opening(self, usage: JSON | None) -> bytes:
        """Phrase nothing: the first event is the first token."""
        del usage
        return b""

    def piece(self, key: str, text: str) -> bytes:
        """Phrase one part."""
        part = {"text": text} | ({} if key == "content" else {"thought": True})
        return self._candidate({"content": {"role": "model", "parts": [part]}})

    def closing(self, finish: str, usage: JSON | None, *, unasked: bool) -> bytes:
        """Phrase the finish reason and the token counts together."""
        del unasked
        names = {"promptTokenCount": "prompt_tokens", "candidatesTokenCount": "completion_tokens"}
        counted = {ours: usage[theirs] for ours, theirs in names.items()} if usage else {}
        more = {"usageMetadata": counted} if counted else {}
        return self._candidate({"finishReason": self._FINISH_REASONS[finish]}, **more)

    def failure(self, status: int, code: str, message: str) -> JSON:
        """Phrase an error object."""
        return {"error": {"code": status, "message": message, "status": code or "INTERNAL"}}

    def event(self, payload: JSON) -> bytes:
        """Phrase a server-sent event."""
        return b"data: " + json.dumps(payload).encode() + b"\r\n\r\n"

    def _candidate(self, candidate: JSON, **more: Any) -> bytes:
        said = {"candidates": [{"index": 0} | dict(candidate)], "modelVersion": self._model}
        return self.event(said | more)
