"""An answer in posts that are made once and updated; or, to a command, by its response_url."""

from collections.abc import Sequence

from bot.platforms.slack.blocks import Outgoing
from bot.platforms.slack.errors import AddressSpent, Unreachable
from bot.platforms.slack.placing import Placing
from routing.clock import Clock


class Pages:
    """One answer in posts that are updated while it grows.

    Args:
        placing: Where it is posted.
    """

    def __init__(self, placing: Placing) -> None:
        self._placing = placing
        self._shown: dict[int, Outgoing] = {}

    async def show(self, wanted: Sequence[Outgoing], *, is_preview: bool) -> None:
        """Let each post show what is wanted of it.

        Raises:
            SlackFailed: They do not all; a preview raises Crowded where it would have to wait.
        """
        for place, outgoing in enumerate(wanted):
            if self._shown.get(place) != outgoing:
                await self._show(place, outgoing, is_preview=is_preview)
                self._shown[place] = outgoing

    async def finish(self, wanted: Sequence[Outgoing]) -> None:
        """Let the posts show what is wanted, and no other post be there.

        Raises:
            SlackFailed: They do not.
        """
        await self.show(wanted, is_preview=False)
        await self._placing.settle()
        await self._placing.delete_from(len(wanted))

    async def _show(self, place: int, outgoing: Outgoing, *, is_preview: bool) -> None:
        placing, ids = self._placing, self._placing.ids
        if place < len(ids):
            await placing.update(ids[place], outgoing, is_preview=is_preview)
            return
        if is_preview:
            await placing.web.begin_updates(placing.spot.team)
        await placing.post(outgoing)


class Answers:
    """The answer to a command: it is whole when it is shown, and is not shown twice.

    Args:
        placing: Where it goes when the response_url is spent.
        clock: Tells when that is.
    """

    def __init__(self, placing: Placing, clock: Clock) -> None:
        self._placing = placing
        self._clock = clock
        self._count = placing.unseen

    async def finish(self, wanted: Sequence[Outgoing]) -> None:
        """Show all of it.

        Raises:
            SlackFailed: It is not.
        """
        for outgoing in wanted[self._count :]:
            await self._say(outgoing)

    async def _say(self, outgoing: Outgoing) -> None:
        placing, spot = self._placing, self._placing.spot
        placing.confirm()
        if spot.has_address(self._clock.now()):
            try:
                await placing.web.respond(spot.address, outgoing, is_ephemeral=spot.is_ephemeral)
            except AddressSpent:
                await self._say_without_address(outgoing)
                return
            except Unreachable as error:
                # What was said so cannot be looked for; all of it was sent, so it is believed.
                if not error.may_be_done:
                    raise
            await self._said()
        else:
            await self._say_without_address(outgoing)

    async def _say_without_address(self, outgoing: Outgoing) -> None:
        placing, spot = self._placing, self._placing.spot
        if spot.is_ephemeral:
            await placing.web.ephemeral(
                spot.team, spot.channel, spot.person, outgoing, thread=spot.hidden_thread
            )
            await self._said()
        else:
            await placing.post(outgoing)
            self._count += 1

    async def _said(self) -> None:
        self._count += 1
        await self._placing.note_unseen()
