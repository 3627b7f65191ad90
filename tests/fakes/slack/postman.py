"""Signed HTTP: Slack comes to the app."""

import asyncio
import hashlib
import hmac
import json
from collections.abc import Callable
from typing import Final
from urllib.parse import urlencode

import aiohttp

from tests.fakes.slack.deliveries import COMMAND, EVENT, Attempt, Delivery
from tests.fakes.slack.world import Json, World

SIGNING_SECRET: Final = "8f742231b10e8888abcd99yyyzzz85a5"
_GIVES_UP_S: Final = 30


class Postman:
    """Posts what the app is told.

    Attributes:
        url: Of the app; empty: it is not called.
        acknowledge: What to do with an acknowledgement.
        lose: What to do with what did not arrive; the last says whether for good.
    """

    def __init__(self, world: World) -> None:
        self.url = ""
        self.acknowledge: Callable[[Attempt, Json | None], None] = lambda _attempt, _response: None
        self.lose: Callable[[Attempt, str, bool], None] = lambda _attempt, _reason, _final: None
        self._world = world
        self._session: aiohttp.ClientSession | None = None
        self._underway: set[asyncio.Task[None]] = set()

    def carry(self, attempt: Attempt) -> bool:
        """Post something."""
        if not self.url:
            return False
        task = asyncio.create_task(self._post(attempt))
        self._underway.add(task)
        task.add_done_callback(self._underway.discard)
        return True

    async def ask(self, delivery_body: Json) -> tuple[int, str]:
        """Post JSON of any kind, signed, as for `url_verification`; return what was answered."""
        body = json.dumps(delivery_body)
        headers = self.signed(body) | {"Content-Type": "application/json"}
        async with self._http().post(self.url, data=body, headers=headers) as answer:
            return answer.status, await answer.text()

    def signed(self, body: str, at: int | None = None) -> dict[str, str]:
        """Return the headers that vouch for a body, sent at a moment."""
        sent_at = str(int(self._world.clock.now().timestamp()) if at is None else at)
        said = f"v0:{sent_at}:{body}".encode()
        digest = hmac.new(SIGNING_SECRET.encode(), said, hashlib.sha256).hexdigest()
        return {"X-Slack-Request-Timestamp": sent_at, "X-Slack-Signature": f"v0={digest}"}

    async def close(self) -> None:
        """Call nobody any more."""
        for task in self._underway:
            task.cancel()
        if self._session:
            await self._session.close()

    def _http(self) -> aiohttp.ClientSession:
        if self._session is None:
            timeout = aiohttp.ClientTimeout(total=_GIVES_UP_S)
            self._session = aiohttp.ClientSession(timeout=timeout)
        return self._session

    async def _post(self, attempt: Attempt) -> None:
        body, kind = written(attempt.delivery)
        headers = self.signed(body) | {"Content-Type": kind}
        if attempt.number:
            headers["X-Slack-Retry-Num"] = str(attempt.number)
            headers["X-Slack-Retry-Reason"] = attempt.reason
        posting = self._http().post(self.url, data=body, headers=headers, allow_redirects=False)
        try:
            async with posting as answer:
                text = await answer.text()
                if answer.ok and answer.status < 300:
                    self.acknowledge(attempt, _response(text))
                else:
                    is_final = answer.headers.get("X-Slack-No-Retry") == "1"
                    self.lose(attempt, "http_error", is_final)
        except (aiohttp.ClientError, TimeoutError):
            self.lose(attempt, "connection_failed", False)


def written(delivery: Delivery) -> tuple[str, str]:
    """Return the body of a delivery, and what kind of content it is."""
    if delivery.kind == EVENT:
        return json.dumps(delivery.payload), "application/json"
    form = delivery.payload
    if delivery.kind != COMMAND:
        form = {"payload": json.dumps(delivery.payload)}
    return urlencode(form), "application/x-www-form-urlencoded"


def _response(text: str) -> Json | None:
    try:
        response = json.loads(text)
    except ValueError:
        return {"text": text} if text.strip() else None
    return response if isinstance(response, dict) else None
