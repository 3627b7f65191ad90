"""Serves the Web API: judges, counts and carries out each request, and lets some go wrong."""

import asyncio
import base64
import json
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from aiohttp import web

from tests.fakes.faults import DROPPED, LOST_ANSWER, Faults, Held, Status
from tests.fakes.slack import (
    chat_methods,
    conversation_methods,
    file_methods,
    people_methods,
    stream_methods,
    view_methods,
)
from tests.fakes.slack.asks import Ask, Method
from tests.fakes.slack.limits import RATIONED, Limits
from tests.fakes.slack.mentions import live_in, live_in_message, named_in
from tests.fakes.slack.refusals import Refused, missing_scope, refused
from tests.fakes.slack.world import Json, Token, World

PREFIX: Final = "/api/"
SPARED: Final = r"^(auth\.test|apps\.connections\.open|oauth\.v2\.access)$"
"""What chance leaves alone: what logs in."""

METHODS: Final[Mapping[str, Method]] = {
    **chat_methods.METHODS,
    **stream_methods.METHODS,
    **conversation_methods.METHODS,
    **people_methods.METHODS,
    **view_methods.METHODS,
    **file_methods.METHODS,
}
_ACCESS: Final = "oauth.v2.access"
_WRITTEN_AS_JSON: Final = ("blocks", "metadata", "view", "files", "prompts", "chunks")
_BY_CHANNEL: Final = {"chat.postMessage", "chat.postEphemeral"}
_RATIONED: Final = {"conversations.history", "conversations.replies"}
_CLEARED_BY_NOTHING: Final = {"assistant.threads.setStatus"}
"""An empty status takes the one of before away."""

_STREAMED: Final = {"chat.appendStream", "chat.stopStream"}
_TAKE_NO_JSON: Final = {
    "conversations.history",
    "conversations.info",
    "conversations.replies",
    "files.getUploadURLExternal",
    "files.info",
    "usergroups.list",
    "users.info",
}
"""What stands in the body is not seen: these are asked with a query or a form."""

_BAD_FORMS: Final = {
    "invalid_arguments",
    "invalid_attachments",
    "invalid_blocks",
    "invalid_chunks",
    "invalid_metadata_format",
    "markdown_text_conflict",
    "msg_blocks_too_long",
    "msg_too_long",
    "no_text",
    "streaming_mode_mismatch",
    "unknown_method",
}
_TURNS: Final = 12
"""Of the loop, while another writer of the same stream may come in."""


@dataclass
class Request:
    """What was asked, and how it was answered.

    Attributes:
        status: Of HTTP; 0 while it is not answered, or where that was lost.
        error: Slack's code; empty where it was carried out.
    """

    at: datetime
    method: str
    args: Json
    team: str = ""
    status: int = 0
    error: str = ""
    answer: Json = field(default_factory=dict)


class Api:
    """The Web API.

    Attributes:
        requests: The last ones asked, in order.
    """

    def __init__(self, world: World, limits: Limits, faults: Faults) -> None:
        self.requests: deque[Request] = deque(maxlen=50_000)
        self._world = world
        self._limits = limits
        self._faults = faults

    async def serve(self, http: web.Request) -> web.StreamResponse:
        """Answer one request."""
        name = http.path.removeprefix(PREFIX)
        args = await _read(http)
        request = Request(self._world.clock.now(), name, args)
        self.requests.append(request)
        fault = self._faults.strike(http.method, name)
        self._world.changed.set()
        if fault is DROPPED:
            return _drop(http)
        if isinstance(fault, Held):
            await fault.until.wait()
        client = str(http.transport and http.transport.get_extra_info("peername"))
        headers: dict[str, str] = {}
        try:
            if name == _ACCESS:
                answer = self._give_access(http, args)
            else:
                ask = self._ask(http, name, args)
                request.team = ask.token.team.id if ask.token.team else ""
                headers = _scope_headers(ask.token, METHODS[name])
                self._admit(ask, client, fault)
                answer = await self._carry_out(ask)
        except Refused as refusal:
            if refusal.error in _BAD_FORMS:
                self._world.accuse("form refused", f"{name}: {refusal.body}: {_short(args)}")
            return self._phrase(request, refusal.body, refusal.status, headers | refusal.headers)
        if fault is LOST_ANSWER:
            return _drop(http)
        return self._phrase(request, {"ok": True, **answer}, 200, headers)

    def _ask(self, http: web.Request, name: str, args: Json) -> Ask:
        method = METHODS.get(name)
        if method is None:
            raise refused("unknown_method")
        token = self._token(http, args)
        if method.of_app != (token.team is None):
            raise refused("not_allowed_token_type")
        if method.scope and method.scope not in token.scopes:
            raise missing_scope(method.scope, token.scopes)
        if unknown := args.keys() - method.allowed - {"token", "team_id"}:
            self._world.accuse("not in the API", f"{name} takes no {', '.join(sorted(unknown))}")
        nothing = (None,) if name in _CLEARED_BY_NOTHING else (None, "")
        if lacks := [each for each in sorted(method.needed) if args.get(each) in nothing]:
            raise refused("invalid_arguments", *(f"missing required field: {n}" for n in lacks))
        return Ask(self._world, name, args, token)

    def _token(self, http: web.Request, args: Json) -> Token:
        bearer = http.headers.get("Authorization", "").removeprefix("Bearer ")
        text = bearer or str(args.get("token") or "")
        if not text:
            raise refused("not_authed")
        token = self._world.tokens.get(text)
        if token is None:
            raise refused("invalid_auth")
        if token.is_revoked:
            raise refused("token_revoked")
        return token

    def _admit(self, ask: Ask, client: str, fault: object) -> None:
        method, team = METHODS[ask.method], ask.token.team
        places = (ask.text("channel"),) if ask.method in _BY_CHANNEL else ()
        key = (ask.method, team.id if team else "", *places)
        if self._limits.is_ignored(key, client):
            self._world.accuse("ignored a rate limit", " ".join(key))
        if isinstance(fault, Status):
            if fault.status == 429:
                raise self._limits.refuse(key, fault.retry_after_s, client)
            raise Refused("internal_error", status=fault.status)
        rate = self._limits.rate_of(ask.method, method.tier)
        if self._world.is_distributed and ask.method in _RATIONED:
            rate = RATIONED
        self._limits.admit(key, rate, client)

    async def _carry_out(self, ask: Ask) -> Json:
        handle = METHODS[ask.method].handle
        self._judge(ask)
        stream = stream_methods.stream_of(ask) if ask.method in _STREAMED else None
        if stream is None:
            answer = handle(ask)
        else:
            stream.writing += 1
            try:
                if stream.writing > 1:
                    self._world.accuse("two writers", f"{ask.method} of {stream.message.ts}")
                for _ in range(_TURNS):
                    await asyncio.sleep(0)
                answer = handle(ask)
            finally:
                stream.writing -= 1
            self._judge_whole(ask, stream.text)
        return answer

    def _judge(self, ask: Ask) -> None:
        if ask.text("parse") == "full" or ask.flag("link_names"):
            self._ping(ask.method, "whoever is named")
        if ask.method == "chat.update" and ask.text("parse") != "none":
            # Unlike a post, an update is read as if somebody had typed it.
            for mention in named_in(ask.text("text")):
                self._ping(ask.method, mention)
        channel = self._world.channels.get(ask.text("channel"))
        is_direct = channel is not None and channel.kind == "im"
        is_for_one = is_direct or ask.method == "chat.postEphemeral"
        for mention in live_in_message(ask.args, is_for_one=is_for_one):
            self._ping(ask.method, mention)
        for chunk in ask.args.get("chunks") or []:
            for mention in live_in(str(chunk.get("text", ""))):
                self._ping(ask.method, mention)

    def _judge_whole(self, ask: Ask, text: str) -> None:
        """Find what is live only once two appends stand together."""
        known = {mention for mention, _ in self._world.pings}
        for mention in live_in(text):
            if mention not in known:
                self._ping(ask.method, mention)

    def _ping(self, method: str, mention: str) -> None:
        self._world.pings.append((mention, method))
        self._world.accuse("may ping", f"{method}: {mention}")

    def _give_access(self, http: web.Request, args: Json) -> Json:
        if header := http.headers.get("Authorization", ""):
            login, _, password = base64.b64decode(header.removeprefix("Basic ")).partition(b":")
            args = args | {"client_id": login.decode(), "client_secret": password.decode()}
        team = people_methods.access(args, self._world.codes)
        token = self._world.install(team)
        return people_methods.granted(team, token.scopes)

    def _phrase(
        self, request: Request, answer: Json, status: int, headers: dict[str, str]
    ) -> web.Response:
        request.status, request.answer = status, answer
        request.error = "" if answer["ok"] else answer["error"]
        if request.error == "internal_error":  # what stands before Slack does not know its JSON
            return web.Response(text="upstream connect error", status=status)
        return web.json_response(answer, status=status, headers=headers)


def _scope_headers(token: Token, method: Method) -> dict[str, str]:
    return {
        "X-OAuth-Scopes": ",".join(sorted(token.scopes)),
        "X-Accepted-OAuth-Scopes": method.scope,
    }


async def _read(http: web.Request) -> Json:
    args: Json = dict(http.query)
    if http.content_type == "application/json":
        body = json.loads(await http.read() or b"{}")
        args |= {} if http.path.removeprefix(PREFIX) in _TAKE_NO_JSON else body
    elif http.can_read_body:
        args |= dict((await http.post()).items())
    for name in _WRITTEN_AS_JSON:
        if isinstance(args.get(name), str) and args[name]:
            args[name] = _parsed(args[name])
    return args


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _short(args: Json) -> str:
    return json.dumps(args, ensure_ascii=False, default=str)[:1500]


def _drop(http: web.Request) -> web.StreamResponse:
    if http.transport is not None:
        http.transport.abort()
    return web.Response()
