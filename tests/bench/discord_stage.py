"""The fake Discord as a scene of benchmarks."""

import asyncio
import random
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, ClassVar, Final

from tests.bench.stage import Plan, Seen, question
from tests.fakes.discord_remote import RemoteDiscord

SHARDS: Final = 2
"""Of each process."""

_RECEIPT: Final = re.compile(r"(?m)^-# .*bench ")


@dataclass(frozen=True)
class DiscordScene:
    """Some guilds.

    Attributes:
        channels: Ids of those of all guilds.
        users: Ids of people; they may speak in all of them.
    """

    untold: ClassVar = frozenset({"pointsman_door_lag_seconds_bucket"})

    fake: RemoteDiscord
    channels: list[int] = field(default_factory=list)
    users: list[int] = field(default_factory=list)

    @property
    def environ(self) -> Mapping[str, str]:
        """Return what leads a bot there."""
        return {
            "DISCORD_TOKEN": self.fake.token,
            "DISCORD_API_URL": self.fake.api_url,
            "DISCORD_GATEWAY_URL": self.fake.gateway_url,
            "DISCORD_CDN_URL": self.fake.cdn_url,
        }

    def plans(self, settings: Mapping[str, Any], processes: int = 2) -> list[Plan]:
        """Return how each process is run: with its part of the shards."""
        firsts, shards = range(0, processes * SHARDS, SHARDS), processes * SHARDS
        parts = [f"{first}-{first + SHARDS - 1}/{shards}" for first in firsts]
        return [Plan(settings, ("--shards", part)) for part in parts]

    async def populate(self, guilds: int, channels: int, users: int) -> None:
        """Found guilds with so many channels each, and let people join all of them."""
        homes = [
            await self.fake.do("add_guild", name=f"guild {number}") for number in range(guilds)
        ]
        for home in homes:
            for number in range(channels):
                place = await self.fake.do("add_channel", guild=home, name=f"c{number}")
                self.channels.append(place)
        for number in range(users):
            person = await self.fake.do("add_user", name=f"person {number}", guild=homes[0])
            self.users.append(person)
            for home in homes[1:]:
                await self.fake.do("join", user=person, guild=home)

    async def ask(self, number: int, dice: random.Random) -> str:
        """Let somebody ask question `number` somewhere; return the message's id."""
        said = await self.fake.do(
            "say",
            user=self.users[number % len(self.users)],
            channel=dice.choice(self.channels),
            text=question(number),
            mention_bot=True,
        )
        return str(said)

    async def say(self, text: str) -> None:
        """Let the first person say something to the bot, in the first channel."""
        who, where = self.users[0], self.channels[0]
        await self.fake.do("say", user=who, channel=where, text=text, mention_bot=True)

    async def acknowledged_s(self) -> list[float | None]:
        """Return nothing: Discord waits for no acknowledgement of a message."""
        return []

    async def seen(self) -> list[Seen]:
        """Return what the bot shows in all channels."""
        people, found = set(self.users), []
        for channel in self.channels:
            for message in await self.fake.do("messages", channel=channel):
                if message["author"] not in people:
                    at = message["edited_at"] or message["created_at"]
                    reply_to = str(message["reply_to"] or "")
                    found.append(Seen.of(message["content"], at, reply_to, _RECEIPT))
        return found

    async def connected(self, sessions: int, within_s: float = 60) -> None:
        """Wait until so many sessions at the gateway were begun and one stands."""
        async with asyncio.timeout(within_s):
            while True:
                state = await self.fake.do("state")
                if state["identified"] + state["resumed"] >= sessions and state["is_connected"]:
                    return
                await asyncio.sleep(0.2)


@asynccontextmanager
async def a_discord(guilds: int, channels: int, users: int) -> AsyncIterator[DiscordScene]:
    """Found guilds with so many channels each, and so many people in all of them."""
    async with RemoteDiscord() as fake:
        scene = DiscordScene(fake)
        await scene.populate(guilds, channels, users)
        yield scene
