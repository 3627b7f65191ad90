"""A model host that answers each question by its number, at a speed of its own choosing.

Run as a process of its own: `python -m tests.bench.echoing_host --first-s 0.3 --chunks 20
--chunk-s 0.05` prints its address and serves until it is told to end. A question holds `#17`; the
answer says `answer 17` at its beginning and `end of 17` at its end. `GET /stats` tells for each
number how often it was asked and, of the last time, when the question came and the answer ended;
and the tokens of all whole answers.
"""

import argparse
import asyncio
import json
import re
import time
from collections import Counter
from typing import Any, Final

from aiohttp import web

from tests.fakes.serving import serve

_NUMBER: Final = re.compile(r"#(\d+)")
_WORDS: Final = "and so it goes on with words that mean little but fill a line, "


class EchoingHost:
    """Streams answers in OpenAI's format.

    Args:
        first_s: Until the first text.
        chunks: Pieces of the answer.
        chunk_s: Between two of them.
    """

    def __init__(self, first_s: float, chunks: int, chunk_s: float) -> None:
        self._first_s = first_s
        self._chunks = chunks
        self._chunk_s = chunk_s
        self._asked: Counter[str] = Counter()
        self._told: Counter[str] = Counter()
        self._times: dict[str, tuple[float, float]] = {}
        self._running = 0
        self._most_running = 0

    async def answer(self, http: web.Request) -> web.StreamResponse:
        """Answer one question."""
        came_at = time.time()
        body = await http.json()
        number = _number(body["messages"])
        self._asked[number] += 1
        self._running += 1
        self._most_running = max(self._most_running, self._running)
        try:
            response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
            await response.prepare(http)
            await asyncio.sleep(self._first_s)
            for piece in self._pieces(number):
                await response.write(_chunk(choices=[_choice(content=piece)]))
                await asyncio.sleep(self._chunk_s)
            await response.write(
                _chunk(choices=[{"index": 0, "delta": {}, "finish_reason": "stop"}])
            )
            tokens = {"prompt_tokens": 11, "completion_tokens": self._chunks}
            usage = {**tokens, "total_tokens": 11 + self._chunks}
            await response.write(_chunk(choices=[], usage=usage) + b"data: [DONE]\n\n")
            self._times[number] = (came_at, time.time())
            self._told.update(tokens)
            return response
        finally:
            self._running -= 1

    async def stats(self, _http: web.Request) -> web.Response:
        """Tell what was asked, and how long it took."""
        return web.json_response(
            {
                "asked": self._asked,
                "times": self._times,
                "most_running": self._most_running,
                "tokens": self._told,
            }
        )

    def _pieces(self, number: str) -> list[str]:
        middle = [f"{_WORDS}" for _ in range(max(self._chunks - 2, 0))]
        return [f"answer {number}: ", *middle, f"end of {number}"]


def _number(messages: list[dict[str, Any]]) -> str:
    found = _NUMBER.findall(str(messages[-1]["content"]))
    return str(found[-1]) if found else "?"


def _choice(**delta: str) -> dict[str, object]:
    return {"index": 0, "delta": delta, "finish_reason": None}


def _chunk(**more: object) -> bytes:
    envelope = {"id": "x", "object": "chat.completion.chunk", "created": 1, "model": "bench"}
    return b"data: " + json.dumps(envelope | more).encode() + b"\n\n"


async def _main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--first-s", type=float, default=0.3)
    parser.add_argument("--chunks", type=int, default=20)
    parser.add_argument("--chunk-s", type=float, default=0.05)
    asked = parser.parse_args()
    host = EchoingHost(asked.first_s, asked.chunks, asked.chunk_s)
    application = web.Application(client_max_size=64 * 1024**2)
    application.router.add_post("/v1/chat/completions", host.answer)
    application.router.add_get("/stats", host.stats)
    _, place = await serve(application, ends_with_caller=True)
    print(place, flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_main())
