"""Discord as a worker sees it: by REST alone, so that any process will do."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import ClassVar, Final

from bot.draft import View
from bot.pacing import Pacing
from bot.platforms.discord.errors import Crowded, DiscordFailed
from bot.platforms.discord.layout import Layout
from bot.platforms.discord.reply import DiscordReply, Posting, Spot
from bot.platforms.port import Message
from bot.platforms.surface import Posts
from config.chats import DiscordSettings
from routing.clock import Clock

_REFUSED_WITHIN_S: Final = 1.0

_log = logging.getLogger(__name__)


class DiscordSurface:
    """Where answers are shown on Discord.

    Args:
        rest: Sends.
        settings: Of Discord.
        surroundings: Returns a message with what is around it now.
        clock: Tells the time.
        has_room: Tells whether more answers can be shown beside those that are.
        has_votes: Whether votes on answers count.
    """

    name: ClassVar[str] = "discord"

    def __init__(
        self,
        rest: Posting,
        settings: DiscordSettings,
        surroundings: Callable[[Message], Awaitable[Message]],
        clock: Clock | None = None,
        has_room: Callable[[], bool] = lambda: True,
        *,
        has_votes: bool = True,
    ) -> None:
        self._has_votes = has_votes
        self.has_room = has_room
        self._rest = rest
        self._surroundings = surroundings
        self._clock = clock or Clock()
        self._most_posts = settings.most_posts
        self._pacing = Pacing(settings.edit_every_s, self._clock)

    def adopt(self, settings: DiscordSettings, *, has_votes: bool) -> None:
        """Show answers that begin from now on as other settings say."""
        self._has_votes = has_votes
        self._most_posts = settings.most_posts
        self._pacing.adopt(settings.edit_every_s)

    async def surroundings(self, message: Message) -> Message:
        """Return a message with what is around it now: quotes, and where its attachments are.

        Raises:
            QuestionGone: It was deleted.
        """
        return await self._surroundings(message)

    def reply(self, message: Message, posts: Posts) -> DiscordReply:
        """Return where the answer to a message is shown."""
        return DiscordReply(
            self._rest,
            self._pacing.of(message.handle.get("channel", "")),
            message,
            posts,
            most_posts=self._most_posts,
            clock=self._clock,
            has_votes=self._has_votes,
        )

    async def refuse(self, message: Message, view: View, *, is_optional: bool = False) -> None:
        """Say why a message is not taken in; trouble in saying so is only logged.

        A command is always told: without an answer it would look as if one was still coming.
        """
        spot = Spot(self._rest, message, self._clock)
        layout = Layout(message.message_id, message.origin.person, most_posts=1, is_single=True)
        outgoing = layout.posts(view)[0]
        until_s = self._clock.elapsed_s() + _REFUSED_WITHIN_S
        is_preview = is_optional and not message.handle.get("token")
        while True:
            try:
                await spot.post(0, outgoing, f"no{message.message_id}", is_preview=is_preview)
            except Crowded as error:
                if self._clock.elapsed_s() + error.wait_s < until_s:
                    await asyncio.sleep(error.wait_s)
                    continue
                _log.info("a refusal was not shown: %s", error)
            except DiscordFailed as error:
                _log.warning("a refusal was not shown: %s", error)
            return
