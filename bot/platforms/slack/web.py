"""Everything that is sent to Slack and asked of it; no socket is needed.

Here alone it is decided that no link unfolds and no name is looked for in a text, whoever wrote it.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, Final

import aiohttp

from bot.platforms.slack.blocks import Block, Outgoing
from bot.platforms.slack.errors import GonePost
from bot.platforms.slack.tiers import Tier, Tiers
from bot.platforms.slack.wire import API, Tokens, Wire
from bot.platforms.vitals import Vitals
from config.chats import SlackSettings
from routing.clock import Clock

POSTED: Final = "pointsman_post"
"""The event type of what our posts tell of themselves."""

_LONGEST_TITLE: Final = 200
_QUIET: Final[Mapping[str, Any]] = {"parse": "none", "link_names": False}
_FOLDED: Final[Mapping[str, Any]] = {"unfurl_links": False, "unfurl_media": False}

Json = Mapping[str, Any]
"""What Slack answers; whoever asks knows what is in it."""


@dataclass(frozen=True, slots=True)
class StreamEnd:
    """With what a message that grows ends.

    Attributes:
        text: What still follows, as Markdown.
        blocks: What stands under it.
        metadata: What the post tells of itself.
        session: The status of the session from now on.
    """

    text: str = ""
    blocks: tuple[Block, ...] = ()
    metadata: Mapping[str, str] = field(default_factory=dict)
    session: str = "active"


class SlackWeb:
    """What can be sent and asked, in every workspace there is a token for.

    Every method raises `SlackFailed`. A preview can be left out: it never waits, but raises
    `Crowded`.
    """

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self.call = wire.call
        self.has_room = wire.has_room
        self.put = wire.put

    # ---- posts

    async def post(
        self,
        team: str,
        channel: str,
        outgoing: Outgoing,
        *,
        thread: str = "",
        metadata: Mapping[str, str] | None = None,
        is_preview: bool = False,
    ) -> str:
        """Post something and return its ts.

        Args:
            team: In which workspace.
            channel: Where.
            outgoing: What is to be seen.
            thread: The ts of the thread's root; empty for none.
            metadata: What the post tells of itself, beside what `outgoing` has it tell.
            is_preview: Whether it is better left out than waited for.
        """
        told = {**outgoing.metadata, **(metadata or {})}
        answer = await self.call(
            team,
            "chat.postMessage",
            tier=Tier.POSTS,
            lane=channel,
            is_preview=is_preview,
            channel=channel,
            thread_ts=thread or None,
            metadata={"event_type": POSTED, "event_payload": told},
            **_shown(outgoing),
            **_FOLDED,
        )
        return str(answer["ts"])

    async def begin_updates(self, team: str) -> None:
        """Return if a post may be begun that is to be updated; else it is better posted whole."""
        await self._wire.begin(team, "chat.update")

    async def update(
        self, team: str, channel: str, ts: str, outgoing: Outgoing, *, is_preview: bool = False
    ) -> None:
        """Let a post show something else."""
        await self.call(
            team,
            "chat.update",
            tier=Tier.EDITS,
            is_preview=is_preview,
            channel=channel,
            ts=ts,
            **_shown(outgoing),
        )

    async def delete(self, team: str, channel: str, ts: str) -> None:
        """Take a post away; one that is gone is none."""
        with suppress(GonePost):
            await self.call(team, "chat.delete", tier=Tier.EDITS, channel=channel, ts=ts)

    async def ephemeral(
        self, team: str, channel: str, user: str, outgoing: Outgoing, *, thread: str
    ) -> None:
        """Show something to one person only."""
        await self.call(
            team,
            "chat.postEphemeral",
            tier=Tier.POSTS,
            lane=channel,
            channel=channel,
            user=user,
            thread_ts=thread or None,
            **_shown(outgoing),
        )

    async def respond(
        self, response_url: str, outgoing: Outgoing, *, is_ephemeral: bool = True
    ) -> None:
        """Answer a command or a press by the address that came with it; five times at most.

        Args:
            response_url: The address.
            outgoing: What is to be seen.
            is_ephemeral: Whether only who asked sees it.
        """
        kind = "ephemeral" if is_ephemeral else "in_channel"
        body = {"response_type": kind, "replace_original": False}
        await self._wire.send_to(response_url, {**body, **_shown(outgoing), **_FOLDED})

    # ---- streams

    async def start_stream(
        self,
        team: str,
        channel: str,
        *,
        thread: str,
        text: str,
        recipient: tuple[str, str],
        is_preview: bool,
    ) -> str:
        """Begin a message that grows, and return its ts.

        `recipient` is who asked: the person, and that person's workspace.
        """
        user, user_team = recipient
        answer = await self.call(
            team,
            "chat.startStream",
            tier=Tier.STREAMS,
            is_preview=is_preview,
            channel=channel,
            thread_ts=thread,
            markdown_text=text or None,
            recipient_user_id=user or None,
            recipient_team_id=user_team or team,
        )
        return str(answer["ts"])

    async def append_stream(
        self, team: str, channel: str, ts: str, text: str, *, is_preview: bool
    ) -> None:
        """Let a message that grows go on; never twice with the same text."""
        await self.call(
            team,
            "chat.appendStream",
            tier=Tier.APPENDS,
            is_preview=is_preview,
            channel=channel,
            ts=ts,
            markdown_text=text,
        )

    async def stop_stream(self, team: str, channel: str, ts: str, end: StreamEnd) -> None:
        """End a message that grows; again it is `StreamOver`."""
        await self.call(
            team,
            "chat.stopStream",
            tier=Tier.STREAMS,
            channel=channel,
            ts=ts,
            markdown_text=end.text or None,
            blocks=list(end.blocks) or None,
            metadata={"event_type": POSTED, "event_payload": dict(end.metadata)},
            session_status=end.session,
        )

    # ---- sessions

    async def set_status(
        self, team: str, channel: str, thread: str, status: str, title: str = ""
    ) -> None:
        """Say whether the bot is at work in a thread: `processing`, else `active`.

        The title is the session's, if this begins it.
        """
        if is_begun := status == "processing":
            await self._wire.begin(team, "agents.sessions.setStatus")
        await self.call(
            team,
            "agents.sessions.setStatus",
            tier=Tier.EDITS,
            is_preview=is_begun,
            channel_id=channel,
            thread_ts=thread or None,
            status=status,
            title=title[:_LONGEST_TITLE] or None,
        )

    async def set_line(self, team: str, channel: str, thread: str, line: str) -> None:
        """Let a small line stand where the answer will come; Slack takes it away then."""
        await self.call(
            team,
            "assistant.threads.setStatus",
            tier=Tier.APPENDS,
            is_preview=True,
            channel_id=channel,
            thread_ts=thread,
            status=line,
        )

    async def set_prompts(
        self, team: str, channel: str, prompts: Sequence[str], *, title: str = ""
    ) -> None:
        """Offer something to ask; each is its own title."""
        await self.call(
            team,
            "assistant.threads.setSuggestedPrompts",
            tier=Tier.OTHER,
            channel_id=channel,
            title=title or None,
            prompts=[{"title": each, "message": each} for each in prompts],
        )

    # ---- views

    async def publish_home(self, team: str, user: str, view: Json) -> None:
        """Show somebody their App Home."""
        await self.call(team, "views.publish", tier=Tier.OTHER, user_id=user, view=view)

    async def open_modal(self, team: str, trigger_id: str, view: Json) -> Json:
        """Open a form, within three seconds of what asks for it, and return it."""
        answer = await self.call(
            team, "views.open", tier=Tier.OTHER, trigger_id=trigger_id, view=view
        )
        opened: Json = answer["view"]
        return opened

    # ---- what there is

    async def replies(
        self, team: str, channel: str, thread: str, *, limit: int = 15, oldest: str = ""
    ) -> Sequence[Json]:
        """Return the messages of a thread with what they tell of themselves, oldest first.

        Slack lets many apps ask for this once a minute: then it raises `Crowded`.
        """
        return await self._messages(
            team, "conversations.replies", channel, limit, {"ts": thread, "oldest": oldest or None}
        )

    async def history(
        self, team: str, channel: str, *, limit: int = 15, oldest: str = ""
    ) -> Sequence[Json]:
        """Return the latest messages of a channel, the latest first; rationed as `replies` is."""
        return await self._messages(
            team, "conversations.history", channel, limit, {"oldest": oldest or None}
        )

    async def user(self, team: str, user_id: str) -> Json:
        """Return who somebody is."""
        answer = await self._looked_up(team, "users.info", user=user_id)
        found: Json = answer["user"]
        return found

    async def usergroups(self, team: str) -> Sequence[Json]:
        """Return the groups of people there are, with who is in them."""
        answer = await self._looked_up(team, "usergroups.list", include_users="true")
        found: Sequence[Json] = answer["usergroups"]
        return found

    async def auth_test(self, team: str) -> Json:
        """Return who the bot is in a workspace."""
        return await self.call(team, "auth.test", tier=Tier.OTHER)

    async def conversation(self, team: str, channel: str) -> Json:
        """Return what a channel is."""
        answer = await self._looked_up(team, "conversations.info", channel=channel)
        found: Json = answer["channel"]
        return found

    async def file(self, team: str, file_id: str) -> Json:
        """Return what a file is, and where."""
        answer = await self.call(team, "files.info", tier=Tier.OTHER, file=file_id)
        found: Json = answer["file"]
        return found

    async def _looked_up(self, team: str, method: str, **what: str) -> Json:
        """Ask who or what something is: nobody waits long for that, and no answer has to."""
        return await self.call(team, method, tier=Tier.OTHER, is_preview=True, **what)

    async def _messages(
        self, team: str, method: str, channel: str, limit: int, where: Mapping[str, Any]
    ) -> Sequence[Json]:
        answer = await self.call(
            team,
            method,
            tier=Tier.OTHER,
            is_preview=True,
            channel=channel,
            include_all_metadata="true",
            limit=str(limit),
            **where,
        )
        found: Sequence[Json] = answer.get("messages") or []
        return found


@asynccontextmanager
async def open_web(
    settings: SlackSettings,
    tokens: Tokens,
    clock: Clock | None = None,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    vitals: Vitals | None = None,
) -> AsyncIterator[SlackWeb]:
    """Keep connections to Slack until left."""
    api = settings.api_url and settings.api_url.reveal()
    async with aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=0),
        cookie_jar=aiohttp.DummyCookieJar(),
        timeout=aiohttp.ClientTimeout(total=30, sock_connect=5),
    ) as session:
        tiers = Tiers(settings, clock or Clock(), sleep)
        wire = Wire(tokens, session, tiers, api=api or API, sleep=sleep, vitals=vitals)
        yield SlackWeb(wire)


def _shown(outgoing: Outgoing) -> dict[str, Any]:
    return {"text": outgoing.text, "blocks": list(outgoing.blocks), **_QUIET}
