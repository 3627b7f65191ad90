"""What Slack sends, for tests: each names only what matters to the test that calls it."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.platforms.slack.errors import Refused, SlackFailed
from bot.platforms.slack.hearing import SlackHearing
from bot.platforms.slack.listening import Asker, Kind, Us, Where
from bot.platforms.slack.people import People
from bot.platforms.slack.ports import Inward
from config.settings import Settings
from routing.errors import StoreUnavailable
from routing.ports import Conversation
from routing.posts import Posted
from tests.bot.platforms.recording import Echo, RecordingIntake, ShownSurface
from tests.fakes.told_time import ToldTime

TEAM = "T01"
BOT = "U900"
ADA = Asker("U11", "Ada", TEAM, is_guest=False, is_stranger=False)
US = Us(TEAM, user_id=BOT)

DM = Where("D70", Kind.DIRECT)
CHANNEL = Where("C50", Kind.CHANNEL)
PRIVATE = Where("C51", Kind.PRIVATE)
GROUP = Where("G71", Kind.GROUP)

TYPES = {each.channel: str(each.kind) for each in (DM, CHANNEL, PRIVATE, GROUP)}
TS = "1764072000.000100"
LATER = "1764072060.000100"
NAME = f"{TEAM}:{CHANNEL.channel}:{TS}"
"""Of what was said at that time in the channel."""

THREAD = Conversation("slack", TEAM, CHANNEL.channel, TS)
MENTION = f"<@{BOT}> hello"


def a_message(text: str = "hello", **changes: Any) -> dict[str, Any]:
    """Build what Ada wrote in the channel as an event without its envelope."""
    channel = changes.get("channel", CHANNEL.channel)
    given = {
        "type": "message",
        "user": ADA.person,
        "text": text,
        "ts": TS,
        "channel": channel,
        "channel_type": TYPES.get(channel, "channel"),
        "team": TEAM,
    }
    return {name: value for name, value in (given | changes).items() if value is not None}


def a_mention(text: str = MENTION, **changes: Any) -> dict[str, Any]:
    """Build the other event of a mention."""
    return a_message(text, type="app_mention", channel_type=None, **changes)


def changed(before: Mapping[str, Any], **changes: Any) -> dict[str, Any]:
    """Build that a message reads otherwise now."""
    kept = {key: before[key] for key in ("channel", "channel_type")}
    after = {**before, **changes}
    edit = {"type": "message", "subtype": "message_changed", "hidden": True, "ts": "1764079999.1"}
    return {**edit, **kept, "message": after, "previous_message": before}


def deleted(before: Mapping[str, Any], **changes: Any) -> dict[str, Any]:
    """Build that a message is gone."""
    kept = {key: before[key] for key in ("channel", "channel_type")}
    gone = {"type": "message", "subtype": "message_deleted", "hidden": True, "ts": "1764079999.1"}
    return {**gone, **kept, "deleted_ts": before["ts"], "previous_message": before, **changes}


def enveloped(event: Mapping[str, Any], **changes: Any) -> dict[str, Any]:
    """Build an event as it is sent."""
    us = {"team_id": TEAM, "user_id": BOT, "is_bot": True, "enterprise_id": None}
    envelope = {"type": "event_callback", "team_id": TEAM, "authorizations": [us]}
    return {**envelope, "event": event, **changes}


def a_command(name: str, text: str = "", **changes: Any) -> dict[str, Any]:
    """Build a slash command of Ada's in the channel."""
    given = {
        "command": name,
        "text": text,
        "team_id": TEAM,
        "channel_id": CHANNEL.channel,
        "user_id": ADA.person,
        "trigger_id": "13345.738.80889308",
        "response_url": "https://hooks.slack.com/commands/1",
    }
    return given | changes


def a_press(custom_id: str, **changes: Any) -> dict[str, Any]:
    """Build Ada's press on a button under an answer in a thread of the channel."""
    post = {"ts": "1764072001.000200", "thread_ts": TS, "user": BOT}
    given = {
        "type": "block_actions",
        "team": {"id": TEAM},
        "user": {"id": ADA.person, "team_id": TEAM},
        "channel": {"id": CHANNEL.channel},
        "message": post,
        "container": {"type": "message", "message_ts": post["ts"], "thread_ts": TS},
        "trigger_id": "13346.738.80889309",
        "response_url": "https://hooks.slack.com/actions/1",
        "actions": [{"type": "button", "action_id": custom_id, "value": custom_id}],
    }
    return given | changes


def a_user(user_id: str, name: str, **changes: Any) -> dict[str, Any]:
    """Build somebody as `users.info` tells of them."""
    return {"id": user_id, "team_id": TEAM, "profile": {"display_name": name}, **changes}


@dataclass
class ToldWeb:
    """Knows what it is told; counts what is asked of it."""

    users: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    groups: list[Mapping[str, Any]] = field(default_factory=list)
    channels: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    threads: dict[str, list[Mapping[str, Any]]] = field(default_factory=dict)
    files: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    fails: SlackFailed | None = None
    is_slow: bool = False
    takes_s: float = 0
    asked: list[tuple[str, ...]] = field(default_factory=list)
    opened: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)
    homes: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)
    prompts: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)

    async def user(self, team: str, user_id: str) -> Mapping[str, Any]:
        await self._note("user", team, user_id)
        return self._found(self.users, user_id)

    async def usergroups(self, team: str) -> Sequence[Mapping[str, Any]]:
        await self._note("usergroups", team)
        return self.groups

    async def conversation(self, team: str, channel: str) -> Mapping[str, Any]:
        await self._note("conversation", team, channel)
        return self._found(self.channels, channel)

    async def replies(
        self, team: str, channel: str, thread: str, *, limit: int
    ) -> Sequence[Mapping[str, Any]]:
        await self._note("replies", team, channel, thread)
        return self.threads[thread][:limit]

    async def file(self, team: str, file_id: str) -> Mapping[str, Any]:
        await self._note("file", team, file_id)
        return self._found(self.files, file_id)

    async def open_modal(self, team: str, trigger_id: str, view: Mapping[str, Any]) -> None:
        await self._note("open", team)
        self.opened.append((trigger_id, view))

    async def publish_home(self, team: str, user: str, view: Mapping[str, Any]) -> None:
        await self._note("home", team)
        self.homes.append((user, view))

    async def set_prompts(
        self, team: str, channel: str, prompts: Sequence[str], *, title: str = ""
    ) -> None:
        await self._note("prompts", team, title)
        self.prompts.append((channel, tuple(prompts)))

    async def _note(self, *what: str) -> None:
        self.asked.append(what)
        await asyncio.sleep(self.takes_s)
        if self.is_slow:
            await asyncio.Event().wait()
        if self.fails is not None:
            raise self.fails

    def _found(self, known: Mapping[str, Mapping[str, Any]], name: str) -> Mapping[str, Any]:
        if name not in known:
            raise Refused("info", "not_found")
        return known[name]


@dataclass
class KeptPosts:
    """Keeps what it is told of posts."""

    known: dict[tuple[str, str], Posted] = field(default_factory=dict)
    is_away: bool = False

    async def note(self, platform: str, place: str, post_id: str, posted: Posted) -> None:
        self._check(platform)
        self.known[place, post_id] = posted

    async def note_first(self, platform: str, place: str, post_id: str, posted: Posted) -> bool:
        self._check(platform)
        return self.known.setdefault((place, post_id), posted) == posted

    async def find(self, platform: str, place: str, post_id: str) -> Posted | None:
        self._check(platform)
        return self.known.get((place, post_id))

    def _check(self, platform: str) -> None:
        assert platform == "slack"
        if self.is_away:
            raise StoreUnavailable("away")


def a_world() -> ToldWeb:
    """Build what Slack knows: Ada, Bob who is an admin, and the channels."""
    return ToldWeb(
        users={
            "U11": a_user("U11", "Ada"),
            "U12": a_user("U12", "Bob", is_admin=True),
            "U13": a_user("U13", "Gus", is_restricted=True),
            "U14": a_user("U14", "Stella", team_id="T99", is_stranger=True),
        },
        groups=[{"id": "S31", "users": ["U11"]}, {"id": "S32", "users": ["U12"]}],
        channels={
            "C50": {"id": "C50", "is_private": False, "is_member": True},
            "C51": {"id": "C51", "is_private": True, "is_member": True},
            "C52": {"id": "C52", "is_private": False, "is_member": False},
        },
    )


@dataclass
class Ear:
    """The listening side, with all around it recorded."""

    web: ToldWeb = field(default_factory=a_world)
    intake: RecordingIntake = field(default_factory=RecordingIntake)
    posts: KeptPosts = field(default_factory=KeptPosts)
    surface: ShownSurface = field(default_factory=ShownSurface)
    time: ToldTime = field(default_factory=ToldTime)
    uninstalled: list[tuple[str, str]] = field(default_factory=list)

    def hearing(self, wait_s: float = 5, **settings: Any) -> SlackHearing:
        """Build what listens."""
        said = Settings.model_validate({"slack": settings})
        groups, clock = said.slack.admin_groups, self.time.clock()
        return SlackHearing(
            said,
            Inward(self.intake, self.posts, self.web, self._uninstall),
            answers=Echo(),
            surface=self.surface,
            people=People(self.web, clock, wait_s=wait_s, admin_groups=groups),
            clock=clock,
        )

    async def hear(self, *events: Mapping[str, Any], wait_s: float = 5, **settings: Any) -> None:
        """Let some events happen, one after the other."""
        hearing = self.hearing(wait_s, **settings)
        for event in events:
            payload = event if "event" in event else enveloped(event)
            await hearing.event(TEAM, "", payload)
        await hearing.settled()
        await hearing.aclose()

    async def _uninstall(self, team: str, enterprise: str) -> None:
        self.uninstalled.append((team, enterprise))

    @property
    def texts(self) -> list[str]:
        """Return what was asked."""
        return [message.text for message in self.intake.taken]

    @property
    def shown(self) -> list[str]:
        """Return what was shown."""
        return [view.text for _, view in self.surface.shown]


async def give(ear: Ear, payload: dict[str, Any], **settings: Any) -> None:
    """Let somebody give a command, or press something."""
    hearing = ear.hearing(**settings)
    match payload.get("type", ""):
        case "block_actions":
            await hearing.action(payload)
        case "message_action":
            await hearing.shortcut(payload)
        case "view_submission":
            await hearing.view(payload)
        case _:
            await hearing.command(payload)
    await hearing.settled()
    await hearing.aclose()
