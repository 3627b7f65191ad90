"""A model host that says when it got a question and when it wrote each token.

Run as a process of its own, so that its work is not counted: `python -m tests.bench.stamping_host`
prints its port and serves until it is ended. It answers in as many chunks as the question allows
tokens; the text of each is the moment it was written, that of the first also when the question
came, in nanoseconds of the clock all processes share.
"""

import asyncio
import json
import re
import time
from collections.abc import Iterator
from typing import Final

_HEAD: Final = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
)
_LENGTH: Final = re.compile(rb"(?i)content-length: *(\d+)")


async def _serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while True:
            head = await reader.readuntil(b"\r\n\r\n")
            arrived_ns = time.monotonic_ns()
            length = _LENGTH.search(head)
            body = json.loads(await reader.readexactly(int(length[1]) if length else 0))
            writer.write(_HEAD)
            for event in _events(arrived_ns, body["max_tokens"]):
                writer.write(b"%x\r\n%s\r\n" % (len(event), event))
                await writer.drain()
                await asyncio.sleep(0)
            writer.write(b"0\r\n\r\n")
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError):
        writer.close()


def _events(arrived_ns: int, chunks: int) -> Iterator[bytes]:
    yield _event({"choices": [_choice(content=f"{arrived_ns} {time.monotonic_ns()}")]})
    for _ in range(chunks - 1):
        yield _event({"choices": [_choice(content=f" {time.monotonic_ns()}")]})
    yield _event({"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})
    usage = {"prompt_tokens": 11, "completion_tokens": chunks, "total_tokens": 11 + chunks}
    yield _event({"choices": [], "usage": usage})
    yield b"data: [DONE]\n\n"


def _choice(**delta: str) -> dict[str, object]:
    return {"index": 0, "delta": delta, "finish_reason": None}


def _event(more: dict[str, object]) -> bytes:
    envelope = {"id": "x", "object": "chat.completion.chunk", "created": 1, "model": "bench"}
    return b"data: " + json.dumps(envelope | more).encode() + b"\n\n"


async def _main() -> None:
    server = await asyncio.start_server(_serve, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_main())
