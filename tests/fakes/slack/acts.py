"""What people do on the fake Slack."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from tests.fakes.slack import posts
from tests.fakes.slack.deliveries import Deliveries
from tests.fakes.slack.interactions import (
    Interaction,
    Interactions,
    NotOffered,
    find_element,
    given_by,
)
from tests.fakes.slack.payloads import message_json
from tests.fakes.slack.streams import State
from tests.fakes.slack.world import Channel, File, Json, Message, Team, Upload, User, World

Thread = Message | str | None


class Acts:
    """All that a person can do.

    Attributes:
        world: Who and what there is.
        deliveries: What the app is told.
    """

    def __init__(self, world: World, deliveries: Deliveries) -> None:
        self.world = world
        self.deliveries = deliveries
        self._interactions = Interactions(world)

    async def say(  # noqa: PLR0913 # what a person can do at once when saying something
        self,
        user: User,
        channel: Channel,
        text: str,
        *,
        thread: Thread = None,
        mention_bot: bool = False,
        files: Sequence[Upload | File] = (),
        subtype: str = "",
    ) -> Message:
        """Let a person, or another bot, say something; a mention of the bot goes before it."""
        channel.members.setdefault(user.id, user)
        root = _root(thread)
        bot = channel.team.bot
        said = f"<@{bot.id}> {text}" if mention_bot else text
        message = Message(self.world.new_ts(), channel, user, said, thread_ts=root)
        message.files = [self.store(user, each) for each in files]
        message.subtype = subtype or ("file_share" if files else "")
        if not user.is_bot:
            message.blocks = [_rich_text(said)]
        posts.post(self.world, message)
        if subtype in {"", "file_share", "thread_broadcast", "me_message"}:
            self._mention(message)
        # Whoever listens hears of it before the next thing happens.
        await asyncio.sleep(0)
        return message

    async def mention(
        self, user: User, channel: Channel, text: str, thread: Thread = None
    ) -> Message:
        """Let a person ask the bot in a channel."""
        return await self.say(user, channel, text, thread=thread, mention_bot=True)

    async def dm(self, user: User, text: str, thread: Thread = None) -> Message:
        """Let a person ask the bot in their DM."""
        return await self.say(user, self.world.dm_with(user), text, thread=thread)

    def store(self, user: User, upload: Upload | File) -> File:
        """Keep a file on Slack's host."""
        if isinstance(upload, File):
            return upload
        file = File(self.world.new_id("F"), user.team, user, upload)
        self.world.files[file.id] = file
        return file

    async def edit(self, message: Message, text: str) -> None:
        """Let its author edit a message."""
        before = message_json(message)
        message.text, message.blocks = text, [_rich_text(text)]
        message.edited_at = self.world.clock.now()
        posts.revise(self.world, message, before)
        await asyncio.sleep(0)

    async def unfurl(self, message: Message, title: str) -> None:
        """Let Slack show what a link leads to: the message changes, but nobody edited it."""
        before = message_json(message)
        event = {"type": "message", "subtype": "message_changed", "hidden": True}
        shown = message_json(message) | {"attachments": [{"title": title, "id": 1}]}
        event |= {"message": shown, "previous_message": before, "ts": self.world.new_ts()}
        posts.tell(self.world, message.channel, event)
        await asyncio.sleep(0)

    async def delete(self, message: Message) -> None:
        """Let a message be deleted, by its author or an admin."""
        posts.remove(self.world, message)
        await asyncio.sleep(0)

    async def join(self, user: User, channel: Channel) -> None:
        """Let a person, or the bot, join a channel."""
        channel.members[user.id] = user
        event = {"type": "member_joined_channel", "user": user.id, "team": user.team.id}
        posts.tell(self.world, channel, event | {"ts": self.world.new_ts()})
        said = f"<@{user.id}> has joined the channel"
        await self.say(user, channel, said, subtype="channel_join")

    async def expel_bot(self, channel: Channel) -> None:
        """Let the bot be thrown out of a channel."""
        channel.members.pop(channel.team.bot.id, None)

    async def slash(
        self, user: User, channel: Channel, name: str, text: str = "", thread: Thread = None
    ) -> Interaction:
        """Let a person use a command.

        Raises:
            NotOffered: In a thread, where Slack's client refuses commands.
        """
        if thread:
            raise NotOffered(f"/{name} is not supported in threads")
        channel.members.setdefault(user.id, user)
        return await self._do(self._interactions.slash(user, channel, name, text))

    async def shortcut(
        self, user: User, callback_id: str, message: Message | None = None
    ) -> Interaction:
        """Let a person choose a shortcut, of a message or of none."""
        return await self._do(self._interactions.shortcut(user, callback_id, message))

    async def press(
        self,
        user: User,
        message: Message,
        action_id: str,
        *values: str,
        side: str = "positive",
    ) -> Interaction:
        """Let a person press a button, choose from a list, or give feedback on a side.

        Raises:
            NotOffered: There is no such thing to press.
        """
        _, element = find_element(message.blocks, action_id)
        given = given_by(element, side, list(values))
        return await self._do(self._interactions.press(user, message, action_id, given))

    async def press_home(self, user: User, action_id: str, *values: str) -> Interaction:
        """Let a person press something on their Home tab."""
        if user.id not in self.world.homes:
            raise NotOffered(f"{user.name} has no Home tab yet")
        view = self.world.homes[user.id]
        _, element = find_element(view["blocks"], action_id)
        given = given_by(element, "", list(values))
        return await self._do(self._interactions.press_in_view(user, view, action_id, given))

    def modal(self, user: User) -> Json | None:
        """Return the modal a person sees."""
        stack = self.world.modals.get(user.id)
        return self.world.views[stack[-1]] if stack else None

    async def submit(self, user: User, values: Mapping[str, Any]) -> Interaction:
        """Let a person send the modal they see; values by action id."""
        view = self.modal(user)
        if view is None:
            raise NotOffered(f"{user.name} sees no modal")
        return await self._do(self._interactions.submit(user, view, values))

    async def close_modal(self, user: User) -> Interaction | None:
        """Let a person close the modal they see; the app hears of it if it wants to know."""
        view = self.modal(user)
        if view is None:
            raise NotOffered(f"{user.name} sees no modal")
        self.world.modals[user.id].remove(view["id"])
        if not view.get("notify_on_close"):
            return None
        return await self._do(self._interactions.close(user, view))

    async def suggest(
        self, user: User, holder: Message | Json, action_id: str, typed: str
    ) -> Interaction:
        """Let a person type into a list whose options the app suggests."""
        return await self._do(self._interactions.suggest(user, holder, action_id, typed))

    async def open_home(self, user: User, tab: str = "home") -> None:
        """Let a person open the app: its Home tab, or its messages."""
        event: Json = {"type": "app_home_opened", "user": user.id, "tab": tab}
        event |= {"channel": self.world.dm_with(user).id, "event_ts": self.world.new_ts()}
        if tab == "home" and user.id in self.world.homes:
            event["view"] = self.world.homes[user.id]
        self.world.announce(user.team, event, None)
        await asyncio.sleep(0)

    async def change_context(self, user: User, channel: Channel | None) -> None:
        """Let a person look at a channel while the app is open."""
        entity = {"type": "slack#/types/channel_id", "team_id": user.team.id}
        context = {"entities": [entity | {"value": channel.id}]} if channel else {}
        event: Json = {"type": "app_context_changed", "user": user.id, "context": context}
        event |= {"channel": self.world.dm_with(user).id, "event_ts": self.world.new_ts()}
        self.world.announce(user.team, event, None)
        await asyncio.sleep(0)

    async def stop_session(self, user: User, channel: Channel, thread: Message | str) -> None:
        """Let a person press the stop button of an agent at work.

        Raises:
            NotOffered: The session is not shown as processing, so there is no button.
        """
        root = _root(thread)
        session = self.world.sessions.get((channel.id, root))
        if session is None or session["status"] != "processing":
            raise NotOffered("nothing here is processing")
        now_s = self.world.clock.elapsed_s()
        stopped = [
            stream
            for stream in self.world.streams
            if stream.message.channel is channel
            and stream.message.thread_ts == root
            and stream.state_at(now_s) is State.OPEN
        ]
        for stream in stopped:
            stream.state = State.STOPPED_BY_USER
        event = {
            "type": "agent_session_stopped",
            "channel": channel.id,
            "thread_ts": root,
            "user": user.id,
            "streaming_message_ts": [stream.message.ts for stream in stopped],
            "event_ts": self.world.new_ts(),
        }
        self.world.announce(channel.team, event, channel)
        await asyncio.sleep(0)

    async def uninstall(self, team: Team) -> None:
        """Let a workspace throw the app out."""
        at = self.world.new_ts()
        tokens: Json = {"oauth": [], "bot": [team.bot.id]}
        self.world.announce(
            team, {"type": "tokens_revoked", "tokens": tokens, "event_ts": at}, None
        )
        self.world.announce(team, {"type": "app_uninstalled", "event_ts": at}, None)
        self.world.tokens[team.bot_token].is_revoked = True
        team.bot_token = ""
        await asyncio.sleep(0)

    async def _do(self, interaction: Interaction) -> Interaction:
        self.deliveries.tell(interaction.delivery)
        await asyncio.sleep(0)
        return interaction

    def _mention(self, message: Message) -> None:
        channel = message.channel
        if channel.is_direct:
            return
        for team in channel.teams_with_app():
            if f"<@{team.bot.id}" in message.text:
                event = message_json(message) | {"type": "app_mention", "channel": channel.id}
                event["event_ts"] = message.ts
                self.world.announce(team, event, channel)


def _root(thread: Thread) -> str:
    if isinstance(thread, Message):
        return thread.thread_ts or thread.ts
    return thread or ""


def _rich_text(text: str) -> Json:
    section = {"type": "rich_text_section", "elements": [{"type": "text", "text": text}]}
    return {"type": "rich_text", "block_id": "said", "elements": [section]}
