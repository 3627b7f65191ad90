"""The fake Slack in a process of its own: `python -m tests.fakes.slack_server`.

It prints one line of JSON with its addresses, and serves until it is told to end. A benchmark
drives its world by HTTP: `POST {control_url}/say` with a JSON object, answered by JSON. Everything
is named by its id; see `Control` for what there is.
"""

import argparse
import asyncio
from collections.abc import Callable

from aiohttp import web

from tests.fakes.control import PREFIX, Actions, FaultControl, add_control, run
from tests.fakes.slack import Channel, Delivery, FakeSlack, Message, User
from tests.fakes.slack.world import Json


class Control(FaultControl):
    """What may be done with the world from another process; each method is an action."""

    def __init__(self, fake: FakeSlack) -> None:
        super().__init__(fake.faults)
        self._fake = fake
        self._told: dict[str, Delivery] = {}
        self._faults_of_sockets: dict[str, Callable[[], None]] = {
            "drop": fake.sockets.drop_all,
            "refresh": fake.sockets.refresh_all,
            "warn": lambda: fake.sockets.refresh_all("warning"),
            "disable": fake.sockets.disable,
            "unparsable": fake.sockets.send_unparsable,
            "duplicate": fake.deliveries.disorder.duplicate_next,
            "swap": fake.deliveries.disorder.swap_next,
        }
        actions = (
            *(self.add_team, self.add_channel, self.add_user, self.add_dm),
            *(self.say, self.edit, self.delete, self.slash, self.press, self.open_home),
            *(self.stop_session, self.messages, self.interaction, self.acknowledgements),
            *(self.state, self.fail_next, self.fail_at_random, self.sockets, self.events_at_random),
            *(self.pauses, self.tiers, self.over_http),
        )
        self.actions: Actions = {action.__name__: action for action in actions}

    async def add_team(self, name: str = "globex") -> Json:
        """Found a workspace; return its id, and the bot's token and id there."""
        team = self._fake.add_team(name)
        return {"id": team.id, "bot_token": team.bot_token, "bot": team.bot.id}

    async def add_channel(self, name: str = "general", team: str = "") -> str:
        """Open a channel; return its id."""
        home = self._fake.world.teams[team] if team else self._fake.team
        return self._fake.add_channel(name, team=home).id

    async def add_user(self, name: str, team: str = "", **facts: bool) -> str:
        """Let a person join; return their id."""
        home = self._fake.world.teams[team] if team else self._fake.team
        return self._fake.add_user(name, home, **facts).id

    async def add_dm(self, user: str) -> str:
        """Open a person's DM with the bot; return its id."""
        return self._fake.add_dm(self._user(user)).id

    async def say(
        self, user: str, channel: str, text: str, *, mention_bot: bool = False, thread: str = ""
    ) -> str:
        """Let a person say something; return the message's ts."""
        message = await self._fake.say(
            self._user(user), self._channel(channel), text, thread=thread, mention_bot=mention_bot
        )
        return message.ts

    async def edit(self, channel: str, ts: str, text: str) -> None:
        """Let a message be edited by its author."""
        await self._fake.edit(self._channel(channel).messages[ts], text)

    async def delete(self, channel: str, ts: str) -> None:
        """Let a message be deleted."""
        await self._fake.delete(self._channel(channel).messages[ts])

    async def slash(self, user: str, channel: str, name: str, text: str = "") -> str:
        """Let a person use a command; return its trigger id."""
        interaction = await self._fake.slash(self._user(user), self._channel(channel), name, text)
        return self._note(interaction.delivery)

    async def press(self, user: str, channel: str, ts: str, action_id: str) -> str:
        """Let a person press a button; return its trigger id."""
        message = self._channel(channel).messages[ts]
        interaction = await self._fake.press(self._user(user), message, action_id)
        return self._note(interaction.delivery)

    async def open_home(self, user: str, tab: str = "home") -> None:
        """Let a person open the app."""
        await self._fake.open_home(self._user(user), tab)

    async def stop_session(self, user: str, channel: str, thread: str) -> None:
        """Let a person press the stop button."""
        await self._fake.stop_session(self._user(user), self._channel(channel), thread)

    async def messages(
        self, channel: str, thread: str = "", after: str = "", *, with_whispers: bool = False
    ) -> list[Json]:
        """Return what is to be seen in a channel or thread after a message.

        With whispers: also what one person alone sees there, after all else.
        """
        place = self._channel(channel)
        seen = self._fake.messages(place, thread or None)
        whispers = place.ephemeral if with_whispers else []
        return [_message_json(message) for message in (*seen, *whispers) if message.ts > after]

    async def interaction(self, trigger_id: str) -> Json:
        """Return how the app answered."""
        delivery = self._told[trigger_id]
        key = str(delivery.payload.get("response_url", "")).rpartition("/")[2]
        url = self._fake.world.response_urls.get(key)
        return {
            "acknowledged_after_s": delivery.acknowledged_after_s,
            "answers": [each.shown for each in url.answers] if url else [],
        }

    async def acknowledgements(self, after: int = 0) -> list[float | None]:
        """Return how long each thing told took to be acknowledged, from a number on."""
        return [each.acknowledged_after_s for each in list(self._fake.deliveries.told)[after:]]

    async def state(self) -> Json:
        """Return what the bot did wrong, and how much happened."""
        fake = self._fake
        told = fake.deliveries.told
        return {
            "violations": [[each.what, each.detail] for each in fake.violations],
            "refusals": dict(fake.limits.refusals),
            "faults": len(fake.faults.happened),
            "sockets": fake.sockets.count,
            "opened": fake.sockets.opened,
            "told": len(told),
            "repeated": sum(len(each.attempts) - 1 for each in told),
            "given_up": sum(each.is_given_up for each in told),
            "open_streams": len(fake.open_streams),
        }

    async def sockets(self, do: str) -> None:
        """Do one thing: drop, refresh, warn, disable, unparsable, duplicate, swap."""
        self._faults_of_sockets[do]()

    async def events_at_random(
        self, duplicates: float = 0, swaps: float = 0, seed: int = 0
    ) -> None:
        """Tell events twice, or in the wrong order, at rates."""
        self._fake.deliveries.disorder.at_random(duplicates=duplicates, swaps=swaps, seed=seed)

    async def pauses(self, seconds: list[float]) -> None:
        """Repeat events after other pauses than Slack's; a bench has no six minutes."""
        self._fake.deliveries.pauses_s = tuple(seconds)

    async def tiers(self, factor: float) -> None:
        """Allow so many times what the tiers do, as for many workspaces in one."""
        limits = self._fake.limits
        limits.tiers = {tier: rate.times(factor) for tier, rate in limits.tiers.items()}
        limits.rates = {name: rate.times(factor) for name, rate in limits.rates.items()}

    async def over_http(self, url: str) -> None:
        """Tell the app everything by signed HTTP."""
        self._fake.deliver_over_http(url)

    def _note(self, delivery: Delivery) -> str:
        trigger_id = str(delivery.payload["trigger_id"])
        self._told[trigger_id] = delivery
        return trigger_id

    def _user(self, user_id: str) -> User:
        return self._fake.world.users[user_id]

    def _channel(self, channel_id: str) -> Channel:
        return self._fake.world.channels[channel_id]


def _message_json(message: Message) -> Json:
    elements = [each for block in message.blocks for each in block.get("elements", [])]
    edited_at = message.edited_at
    return {
        "ts": message.ts,
        "thread": message.thread_ts,
        "user": message.user.id,
        "for": message.for_user.id if message.for_user else "",
        "shown": message.shown,
        "files": [each.upload.name for each in message.files],
        "buttons": [each["action_id"] for each in elements if "action_id" in each],
        "is_streaming": bool(message.stream and message.stream.state.value == "open"),
        "edited_at": edited_at.timestamp() if edited_at else None,
        "written_at": message.written_at.timestamp() if message.written_at else None,
        "metadata": message.metadata,
    }


class ControlledSlack(FakeSlack):
    """The fake Slack with its controls beside it, under `control_url`."""

    def add_routes(self, application: web.Application) -> None:
        add_control(application, Control(self).actions)

    @property
    def control_url(self) -> str:
        """Return where actions are asked for."""
        return self.world.host_url + PREFIX


def main() -> None:
    """Read the arguments and serve."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--forget-texts", action="store_true", help="for long runs")
    asked = parser.parse_args()
    fake = ControlledSlack(port=asked.port, keeps_texts=not asked.forget_texts)
    names = ("api_url", "control_url", "app_token", "bot_token", "signing_secret")
    asyncio.run(run(fake, names))


if __name__ == "__main__":
    main()
