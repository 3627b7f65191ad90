"""Slack as a worker sees it: by the Web API alone, so that any process will do."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import replace
from typing import ClassVar, Final

from bot.draft import View
from bot.pacing import Pacing
from bot.platforms.port import Message
from bot.platforms.slack.errors import AddressSpent, SlackFailed
from bot.platforms.slack.layout import Layout
from bot.platforms.slack.reply import Means, Names, Paces, SlackReply
from bot.platforms.slack.session import Sessions
from bot.platforms.slack.spot import Spot
from bot.platforms.slack.tiers import Tier, preview_share
from bot.platforms.slack.web import SlackWeb
from bot.platforms.surface import Posts
from config.chats import SlackSettings
from routing.clock import Clock
from routing.errors import StoreUnavailable

_REFUSED_WITHIN_S: Final = 1.0
_log = logging.getLogger(__name__)


class SlackSurface:
    """Where answers are shown on Slack.

    Args:
        web: Sends.
        settings: Of Slack.
        surroundings: Returns a message with what is around it now.
        clock: Tells the time.
        names: Tells what people are called; nobody's name is known without it.
        has_votes: Whether votes on answers count.

    Attributes:
        on_stopped: Told the identity of a message whose answer the person has stopped; to be set
            by whoever can end it.
    """

    name: ClassVar[str] = "slack"

    def __init__(
        self,
        web: SlackWeb,
        settings: SlackSettings,
        surroundings: Callable[[Message], Awaitable[Message]],
        clock: Clock | None = None,
        names: Names | None = None,
        *,
        has_votes: bool = True,
    ) -> None:
        clock = clock or Clock()
        self.has_room = web.has_room
        self.on_stopped: Callable[[str], Awaitable[object]] = _nobody
        self._web = web
        self._clock = clock
        self._surroundings = surroundings
        self._means = Means(
            web, settings, clock, Sessions(web), names or _nameless, has_votes, self._stopped
        )
        self._appends = _pacing(Tier.APPENDS, settings.appends_per_min, clock)
        self._edits = _pacing(Tier.EDITS, settings.edits_per_min, clock)

    def adopt(self, settings: SlackSettings, *, has_votes: bool) -> None:
        """Show answers that begin from now on as other settings say; the tiers stay."""
        self._means = replace(self._means, settings=settings, has_votes=has_votes)

    async def surroundings(self, message: Message) -> Message:
        """Return a message with what is around it now: quotes, and where its attachments are.

        Raises:
            QuestionGone: It was deleted.
        """
        return await self._surroundings(message)

    def reply(self, message: Message, posts: Posts) -> SlackReply:
        """Return where the answer to a message is shown."""
        team = Spot.of(message).team
        paces = Paces(self._appends.of(team), self._edits.of(team))
        return SlackReply(self._means, paces, message, posts)

    async def refuse(self, message: Message, view: View, *, is_optional: bool = False) -> None:
        """Say why a message is not taken in, to who wrote it only; trouble is only logged.

        A command is always told: without an answer it would look as if one was still coming.
        """
        spot = Spot.of(message)
        try:
            async with asyncio.timeout(
                _REFUSED_WITHIN_S if is_optional and not spot.address else None
            ):
                await self._refuse(message, spot, view)
        except (SlackFailed, TimeoutError) as error:
            _log.warning("a refusal was not shown: %r", error)

    async def _refuse(self, message: Message, spot: Spot, view: View) -> None:
        layout = Layout(message.message_id, message.origin.person, most_posts=1, is_single=True)
        outgoing = layout.posts(view)[0]
        if spot.has_address(self._clock.now()):
            try:
                await self._web.respond(spot.address, outgoing)
            except AddressSpent:
                _log.info("a refusal is posted: its response_url is spent")
            else:
                return
        if spot.is_direct:
            await self._web.post(spot.team, spot.channel, outgoing, thread=spot.thread)
        else:
            await self._web.ephemeral(
                spot.team, spot.channel, spot.person, outgoing, thread=spot.hidden_thread
            )

    async def _stopped(self, identity: str) -> None:
        try:
            await self.on_stopped(identity)
        except StoreUnavailable as error:
            _log.warning("an answer that was stopped goes on: %s", error)


def _pacing(tier: Tier, per_min: int, clock: Clock) -> Pacing:
    return Pacing(60 / (per_min * preview_share(tier)), clock)


async def _nameless(_team: str, _people: Collection[str]) -> Mapping[str, str]:
    return {}


async def _nobody(_identity: str) -> None:
    """Do nothing: nobody listens in this process."""
