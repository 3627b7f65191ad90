"""files.*, and the host that files lie on and are sent to."""

from collections.abc import Mapping
from typing import Any, Final

from aiohttp import web

from tests.fakes.slack import posts
from tests.fakes.slack.asks import Ask, Method, method
from tests.fakes.slack.payloads import file_json
from tests.fakes.slack.refusals import refused
from tests.fakes.slack.world import File, Json, Message, Upload, World

LOGIN_PAGE: Final = "<!DOCTYPE html><html><body>Sign in to Slack</body></html>"


def _info(ask: Ask) -> Json:
    file = ask.world.files.get(ask.text("file"))
    if file is None or file.team is not ask.team:
        raise refused("file_not_found")
    return {"file": file_json(file)}


_ALTERNATIVE_CHARS: Final = 1000


def _upload_url(ask: Ask) -> Json:
    length = ask.number("length", 0)
    if length < 1:
        raise refused("invalid_arguments", "length: must be greater than 0")
    upload = Upload(ask.text("filename"), b"")
    if len(ask.text("alt_txt")) > _ALTERNATIVE_CHARS:
        raise refused("alt_txt_too_large")
    file = File(ask.world.new_id("F"), ask.team, ask.bot, upload, is_ready=False)
    file.alternative = ask.text("alt_txt")
    ask.world.files[file.id] = file
    ask.world.expected_bytes[file.id] = length
    return {"upload_url": f"{ask.world.host_url}/upload/v1/{file.id}", "file_id": file.id}


def _complete(ask: Ask) -> Json:
    asked: Any = ask.args["files"]
    files = []
    for each in asked:
        file = ask.world.files.get(each["id"])
        if file is None or not file.is_ready:
            raise refused("file_not_found")
        file.title = each.get("title", "")
        files.append(file)
    if ask.text("channel_id"):
        channel = ask.channel_to_write("channel_id")
        root = ask.root(channel)
        comment = ask.text("initial_comment")
        message = Message(ask.world.new_ts(), channel, ask.bot, comment, thread_ts=root)
        message.files, message.subtype = files, "file_share"
        posts.post(ask.world, message)
    return {"files": [file_json(file) for file in files]}


METHODS: Final[Mapping[str, Method]] = {
    "files.info": method(_info, 4, "file", "cursor limit page count", scope="files:read"),
    "files.getUploadURLExternal": method(
        _upload_url, 4, "filename length", "alt_txt snippet_type", scope="files:write"
    ),
    "files.completeUploadExternal": method(
        _complete,
        4,
        "files",
        "channel_id channels initial_comment thread_ts blocks",
        scope="files:write",
    ),
}


class FileHost:
    """Serves what was attached, to whoever has a good token, and takes what is sent.

    Attributes:
        requests: The paths asked for, each with the token that came along.
    """

    def __init__(self, world: World) -> None:
        self.requests: list[tuple[str, str]] = []
        self._world = world

    def add_routes(self, application: web.Application) -> None:
        """Serve files where their JSON says they are."""
        application.router.add_get("/files-pri/{key}/{rest:.*}", self.serve)
        application.router.add_post("/upload/v1/{file_id}", self.take)
        application.router.add_get("/login", self.login)

    async def serve(self, http: web.Request) -> web.StreamResponse:
        """Answer one request for a file."""
        bearer = http.headers.get("Authorization", "").removeprefix("Bearer ")
        self.requests.append((http.path, bearer))
        team_id, _, file_id = http.match_info["key"].partition("-")
        file = self._world.files.get(file_id)
        token = self._world.tokens.get(bearer)
        if file is None or file.external_url or file.team.id != team_id:
            return web.Response(status=404)
        is_let_in = token and not token.is_revoked and "files:read" in token.scopes
        if not is_let_in or (token and token.team is not file.team):
            return web.Response(status=302, headers={"Location": f"{self._world.host_url}/login"})
        if file.redirect:
            return web.Response(status=302, headers={"Location": file.redirect})
        return web.Response(
            body=file.upload.content, headers={"Content-Type": file.upload.content_type}
        )

    async def login(self, _: web.Request) -> web.StreamResponse:
        """Show the page that whoever has no good token is sent to; with 200, as Slack does."""
        return web.Response(text=LOGIN_PAGE, content_type="text/html")

    async def take(self, http: web.Request) -> web.StreamResponse:
        """Take a file that is sent."""
        file = self._world.files.get(http.match_info["file_id"])
        if file is None or file.is_ready:
            return web.Response(status=404)
        content = await http.read()
        if http.content_type == "multipart/form-data":
            form = await http.post()
            content = next(
                each.file.read() for each in form.values() if isinstance(each, web.FileField)
            )
        if len(content) != self._world.expected_bytes[file.id]:
            return web.Response(status=400, text="length mismatch")
        file.upload = Upload(file.upload.name, content)
        file.is_ready = True
        return web.Response(text=f"OK - {len(content)}")
