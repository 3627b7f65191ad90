"""An inbox whose clock is told, and parcels for it."""

from typing import Any

from config.chats import IntakeSettings
from routing.backends.keys import Keys
from routing.backends.redis import Connection
from routing.backends.redis_inbox import RedisInbox
from routing.inbox import Parcel

CLAIM_S = 12


def a_parcel(number: int = 1, **changes: Any) -> Parcel:
    """Build a parcel that shares its lane, asker and place with no other."""
    given: dict[str, Any] = {
        "identity": f"discord:{number}",
        "lane": f"lane {number}",
        "asker": f"discord:asker {number}",
        "place": f"place {number}",
        "content": f"content {number}",
    }
    return Parcel(**(given | changes))


class Desk:
    """A store's inbox, looked at by two processes."""

    def __init__(self, connection: Connection, keys: Keys, **settings: Any) -> None:
        self.connection = connection
        self.keys = keys
        self.at_ms = 1_790_000_000_000
        self.settings = IntakeSettings(**({"claim_s": CLAIM_S} | settings))
        self.inbox, self.other = (
            RedisInbox(connection, keys, self.settings, now_ms=lambda: self.at_ms) for _ in range(2)
        )

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self.at_ms += int(seconds * 1000)

    async def names(self) -> list[str]:
        """Return all that is in the store."""
        name = self.keys.inbox()
        # In a script, so that a Cluster asks the node where they are.
        look = "return redis.call('KEYS', KEYS[1] .. '*')"
        found = await self.connection.command("EVAL", look, 1, name)
        assert isinstance(found, list)
        return sorted(each.decode().removeprefix(name) for each in found)
