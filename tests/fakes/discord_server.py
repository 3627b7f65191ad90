"""The fake Discord in a process of its own: `python -m tests.fakes.discord_server`.

It prints one line of JSON with its addresses, and serves until it is told to end. A benchmark
drives its world by HTTP: `POST {control_url}/say` with a JSON object, answered by JSON. Everything
is named by its id; see `Control` for what there is.
"""

import argparse
import asyncio
from collections.abc import Callable
from typing import Any

from aiohttp import web

from tests.fakes.control import PREFIX, Actions, FaultControl, add_control, run
from tests.fakes.discord import Channel, FakeDiscord, Message, User
from tests.fakes.discord.interactions import Interaction
from tests.fakes.discord.refusals import Json


class Control(FaultControl):
    """What may be done with the world from another process; each method is an action."""

    def __init__(self, fake: FakeDiscord) -> None:
        super().__init__(fake.faults)
        self._fake = fake
        self._gateway_faults: dict[str, Callable[[], None]] = {
            "drop": fake.gateway.drop_all,
            "reconnect": fake.gateway.reconnect_all,
            "invalidate": fake.gateway.invalidate_all,
            "duplicate": fake.gateway.disorder.duplicate_next,
            "swap": fake.gateway.disorder.swap_next,
            "unparsable": fake.gateway.send_unparsable,
        }
        self.actions: Actions = {
            "add_guild": self.add_guild,
            "add_channel": self.add_channel,
            "add_user": self.add_user,
            "add_dm": self.add_dm,
            "join": self.join,
            "say": self.say,
            "edit": self.edit,
            "delete": self.delete,
            "slash": self.slash,
            "press": self.press,
            "messages": self.messages,
            "interaction": self.interaction,
            "state": self.state,
            "fail_next": self.fail_next,
            "fail_at_random": self.fail_at_random,
            "gateway": self.gateway,
            "gateway_at_random": self.gateway_at_random,
        }

    async def add_guild(self, name: str = "guild", *, has_bot: bool = True) -> int:
        """Found a server; return its id."""
        return self._fake.add_guild(name, has_bot=has_bot).id

    async def add_channel(self, guild: int, name: str = "general") -> int:
        """Add a channel; return its id."""
        return self._fake.world.guilds[guild].add_channel(name).id

    async def add_user(self, name: str, guild: int | None = None) -> int:
        """Let a person register, and join; return its id."""
        joined = self._fake.world.guilds[guild] if guild else None
        return self._fake.add_user(name, joined).id

    async def join(self, user: int, guild: int) -> None:
        """Let a person join one more server."""
        self._fake.world.guilds[guild].add_member(self._user(user))

    async def add_dm(self, user: int) -> int:
        """Open a person's DM with the bot; return its id."""
        return self._fake.add_dm(self._user(user)).id

    async def say(
        self,
        user: int,
        channel: int,
        text: str,
        *,
        mention_bot: bool = False,
        reply_to: int | None = None,
    ) -> int:
        """Let a person say something; return the message's id."""
        place = self._channel(channel)
        message = await self._fake.say(
            self._user(user),
            place,
            text,
            mention_bot=mention_bot,
            reply_to=place.messages[reply_to] if reply_to else None,
        )
        return message.id

    async def edit(self, channel: int, message: int, text: str) -> None:
        """Let a message be edited by its author."""
        await self._fake.edit(self._channel(channel).messages[message], text)

    async def delete(self, channel: int, message: int) -> None:
        """Let a message be deleted."""
        await self._fake.delete(self._channel(channel).messages[message])

    async def slash(
        self, user: int, channel: int, name: str, options: dict[str, Any] | None = None
    ) -> str:
        """Let a person use a command; return the interaction's token."""
        place = self._channel(channel)
        return (await self._fake.slash(self._user(user), place, name, options)).token

    async def press(self, user: int, channel: int, message: int, custom_id: str) -> str:
        """Let a person press a button; return the interaction's token."""
        there = self._channel(channel).messages[message]
        return (await self._fake.press(self._user(user), there, custom_id)).token

    async def messages(self, channel: int, after: int = 0) -> list[Json]:
        """Return what is to be seen in a channel after a message."""
        seen = self._fake.messages(self._channel(channel))
        return [_message_json(message) for message in seen if message.id > after]

    async def interaction(self, token: str) -> Json:
        """Return how the bot answered."""
        return _interaction_json(self._fake.world.interactions[token])

    async def state(self) -> Json:
        """Return what the bot did wrong, and how much happened."""
        fake = self._fake
        return {
            "violations": [[each.what, each.detail] for each in fake.violations],
            "refusals": dict(fake.limits.refusals),
            "faults": len(fake.faults.happened),
            "is_connected": fake.gateway.is_connected,
            "identified": fake.gateway.identified,
            "resumed": fake.gateway.resumed,
        }

    async def gateway(self, do: str) -> None:
        """Do one thing to the gateway: drop, reconnect, invalidate, duplicate, swap, unparsable."""
        self._gateway_faults[do]()

    async def gateway_at_random(
        self, duplicates: float = 0, swaps: float = 0, seed: int = 0
    ) -> None:
        """Tell of new messages twice, or in the wrong order, at rates."""
        self._fake.gateway.disorder.at_random(duplicates=duplicates, swaps=swaps, seed=seed)

    def _user(self, user_id: int) -> User:
        return self._fake.world.users[user_id]

    def _channel(self, channel_id: int) -> Channel:
        return self._fake.world.channels[channel_id]


def _message_json(message: Message) -> Json:
    buttons = [each for row in message.components for each in row.get("components", [])]
    return {
        "id": message.id,
        "author": message.author.id,
        "content": message.content,
        "files": [each.upload.name for each in message.attachments],
        "buttons": [each.get("custom_id") for each in buttons],
        "reply_to": message.reference.message_id if message.reference else None,
        "created_at": message.created_at.timestamp(),
        "edited_at": message.edited_at.timestamp() if message.edited_at else None,
    }


def _interaction_json(interaction: Interaction) -> Json:
    acknowledged_at = interaction.acknowledged_at
    original = interaction.original
    return {
        "acknowledged_at": acknowledged_at.timestamp() if acknowledged_at else None,
        "created_at": interaction.created_at.timestamp(),
        "original": _message_json(original) if original else None,
        "follow_ups": [_message_json(message) for message in interaction.follow_ups],
        "choices": interaction.choices,
    }


class ControlledDiscord(FakeDiscord):
    """The fake Discord with its controls beside it, under `control_url`."""

    def add_routes(self, application: web.Application) -> None:
        add_control(application, Control(self).actions)

    @property
    def control_url(self) -> str:
        """Return where actions are asked for."""
        return self.cdn_url.removesuffix("/cdn") + PREFIX


def main() -> None:
    """Read the arguments and serve."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--message-content", action="store_true")
    parser.add_argument("--forget-texts", action="store_true", help="for long runs")
    asked = parser.parse_args()
    fake = ControlledDiscord(
        port=asked.port,
        message_content=asked.message_content,
        keeps_texts=not asked.forget_texts,
    )
    names = ("api_url", "gateway_url", "cdn_url", "control_url", "token")
    asyncio.run(run(fake, names))


if __name__ == "__main__":
    main()
