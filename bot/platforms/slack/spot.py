"""Where one message is answered on Slack, as its handle says. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self

from bot.platforms.port import Message

_SPARE = timedelta(seconds=20)


@dataclass(frozen=True, slots=True)
class Spot:
    """Where an answer goes.

    Attributes:
        team: The workspace.
        channel: The channel or direct message.
        thread: The ts of the thread's root; empty for no thread.
        question: The ts of the question; empty where it was no message.
        person: Who asked.
        person_team: The workspace of who asked.
        address: The response_url that came with it; empty for none.
        ends_at: Until when that can be used.
        is_ephemeral: Whether only who asked sees the answer.
        is_direct: Whether nobody else is there anyway.
    """

    team: str
    channel: str
    thread: str
    question: str
    person: str
    person_team: str
    address: str = ""
    ends_at: datetime | None = None
    is_ephemeral: bool = False
    is_direct: bool = False

    @classmethod
    def of(cls, message: Message) -> Self:
        """Read where a message is answered."""
        handle = message.handle
        ends = handle.get("expires_at", "")
        return cls(
            team=handle.get("team", "") or message.origin.tenant,
            channel=handle.get("channel", "") or message.origin.place,
            thread=handle.get("thread", ""),
            question=handle.get("ts", ""),
            person=handle.get("user", "") or message.origin.person,
            person_team=handle.get("user_team", ""),
            address=handle.get("response_url", ""),
            ends_at=datetime.fromisoformat(ends) if ends else None,
            is_ephemeral=bool(handle.get("is_ephemeral")),
            is_direct=bool(handle.get("is_dm")),
        )

    @property
    def is_for_one(self) -> bool:
        """Tell whether nobody but who asked reads the answer."""
        return self.is_ephemeral or self.is_direct

    @property
    def hidden_thread(self) -> str:
        """Return the thread in which somebody alone can be shown something; empty for none.

        Of a thread that has no answers yet Slack shows nobody such a post.
        """
        return "" if self.thread == self.question else self.thread

    def has_address(self, now: datetime) -> bool:
        """Tell whether it can be answered by its response_url."""
        return bool(self.address) and (self.ends_at is None or now < self.ends_at - _SPARE)
