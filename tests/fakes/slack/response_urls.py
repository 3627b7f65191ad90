"""Where the app may answer a command or press: five times, for half an hour."""

from typing import Any, Final

from aiohttp import web

from tests.fakes.slack import posts
from tests.fakes.slack.blocks import check_blocks
from tests.fakes.slack.mentions import live_in_message
from tests.fakes.slack.payloads import message_json
from tests.fakes.slack.refusals import Refused
from tests.fakes.slack.world import Json, Message, ResponseUrl, World

MOST_USES: Final = 5
LIFE_S: Final = 30 * 60.0
PREFIX: Final = "/response/"


def new_response_url(world: World, url: ResponseUrl) -> str:
    """Open a way to answer; return its address."""
    key = world.new_id("R")
    world.response_urls[key] = url
    return f"{world.host_url}{PREFIX}{key}"


def answer(world: World, url: ResponseUrl, said: Json) -> Message | None:
    """Show what the app answers with.

    Raises:
        Refused: Slack would not show it.
    """
    for mention in live_in_message(said, is_for_one=said.get("response_type") != "in_channel"):
        world.pings.append((mention, "response_url"))
        world.accuse("may ping", f"response_url: {mention}")
    if said.get("delete_original"):
        if url.original:
            posts.remove(world, url.original)
        return None
    if said.get("blocks"):
        check_blocks(said["blocks"])
    if said.get("replace_original") and url.original:
        before = message_json(url.original)
        posts.fill(url.original, said)
        posts.revise(world, url.original, before)
        return url.original
    thread_ts = str(said.get("thread_ts") or url.thread_ts)
    message = Message(world.new_ts(), url.channel, url.user.team.bot, thread_ts=thread_ts)
    message.metadata = posts.metadata_of(said)
    posts.fill(message, said)
    url.answers.append(message)
    if said.get("response_type") == "in_channel":
        return posts.post(world, message)
    return posts.post_for(world, message, url.user)


class ResponseUrls:
    """Serves the addresses."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def serve(self, http: web.Request) -> web.StreamResponse:
        """Take one answer."""
        url = self._world.response_urls.get(http.match_info["key"])
        if url is None:
            return _refusal(404, "no_service")
        if self._world.clock.elapsed_s() - url.made_at_s > LIFE_S:
            return _refusal(404, "expired_url")
        if url.uses >= MOST_USES:
            return _refusal(404, "used_url")
        said: Any = await http.json()
        try:
            answer(self._world, url, said)
        except Refused as refusal:
            self._world.accuse("form refused", f"response_url: {refusal.body}")
            return web.json_response(refusal.body, status=400)
        url.uses += 1
        return web.Response(text="ok")


def _refusal(status: int, error: str) -> web.Response:
    return web.json_response({"ok": False, "error": error}, status=status)
