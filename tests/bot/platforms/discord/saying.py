"""Values of Discord for tests: each names only what matters to the test that calls it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.platforms.discord.errors import DiscordFailed, Gone
from bot.platforms.discord.listening import Asker, Said, Us, Where
from routing.ports import Conversation
from routing.posts import Posted

US = Us("900", "Pointsman", frozenset({"990"}))
ADA = Asker("11", "Ada")
NOON = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)

DM = Where("70")
GROUP = Where("71", is_group=True)
CHANNEL = Where("50", guild="40", is_public=True, has_threads=True)
OUR_THREAD = Where("60", guild="40", parent="50", owner="900", starter_in="50")
THREAD = Where("61", guild="40", parent="50", owner="12", title="Tea", starter_in="50")


def a_said(text: str = "hello", **changes: Any) -> Said:
    """Build what Ada wrote at noon."""
    given: dict[str, Any] = {"post_id": "100", "author_id": "11", "author": "Ada", "at": NOON}
    return Said(text=text, **(given | changes))


def ours(text: str = "an answer", **changes: Any) -> Said:
    """Build what the bot wrote."""
    given: dict[str, Any] = {"post_id": "90", "author_id": "900", "author": "Pointsman"}
    return a_said(text, **(given | {"is_bot": True} | changes))


def raw(post_id: int, text: str = "", **changes: Any) -> dict[str, Any]:
    """Build a message as Discord's REST API sends it; its id tells its minute."""
    at = NOON + timedelta(minutes=post_id % 1000 - 100)
    return {
        "id": str(post_id),
        "author": {"id": "11", "username": "ada", "global_name": "Ada"},
        "content": text,
        "timestamp": at.isoformat(),
        "edited_timestamp": None,
        "type": 0,
        "mentions": [],
        "mention_roles": [],
        "attachments": [],
        **changes,
    }


def replying(to: int, **changes: Any) -> dict[str, Any]:
    """Build what lets a raw message of channel 50 be a reply."""
    return {"message_reference": {"message_id": str(to), "channel_id": "50"}, **changes}


def a_known_post(conversation: Conversation, *, is_question: bool = False) -> Posted:
    """Build what is known of a post."""
    return Posted(conversation, "reply-1", is_question)


@dataclass
class ListedPosts:
    """Knows the posts that it is told."""

    known: dict[tuple[str, str], Posted] = field(default_factory=dict)

    async def find(self, platform: str, place: str, post_id: str) -> Posted | None:
        assert platform == "discord"
        return self.known.get((place, post_id))


@dataclass
class ListedRest:
    """Has the messages it is told, by channel; counts what is asked of it."""

    channels: dict[str, list[Mapping[str, Any]]] = field(default_factory=dict)
    fails: DiscordFailed | None = None
    asked: list[tuple[str, ...]] = field(default_factory=list)

    async def messages_before(
        self, channel_id: str, message_id: str, limit: int
    ) -> list[Mapping[str, Any]]:
        self._note("before", channel_id, message_id)
        found = [each for each in self.channels[channel_id] if int(each["id"]) < int(message_id)]
        return sorted(found, key=lambda each: -int(each["id"]))[:limit]

    async def message(self, channel_id: str, message_id: str) -> Mapping[str, Any]:
        self._note("message", channel_id, message_id)
        for each in self.channels.get(channel_id, ()):
            if each["id"] == message_id:
                return each
        raise Gone(message_id)

    async def start_thread(self, channel_id: str, message_id: str, name: str) -> str:
        self._note("thread", channel_id, message_id, name)
        return message_id

    def _note(self, *what: str) -> None:
        self.asked.append(what)
        if self.fails is not None:
            raise self.fails
