"""Serves the REST API: judges, counts and carries out each request, and lets some go wrong."""

import json
import mimetypes
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from aiohttp import web

from tests.fakes.discord import (
    application_routes,
    channel_routes,
    interaction_routes,
    message_routes,
)
from tests.fakes.discord.asks import Answer, Ask, Handler
from tests.fakes.discord.judge import Judge
from tests.fakes.discord.limits import Limits, Route
from tests.fakes.discord.refusals import Json, Refused, not_found, unauthorized
from tests.fakes.discord.world import Upload, World
from tests.fakes.faults import DROPPED, LOST_ANSWER, Faults, Held, Status

PREFIX: Final = "/api/v10"
SPARED: Final = "^/(users/@me|gateway/bot|applications/)"
"""What chance leaves alone: what logs in."""

ROUTES: Final[Mapping[Route, Handler]] = {
    **application_routes.ROUTES,
    **channel_routes.ROUTES,
    **interaction_routes.ROUTES,
    **message_routes.ROUTES,
}

_BY_LENGTH: Final[dict[tuple[str, int], list[tuple[list[str], Route]]]] = {}
for _route in sorted(ROUTES, key=lambda route: route[1].count("{")):
    _steps = _route[1].split("/")
    _BY_LENGTH.setdefault((_route[0], len(_steps)), []).append((_steps, _route))

_CREATED: Final = {
    ("POST", "/channels/{channel_id}/threads"),
    ("POST", "/channels/{channel_id}/messages/{message_id}/threads"),
    ("POST", "/applications/{application_id}/commands"),
    ("POST", "/applications/{application_id}/guilds/{guild_id}/commands"),
}
_TOKENLESS: Final = ("/interactions/", "/webhooks/", "/gateway")
_BAD_FORMS: Final = {40005, 50006, 50035}


@dataclass
class Request:
    """What was asked, and how it was answered; 0 while it is not, or where that was lost."""

    at: datetime
    method: str
    path: str
    body: Any
    status: int = 0


class Rest:
    """The REST API.

    Attributes:
        requests: The last ones asked, in order.
        judges_answers: Whether the fake's own answers are judged too.
        token: The only one that is good.
    """

    def __init__(
        self, world: World, token: str, limits: Limits, faults: Faults, judge: Judge
    ) -> None:
        self.requests: deque[Request] = deque(maxlen=50_000)
        self.judges_answers = False
        self.token = token
        self._world = world
        self._limits = limits
        self._faults = faults
        self._judge = judge

    @property
    def is_judged(self) -> bool:
        """Return whether Discord's OpenAPI file is at hand."""
        return self._judge.is_seated

    async def serve(self, http: web.Request) -> web.StreamResponse:
        """Answer one request."""
        path = http.path.removeprefix(PREFIX)
        request = Request(self._world.clock.now(), http.method, path, None)
        self.requests.append(request)
        found = match(http.method, path)
        if found is None:
            self._world.accuse("unknown path", f"{http.method} {path}")
            refusal = not_found()
            return self._phrase(request, refusal.status, refusal.body, {})
        try:
            body, uploads = await _read(http)
        except ValueError:
            invalid = {"code": 50109, "message": "The request body contains invalid JSON."}
            return self._phrase(request, 400, invalid, {})
        request.body = body
        route, places = found
        ask = Ask(route, path, places, dict(http.query), body, uploads)
        self._judge_request(ask)
        if not self._is_trusted(http, ask):
            refusal = unauthorized()
            return self._phrase(request, refusal.status, refusal.body, {})
        return await self._carry_out(http, request, ask)

    async def _carry_out(self, http: web.Request, request: Request, ask: Ask) -> web.StreamResponse:
        fault = self._faults.strike(request.method, request.path)
        self._world.changed.set()
        if fault is DROPPED:
            return _drop(http)
        if isinstance(fault, Held):
            await fault.until.wait()
        if isinstance(fault, Status):
            return self._phrase_fault(request, fault)
        headers: dict[str, str] = {}
        try:
            client = str(http.transport and http.transport.get_extra_info("peername"))
            if self._limits.is_ignored(ask.route, ask.places, client):
                self._world.accuse("ignored a rate limit", f"{request.method} {request.path}")
            ticket = self._limits.admit(ask.route, ask.places, client)
            headers = ticket.headers()
            self._judge_pings(ask)
            answer = ROUTES[ask.route](self._world, ask)
            status = 204 if answer is None else 201 if ask.route in _CREATED else 200
        except Refused as refusal:
            answer, status = refusal.body, refusal.status
            headers |= refusal.headers
            if refusal.body["code"] in _BAD_FORMS:
                self._world.accuse("form refused", f"{request.method} {request.path}: {answer}")
        if fault is LOST_ANSWER:
            request.status = 0
            return _drop(http)
        if self.judges_answers and status < 300:
            self._judge_answer(ask, status, answer)
        return self._phrase(request, status, answer, headers)

    def _phrase(
        self, request: Request, status: int, answer: Answer, headers: dict[str, str]
    ) -> web.Response:
        request.status = status
        if answer is None:
            return web.Response(status=status, headers=headers)
        # Discord names no character set, and discord.py compares the type as a whole.
        content = {"Content-Type": "application/json", **headers}
        return web.Response(body=json.dumps(answer).encode(), status=status, headers=content)

    def _phrase_fault(self, request: Request, fault: Status) -> web.Response:
        if fault.status == 429:
            refusal = self._limits.refusal({}, fault.retry_after_s, fault.scope)
            self._limits.refusals[fault.scope] += 1
            return self._phrase(request, 429, refusal.body, refusal.headers)
        return self._phrase(request, fault.status, {"message": f"{fault.status}", "code": 0}, {})

    def _is_trusted(self, http: web.Request, ask: Ask) -> bool:
        if ask.route[1].startswith(_TOKENLESS) and not ask.route[1].endswith("/bot"):
            return True
        return http.headers.get("Authorization") == f"Bot {self.token}"

    def _judge_request(self, ask: Ask) -> None:
        objection = self._judge.objection(ask.route, list(ask.query), ask.body)
        if objection:
            self._world.accuse("not in the API", f"{ask.route[0]} {ask.path}: {objection}")

    def _judge_answer(self, ask: Ask, status: int, answer: Answer) -> None:
        objection = self._judge.objection_to_answer(ask.route, status, answer)
        if objection:
            self._world.accuse("the fake is wrong", f"{ask.route[0]} {ask.path}: {objection}")

    def _judge_pings(self, ask: Ask) -> None:
        if not ask.route[1].startswith(("/channels/", "/interactions/", "/webhooks/")):
            return
        said = ask.form.get("data") or {} if "/callback" in ask.route[1] else ask.form
        if may_ping(said):
            self._world.accuse("may ping", f"{ask.route[0]} {ask.path}: {said}")


def may_ping(said: Json) -> bool:
    """Return whether a message's body lets anybody be pinged by what is written in it."""
    allowed = said.get("allowed_mentions")
    if allowed is None:
        return bool(said.get("content") or said.get("message_reference"))
    lists = ("parse", "users", "roles")
    if "parse" not in allowed and not all(name in allowed for name in lists):
        return True
    return bool(allowed.get("replied_user") or any(allowed.get(name) for name in lists))


def match(method: str, path: str) -> tuple[Route, dict[str, str]] | None:
    """Return which route serves a path, and the path's parameters."""
    given = path.split("/")
    for steps, route in _BY_LENGTH.get((method, len(given)), []):
        places = {}
        for step, part in zip(steps, given, strict=True):
            if step.startswith("{"):
                places[step[1:-1]] = part
            elif step != part:
                break
        else:
            return route, places
    return None


async def _read(http: web.Request) -> tuple[Any, tuple[Upload, ...]]:
    if http.content_type != "multipart/form-data":
        raw = await http.read()
        return (_parsed(raw.decode()) if raw else None), ()
    form = await http.post()
    uploads = []
    body: Any = {}
    for name, value in form.items():
        if isinstance(value, web.FileField):
            kind = mimetypes.guess_type(value.filename)[0] or "application/octet-stream"
            kind += "; charset=utf-8" if kind.startswith("text/") else ""
            uploads.append(Upload(value.filename, value.file.read(), kind))
        elif name == "payload_json":
            body = _parsed(value if isinstance(value, str) else bytes(value).decode())
    return body, tuple(uploads)


def _parsed(text: str) -> Any:
    """Read JSON as Discord does, to whom half of a character is none."""
    body = json.loads(text)
    json.dumps(body, ensure_ascii=False).encode()
    return body


def _drop(http: web.Request) -> web.StreamResponse:
    if http.transport is not None:
        http.transport.abort()
    return web.Response()
