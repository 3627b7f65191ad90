"""A model provider on loopback that does what a test scripts, in the wire formats of the real ones.

```python
async with FakeProvider() as provider:
    provider.script("gpt", Failure(503), Answer("Hello"))  # first busy, then fine for ever
    card = a_card(litellm_id="openai/gpt", api_base=provider.url)
```

It refuses what the real services refuse: a wrong key, an unknown model, a request without
messages, without a stream or without a limit, an image it cannot read.
"""

import asyncio
import contextlib
import json
import re
import socket
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Final, Self

from aiohttp import web

from tests.fakes.dialects import (
    AnthropicDialect,
    Dialect,
    GeminiDialect,
    OllamaDialect,
    OpenAIDialect,
)
from tests.fakes.serving import serve
from tests.fakes.shown import MalformedImage, shown_images

KEY: Final = "sk-test"
"""The only key the provider takes."""

USAGE: Final[dict[str, Any]] = {"prompt_tokens": 11, "completion_tokens": 5, "total_tokens": 16}

UNRESOLVABLE: Final = "https://nobody.invalid/v1"
"""An address whose host name does not exist."""


class Ending(Enum):
    """How a stream ends once its pieces are sent."""

    WHOLE = "finish reason, usage, end of stream"
    UNFINISHED = "the end of the stream, without a finish reason"
    CUT = "the connection drops"
    MALFORMED = "half a chunk, then the rest as if nothing was missing"
    ERROR = "an error event"
    STALLED = "nothing more, and the connection stays"
    LINGERING = "all there is to say, and the connection stays"


@dataclass(frozen=True)
class Answer:
    """A streamed answer.

    Attributes:
        text: Cut into `chunks` pieces of about equal length.
        reasoning: One piece, sent before the text.
        reasoning_key: What an OpenAI-compatible host calls it.
        finish: The finish reason in OpenAI's words.
        usage: In OpenAI's words; None reports none.
        is_usage_unasked: Whether the last chunk has the usage in it even where nobody asked for
            it, as Cerebras and Mistral do.
        hold: The stream waits for it after `hold_after` pieces, the ending being the last one;
            without one it never waits.
    """

    text: str = "Hello world"
    reasoning: str = ""
    reasoning_key: str = "reasoning_content"
    chunks: int = 2
    finish: str = "stop"
    usage: Mapping[str, Any] | None = field(default_factory=lambda: USAGE)
    hold: asyncio.Event | None = None
    hold_after: int = 0
    ending: Ending = Ending.WHOLE
    is_usage_unasked: bool = False

    def pieces(self) -> Iterator[tuple[str, str]]:
        """Cut the answer into (OpenAI key, text) pieces."""
        if self.reasoning:
            yield self.reasoning_key, self.reasoning
        size = max(1, -(-len(self.text) // self.chunks))
        for start in range(0, len(self.text), size):
            yield "content", self.text[start : start + size]


@dataclass(frozen=True)
class Failure:
    """An answer that is an error.

    Attributes:
        retry_after: The header, as it is sent: seconds or an HTTP date.
    """

    status: int
    message: str = "something is wrong"
    code: str = ""
    retry_after: str | None = None


@dataclass(frozen=True)
class Page:
    """A 200 that is no stream at all."""

    body: str = ""
    content_type: str = "text/html"


class Silence:
    """Take the question and never send a byte."""


class HangUp:
    """Take the question and close the connection without a byte."""


DialectClass = Callable[[Mapping[str, Any], str], Dialect]

Step = Answer | Failure | Page | Silence | HangUp

CONTEXT_OVERFLOW: Final = Failure(
    400,
    "This model's maximum context length is 8192 tokens. However, your messages resulted in "
    "9000 tokens. Please reduce the length of the messages.",
    "context_length_exceeded",
)
CONTENT_FILTERED: Final = Failure(
    400, "The prompt was filtered by our content management policy.", "content_filter"
)


@dataclass
class Request:
    """What a client asked.

    Attributes:
        gone: Set when the client left before the answer was whole.
    """

    model: str
    path: str
    headers: Mapping[str, str]
    body: Mapping[str, Any]
    gone: asyncio.Event = field(default_factory=asyncio.Event)


class FakeProvider:
    """The provider; an async context manager.

    Attributes:
        url: Where it answers; some hosts have paths below it, as `/v1`, and take those too.
        requests: What was asked, in order.
        asked: Set at the first of them.
        strays: Paths that are no question at all, and were not found.
    """

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.strays: list[str] = []
        self.asked = asyncio.Event()
        self.url = ""
        self._scripts: dict[str, deque[Step]] = {}

    def script(self, model: str, *steps: Step) -> None:
        """Queue what a model does, one step a request; the last step stays."""
        self._scripts.setdefault(model, deque()).extend(steps)

    def forget(self, model: str) -> None:
        """Forget what a model was to do."""
        self._scripts.pop(model, None)

    async def __aenter__(self) -> Self:
        application = web.Application(client_max_size=64 * 1024**2)
        application.router.add_post("/{path:.*}", self._serve)
        self._runner, self.url = await serve(application, ends_with_caller=True)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._runner.cleanup()

    async def _serve(self, http: web.Request) -> web.StreamResponse:
        try:
            body = json.loads(await http.read())
        except ValueError:
            return web.json_response({"error": {"message": "not JSON"}}, status=400)
        phrase_by = _dialect_of(http.path)
        if phrase_by is None:
            self.strays.append(http.path)
            return web.json_response({"error": {"message": "no such path"}}, status=404)
        model = _model_of(http.path, body)
        request = Request(model, http.path, dict(http.headers), body)
        self.requests.append(request)
        self.asked.set()
        dialect = phrase_by(body, model)
        step = self._objection(http, body, model) or self._next_step(model)
        try:
            return await _play(step, dialect, http)
        except (asyncio.CancelledError, ConnectionError):
            request.gone.set()
            raise

    def _objection(self, http: web.Request, body: Mapping[str, Any], model: str) -> Failure | None:
        key = _key_of(http)
        if key != KEY and not http.path.endswith("/api/chat"):
            masked = f"{key[:8]}********{key[-4:]}"
            return Failure(401, f"Incorrect API key provided: {masked}.", "invalid_api_key")
        if model not in self._scripts:
            return Failure(404, f"The model `{model}` does not exist", "model_not_found")
        if not (body.get("messages") or body.get("contents")):
            return Failure(400, "messages: at least one message is required")
        if not (body.get("stream") or http.path.endswith(":streamGenerateContent")):
            return Failure(400, "this host only streams")
        if not _limit_of(body):
            return Failure(400, "max_tokens: must be given and positive")
        try:
            shown_images(body)
        except MalformedImage as error:
            return Failure(400, f"invalid image: {error}", "invalid_image")
        return None

    def _next_step(self, model: str) -> Step:
        steps = self._scripts[model]
        return steps.popleft() if len(steps) > 1 else steps[0]


async def _play(step: Step, dialect: Dialect, http: web.Request) -> web.StreamResponse:
    match step:
        case Answer():
            return await _stream(step, dialect, http)
        case Failure(status, message, code, retry_after):
            headers = {} if retry_after is None else {"Retry-After": retry_after}
            body = dialect.failure(status, code, message)
            return web.json_response(body, status=status, headers=headers)
        case Page(body, content_type):
            return web.Response(text=body, content_type=content_type)
        case HangUp():
            _drop(http)
            return web.Response()
        case Silence():
            return await asyncio.Future()


async def _stream(answer: Answer, dialect: Dialect, http: web.Request) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": dialect.content_type})
    await response.prepare(http)
    await response.write(dialect.opening(answer.usage))
    pieces = [dialect.piece(kind, text) for kind, text in answer.pieces()]
    for sent, piece in enumerate([*pieces, _ending(answer, dialect), b""]):
        if answer.hold and sent == answer.hold_after:
            await answer.hold.wait()
        if piece:
            await response.write(piece)
    match answer.ending:
        case Ending.CUT:
            _drop(http)
        case Ending.STALLED | Ending.LINGERING:
            await asyncio.Future()
    return response


def _ending(answer: Answer, dialect: Dialect) -> bytes:
    closing = dialect.closing(answer.finish, answer.usage, unasked=answer.is_usage_unasked)
    match answer.ending:
        case Ending.WHOLE | Ending.LINGERING:
            return closing
        case Ending.MALFORMED:
            return dialect.malformed + closing
        case Ending.ERROR:
            return dialect.event(dialect.failure(500, "overloaded", "overloaded"))
        case Ending.CUT | Ending.UNFINISHED | Ending.STALLED:
            return b""


def _drop(http: web.Request) -> None:
    if http.transport is not None:
        http.transport.close()


def _dialect_of(path: str) -> DialectClass | None:
    dialects: dict[str, DialectClass] = {
        "/chat/completions": OpenAIDialect,
        "/v1/messages": AnthropicDialect,
        "/api/chat": OllamaDialect,
        ":streamGenerateContent": GeminiDialect,
    }
    return next((dialect for end, dialect in dialects.items() if path.endswith(end)), None)


def _model_of(path: str, body: Mapping[str, Any]) -> str:
    in_path = re.search(r"models/(.+):streamGenerateContent$", path)
    return in_path[1] if in_path else str(body.get("model"))


def _key_of(http: web.Request) -> str:
    bearer = http.headers.get("Authorization", "").removeprefix("Bearer ")
    others = (http.headers.get(name, "") for name in ("x-api-key", "x-goog-api-key"))
    return bearer or "".join(others)


def _limit_of(body: Mapping[str, Any]) -> int:
    nested = body.get("options") or body.get("generationConfig") or body
    names = ("max_tokens", "max_completion_tokens", "num_predict", "maxOutputTokens")
    nested_names = (*names, "max_output_tokens")
    return next((nested[name] for name in nested_names if isinstance(nested.get(name), int)), 0)


@contextlib.contextmanager
def a_refusing_address() -> Iterator[str]:
    """Hold a port on which nobody listens, so that every connection is refused."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{taken.getsockname()[1]}/v1"


@contextlib.asynccontextmanager
async def a_deaf_address() -> AsyncIterator[str]:
    """Hold a port whose queue of connections is full, so that no further one is taken."""
    with contextlib.ExitStack() as sockets:
        deaf = sockets.enter_context(socket.socket())
        deaf.bind(("127.0.0.1", 0))
        deaf.listen(0)
        address = deaf.getsockname()
        for _ in range(3):
            waiting = sockets.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(address)
        yield f"http://127.0.0.1:{address[1]}/v1"
