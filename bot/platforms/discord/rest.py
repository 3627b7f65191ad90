"""Everything that is sent to Discord and asked of it by REST; no gateway is needed."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any, Final

import aiohttp

from bot.platforms.discord.addresses import api_address
from bot.platforms.discord.errors import DiscordRefuses, Forbidden, Gone, Invalid
from bot.platforms.discord.outgoing import Outgoing, body_of
from bot.platforms.discord.ways_out import login_failed
from bot.platforms.discord.wire import Route, Wire
from bot.platforms.vitals import Vitals
from config.chats import DiscordSettings
from config.references import Secret
from routing.clock import Clock

_NONE: Final = "There is no token of a Discord bot. Set DISCORD_TOKEN to it."

_MESSAGES: Final = "/channels/{channel_id}/messages"
_MESSAGE: Final = f"{_MESSAGES}/{{message_id}}"
_HOOK: Final = "/webhooks/{application_id}/{token}"
_ORIGINAL: Final = f"{_HOOK}/messages/@original"

_HISTORY_HIDDEN: Final = "code 160002"
_THREAD_IS_THERE: Final = 160004
_LONGEST_NAME: Final = 100
_LONGEST_NONCE: Final = 25


class DiscordRest:
    """What can be sent and asked; every post pings nobody and unfolds no link.

    Nothing of it does harm when done twice, so it is repeated when Discord stumbles. Every method
    raises `Gone`, `Forbidden`, `Invalid` or `Unreachable`.

    Attributes:
        application: The id of the bot's application.
    """

    def __init__(self, wire: Wire, application: str) -> None:
        self._wire = wire
        self.application = application

    def has_room(self) -> bool:
        """Tell whether there is room for more than what is being sent already."""
        return self._wire.has_room

    async def send(
        self,
        channel_id: str,
        outgoing: Outgoing,
        *,
        nonce: str,
        reply_to: str = "",
        is_preview: bool = False,
    ) -> str:
        """Post something and return its id; the same nonce posts it once, for some minutes.

        Raises:
            Crowded: It is a preview, and left out.
        """
        body = body_of(outgoing) | {"nonce": nonce[:_LONGEST_NONCE], "enforce_nonce": True}
        route = Route(f"POST {_MESSAGES}", channel_id=channel_id)
        if reply_to:
            reference = {"message_id": reply_to, "fail_if_not_exists": False}
            try:
                answered = body | {"message_reference": reference}
                return _id(
                    await self._wire.ask(route, answered, outgoing.files, is_preview=is_preview)
                )
            except (Forbidden, Invalid) as error:
                # Who may not read the history may not answer a message, yet may say something.
                if _HISTORY_HIDDEN not in str(error):
                    raise
        return _id(await self._wire.ask(route, body, outgoing.files, is_preview=is_preview))

    async def edit(
        self, channel_id: str, post_id: str, outgoing: Outgoing, *, is_preview: bool = False
    ) -> None:
        """Let a post show something else.

        Args:
            channel_id: Where the post is.
            post_id: Which.
            outgoing: All that it shows from now on.
            is_preview: Whether it is better left out than waited for.

        Raises:
            Crowded: It is left out.
        """
        route = Route(f"PATCH {_MESSAGE}", channel_id=channel_id, message_id=post_id)
        await self._wire.ask(route, body_of(outgoing), outgoing.files, is_preview=is_preview)

    async def delete(self, channel_id: str, post_id: str) -> None:
        """Take a post away; one that is gone is none."""
        route = Route(f"DELETE {_MESSAGE}", channel_id=channel_id, message_id=post_id)
        with suppress(Gone):
            await self._wire.ask(route)

    async def edit_original(
        self, token: str, outgoing: Outgoing, *, is_preview: bool = False
    ) -> str:
        """Let the answer to an interaction show something and return its id.

        Raises:
            Crowded: It is a preview, and left out.
        """
        route = Route(f"PATCH {_ORIGINAL}", application_id=self.application, token=token)
        return _id(
            await self._wire.ask(route, body_of(outgoing), outgoing.files, is_preview=is_preview)
        )

    async def delete_original(self, token: str) -> None:
        """Take the answer to an interaction away; one that is gone is none."""
        route = Route(f"DELETE {_ORIGINAL}", application_id=self.application, token=token)
        with suppress(Gone):
            await self._wire.ask(route)

    async def messages_before(
        self, channel_id: str, message_id: str, limit: int
    ) -> Sequence[Mapping[str, Any]]:
        """Return messages of a channel before one, the latest first, as Discord sends them."""
        query = {"before": message_id, "limit": str(limit)}
        route = Route(f"GET {_MESSAGES}", channel_id=channel_id)
        found: list[Mapping[str, Any]] = await self._wire.ask(route, query=query)
        return found

    async def messages_after(
        self, channel_id: str, message_id: str, limit: int
    ) -> Sequence[Mapping[str, Any]]:
        """Return the messages of a channel that came next after one, as Discord sends them."""
        query = {"after": message_id, "limit": str(limit)}
        route = Route(f"GET {_MESSAGES}", channel_id=channel_id)
        found: list[Mapping[str, Any]] = await self._wire.ask(route, query=query)
        return found

    async def message(self, channel_id: str, message_id: str) -> Mapping[str, Any]:
        """Return one message as Discord sends it."""
        route = Route(f"GET {_MESSAGE}", channel_id=channel_id, message_id=message_id)
        found: Mapping[str, Any] = await self._wire.ask(route)
        return found

    async def member(self, guild_id: str, user_id: str) -> Mapping[str, Any]:
        """Return who somebody is in a server, as Discord sends it."""
        route = Route(
            "GET /guilds/{guild_id}/members/{user_id}", guild_id=guild_id, user_id=user_id
        )
        found: Mapping[str, Any] = await self._wire.ask(route)
        return found

    async def roles(self, guild_id: str) -> frozenset[str]:
        """Return the ids of a server's roles."""
        route = Route("GET /guilds/{guild_id}/roles", guild_id=guild_id)
        found: Sequence[Mapping[str, Any]] = await self._wire.ask(route)
        return frozenset(map(_id, found))

    async def channel(self, channel_id: str) -> Mapping[str, Any]:
        """Return what a channel or thread is, as Discord sends it."""
        route = Route("GET /channels/{channel_id}", channel_id=channel_id)
        found: Mapping[str, Any] = await self._wire.ask(route)
        return found

    async def start_thread(self, channel_id: str, message_id: str, name: str) -> str:
        """Open a thread from a message and return its id; a message has one at most."""
        route = Route(f"POST {_MESSAGE}/threads", channel_id=channel_id, message_id=message_id)
        try:
            return _id(await self._wire.ask(route, {"name": name[:_LONGEST_NAME]}))
        except Invalid as error:
            if error.code == _THREAD_IS_THERE:
                return message_id  # a thread has the id of its message
            raise


@asynccontextmanager
async def open_rest(
    settings: DiscordSettings, vitals: Vitals | None = None
) -> AsyncIterator[DiscordRest]:
    """Log in, and keep connections until left.

    Raises:
        DiscordRefuses: The bot is not let in; the message says what to change.
        DiscordFailed: Discord does not answer; another time it may.
    """
    token = settings.token and settings.token.reveal()
    if not (settings.token and token):
        raise DiscordRefuses(_NONE)
    async with aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=0), cookie_jar=aiohttp.DummyCookieJar()
    ) as session:
        wire = Wire(
            session,
            api_address(settings),
            token,
            requests_per_s=settings.requests_per_s,
            clock=Clock(),
            vitals=vitals,
        )
        yield DiscordRest(wire, await _application(wire, settings.token))


async def _application(wire: Wire, token: Secret) -> str:
    try:
        return _id(await wire.ask(Route("GET /applications/@me")))
    except Invalid as error:
        raise DiscordRefuses(login_failed(token)) from error


def _id(answer: Mapping[str, Any]) -> str:
    return str(answer["id"])
