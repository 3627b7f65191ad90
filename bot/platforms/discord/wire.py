"""Requests to Discord: each waits for its turn, is repeated where that is harmless, or fails typed.

Of what is sent and received only numbers are logged: texts are people's, addresses hold tokens.
"""

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote

import aiohttp

from bot.platforms.beside import File
from bot.platforms.discord.errors import (
    Crowded,
    DiscordFailed,
    Forbidden,
    Gone,
    Invalid,
    Unreachable,
)
from bot.platforms.discord.limits import Bucket, Buckets, Throttle
from bot.platforms.vitals import Sending, Vitals
from routing.clock import Clock

Json = Any
"""What JSON can hold; whoever asks knows which."""

_log = logging.getLogger(__name__)

_USER_AGENT: Final = "DiscordBot (pointsman, 0.1)"
_TIMEOUT: Final = aiohttp.ClientTimeout(total=30, sock_connect=5, sock_read=15)
_PREVIEW_TIMEOUT: Final = aiohttp.ClientTimeout(total=5)
_PAUSES_S: Final = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0)
_BANNED_S: Final = 60.0
_LONGEST_WAIT_S: Final = 60.0

_NOT_COUNTED: Final = ("/webhooks/", "/interactions/")
_SENDINGS: Final[Mapping[str, Sending]] = {"POST": "post", "PATCH": "edit", "DELETE": "delete"}
_MAJOR: Final = ("channel_id", "guild_id", "application_id", "token")

_GONE: Final = frozenset({10003, 10004, 10008, 10015, 10062, 50027})
_NO_ACCESS: Final = 50001
_FORBIDDEN: Final = frozenset({_NO_ACCESS, 50013, 160002})
_PERMISSIONS: Final = {
    "POST /channels/{channel_id}/messages": "Send Messages",
    "GET /channels/{channel_id}/messages": "Read Message History",
    "GET /channels/{channel_id}/messages/{message_id}": "Read Message History",
    "POST /channels/{channel_id}/messages/{message_id}/threads": "Create Public Threads",
}


class Route:
    """What is asked, and of what place.

    Args:
        name: Method and path, with names in braces: `GET /channels/{channel_id}`.
        places: What the names stand for.
    """

    def __init__(self, name: str, **places: str) -> None:
        self.name = name
        self.method, _, path = name.partition(" ")
        self.path = path.format_map({key: quote(each, safe="@") for key, each in places.items()})
        # Discord counts apart by these.
        self.major = "+".join(places[key] for key in _MAJOR if key in places)

    @property
    def sending(self) -> Sending:
        """Return what it does to what is to be seen."""
        is_thread = self.path.endswith("/threads")
        is_seen = not is_thread and ("/messages" in self.path or not self.is_counted)
        return _SENDINGS.get(self.method, "other") if is_seen else "other"

    @property
    def is_counted(self) -> bool:
        """Tell whether it counts in the limit over all routes."""
        return not self.path.startswith(_NOT_COUNTED)


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    headers: Mapping[str, str]
    content: Json


class Wire:
    """Where requests go to.

    Args:
        session: Its connections.
        api: The address of the REST API, without a slash at its end.
        token: The bot's.
        requests_per_s: In all, at most.
        clock: Tells the limits the time.
        vitals: Counts what is sent; None where nobody looks.
    """

    def __init__(
        self,
        session: aiohttp.ClientSession,
        api: str,
        token: str,
        *,
        requests_per_s: float,
        clock: Clock,
        vitals: Vitals | None = None,
    ) -> None:
        self._session = session
        self._vitals = vitals or Vitals()
        self._api = api
        self._headers = {"Authorization": f"Bot {token}", "User-Agent": _USER_AGENT}
        self._buckets = Buckets(clock)
        self._throttle = Throttle(requests_per_s, clock)

    @property
    def has_room(self) -> bool:
        """Tell whether there is room for more than what is being sent already."""
        return self._throttle.has_room

    async def ask(
        self,
        route: Route,
        body: Mapping[str, Any] | None = None,
        files: Sequence[File] = (),
        *,
        is_preview: bool = False,
        query: Mapping[str, str] | None = None,
    ) -> Json:
        """Send a request and return what Discord answers; None where that is nothing.

        It is repeated where Discord stumbles, so doing it twice must be harmless. A preview is not,
        and never waits for a limit either.

        Raises:
            DiscordFailed: One of its kinds.
        """
        failures = 0
        while True:
            bucket = self._buckets.of(route.name, route.major)
            if is_preview:
                self._refuse_to_wait(route, bucket)
            try:
                answer = await self._sent(
                    route, bucket, _data(body, files), query, is_preview=is_preview
                )
            except (aiohttp.ClientError, TimeoutError, OSError) as error:
                failure = Unreachable(type(error).__name__)
            else:
                if answer.status == 429:  # noqa: PLR2004 # HTTP's own number
                    self._vitals.limited += 1
                    await self._wait_as_told(route, bucket, answer, is_preview=is_preview)
                    continue
                if answer.status < 400:  # noqa: PLR2004 # the same
                    self._vitals.sent[route.sending] += 1
                    return answer.content
                if answer.status < 500:  # noqa: PLR2004 # the same
                    raise _refusal(route, answer, has_files=bool(files))
                failure = Unreachable(f"status {answer.status}")
            if is_preview or failures >= len(_PAUSES_S):
                raise failure
            await asyncio.sleep(_PAUSES_S[failures])
            failures += 1

    async def _sent(
        self,
        route: Route,
        bucket: Bucket,
        data: Mapping[str, Any],
        query: Mapping[str, str] | None,
        *,
        is_preview: bool,
    ) -> _Answer:
        async with (
            self._turn(route, bucket),
            self._session.request(
                route.method,
                f"{self._api}{route.path}",
                headers=self._headers,
                params=query,
                allow_redirects=False,
                timeout=_PREVIEW_TIMEOUT if is_preview else _TIMEOUT,
                **data,
            ) as response,
        ):
            self._buckets.heard(route.name, route.major, bucket, response.headers)
            text = await response.text(errors="replace")
            return _Answer(response.status, response.headers, _parsed(text))

    @asynccontextmanager
    async def _turn(self, route: Route, bucket: Bucket) -> AsyncIterator[None]:
        await bucket.enter()
        try:
            if route.is_counted:
                await self._throttle.turn()
            yield
        finally:
            bucket.leave()

    def _refuse_to_wait(self, route: Route, bucket: Bucket) -> None:
        # One request of each window is kept for what must be seen.
        is_edit = route.method == "PATCH"
        in_all_s = self._throttle.wait_s(is_edit=is_edit) if route.is_counted else 0
        wait_s = max(bucket.wait_s(spare=1), in_all_s)
        if wait_s > 0:
            raise Crowded(min(wait_s, 1.0))
        if route.is_counted and not is_edit:
            self._throttle.goes_aside()

    async def _wait_as_told(
        self, route: Route, bucket: Bucket, answer: _Answer, *, is_preview: bool
    ) -> None:
        told = answer.content if isinstance(answer.content, dict) else {}
        wait_s = float(told.get("retry_after") or answer.headers.get("Retry-After") or _BANNED_S)
        is_for_all = bool(told.get("global")) or not told
        _log.warning(
            "Discord limits %s for %.2f s%s", route.name, wait_s, ", and all else" * is_for_all
        )
        if is_for_all:
            self._throttle.close(wait_s)
        else:
            bucket.rest(wait_s)
        if is_preview:
            raise Crowded(wait_s)
        if wait_s > _LONGEST_WAIT_S:
            raise Unreachable(f"limited for {wait_s:.0f} s")
        if is_for_all and not route.is_counted:
            await asyncio.sleep(wait_s)


def _data(body: Mapping[str, Any] | None, files: Sequence[File]) -> dict[str, Any]:
    if not files:
        return {} if body is None else {"json": body}
    form = aiohttp.FormData(quote_fields=False)
    form.add_field("payload_json", json.dumps(body), content_type="application/json")
    for place, file in enumerate(files):
        form.add_field(
            f"files[{place}]",
            file.data,
            filename=file.name,
            content_type=file.media_type,
        )
    return {"data": form}


def _parsed(text: str) -> Json:
    try:
        return json.loads(text) if text else None
    except ValueError:
        return text


def _refusal(route: Route, answer: _Answer, *, has_files: bool) -> DiscordFailed:
    told = answer.content if isinstance(answer.content, dict) else {}
    code = int(told.get("code") or 0)
    said = f"{route.name}: {answer.status}, code {code}, {told.get('message', 'no reason')}"
    match answer.status:
        case 404:
            return Gone(said)
        case _ if code in _GONE:
            return Gone(said)
        case 403:
            return Forbidden(said, _lacking(route, code, has_files=has_files))
        case _ if code in _FORBIDDEN:
            return Forbidden(said, _lacking(route, code, has_files=has_files))
        case _:
            _log.error("Discord does not take a request: %s, %s", said, told.get("errors", {}))
            return Invalid(said, code)


def _lacking(route: Route, code: int, *, has_files: bool) -> str:
    if code == _NO_ACCESS:
        return "View Channel"
    usual = _PERMISSIONS.get(route.name, "")
    return " and ".join(filter(None, [usual, "Attach Files" * has_files]))
