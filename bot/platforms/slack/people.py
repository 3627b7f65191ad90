"""Who people are and what channels are: asked of Slack, remembered for five minutes.

Who is an admin is not: that is asked anew.
"""

import asyncio
from collections.abc import Awaitable, Collection, Mapping
from dataclasses import replace
from typing import Any, Final

from bot.platforms.slack.known import Known
from bot.platforms.slack.listening import Asker, Kind, Us, Where
from bot.platforms.slack.ports import Web
from bot.platforms.slack.reading import asker_in, where_of
from routing.clock import Clock

_ANEW_S: Final = 2.0
"""What was heard so shortly before is as good as heard now."""

_MOST_NAMES: Final = 10
"""Of people a message mentions; the rest stays ids."""

_UserGroups = Mapping[str, frozenset[str]]
"""The people in each user group, by its id."""


class People:
    """Knows people, their user groups and the channels they are in.

    What is not known fails closed: nobody is an admin then.

    Args:
        web: Tells.
        clock: Tells when that is too old.
        admin_groups: User groups whose members are admins, too.
        wait_s: How long an answer is waited for.

    Attributes:
        admin_groups: The same; they may change.
    """

    def __init__(
        self,
        web: Web,
        clock: Clock,
        *,
        admin_groups: frozenset[str] = frozenset(),
        wait_s: float = 0.5,
    ) -> None:
        self._web = web
        self.admin_groups = admin_groups
        self._users = Known(self._user, clock, wait_s=wait_s)
        self._groups = Known(self._usergroups, clock, wait_s=wait_s)
        self._channels = Known(self._channel, clock, wait_s=wait_s)

    async def asker(
        self, user_id: str, us: Us, hint: str = "", *, wait_s: float | None = None
    ) -> Asker:
        """Return who somebody is, as far as that is known.

        That somebody is an admin is looked at anew, so that who is none any more changes nothing;
        while Slack does not answer, what it said less than five minutes before holds.

        Args:
            user_id: Who.
            us: The bot, in whose workspace they ask.
            hint: What the event calls them.
            wait_s: How long Slack's answer is waited for this time.
        """
        asker = await self._asker(user_id, us, hint, wait_s)
        if not asker.is_admin:
            return asker
        anew: list[Awaitable[object]] = [
            self._users.get((us.team, user_id), wait_s=wait_s, within_s=_ANEW_S)
        ]
        if self.admin_groups:
            anew.append(self._groups.get(us.team, wait_s=wait_s, within_s=_ANEW_S))
        await asyncio.gather(*anew)
        return await self._asker(user_id, us, hint, wait_s)

    async def _asker(self, user_id: str, us: Us, hint: str, wait_s: float | None) -> Asker:
        user, groups = await asyncio.gather(
            self._users.get((us.team, user_id), wait_s=wait_s),
            self._groups.get(us.team, wait_s=wait_s),
        )
        roles = _roles_in(groups.value, user_id) if groups else frozenset()
        if user is None:
            return Asker(user_id, hint, roles=roles)
        known = asker_in(user.value, us)
        if known.is_stranger or known.is_no_person:
            return replace(known, person=user_id, is_admin=False)
        in_group = (
            groups is not None and groups.is_fresh and not self.admin_groups.isdisjoint(roles)
        )
        is_admin = user.is_fresh and (known.is_admin or in_group)
        name = known.name or hint
        return replace(known, person=user_id, name=name, roles=roles, is_admin=is_admin)

    async def names(self, user_ids: Collection[str], us: Us) -> dict[str, str]:
        """Return what people are called, of those where that is known."""
        asked = [each for each in user_ids if each != us.user_id][:_MOST_NAMES]
        found = await asyncio.gather(*(self._users.get((us.team, each)) for each in asked))
        named = zip(asked, found, strict=True)
        return {each: name for each, fact in named if fact and (name := _name(fact.value, us))}

    async def names_in(self, team: str, user_ids: Collection[str]) -> dict[str, str]:
        """Return what people of a workspace are called, of those where that is known."""
        return await self.names(user_ids, Us(team))

    async def where(self, channel: str, us: Us) -> Where:
        """Return what a channel is; one that Slack does not tell of counts as private."""
        if channel.startswith("D"):
            return Where(channel, Kind.DIRECT)
        found = await self._channels.get((us.team, channel))
        return found.value if found else Where(channel, Kind.PRIVATE, is_shared=True)

    async def is_there(self, channel: str, us: Us) -> bool:
        """Tell whether the bot itself is in a channel; not, where Slack does not tell."""
        found = await self._channels.get((us.team, channel))
        return found is not None and found.value.has_us

    async def aclose(self) -> None:
        """End what is being asked."""
        for each in (self._users, self._groups, self._channels):
            await each.aclose()

    async def _user(self, key: tuple[str, str]) -> Mapping[str, Any]:
        return await self._web.user(*key)

    async def _usergroups(self, team: str) -> _UserGroups:
        groups = await self._web.usergroups(team)
        return {
            str(group["id"]): frozenset(map(str, group.get("users") or ()))
            for group in groups
            if not group.get("date_delete")
        }

    async def _channel(self, key: tuple[str, str]) -> Where:
        return replace(where_of(await self._web.conversation(*key)), channel=key[1])


def _roles_in(groups: _UserGroups, user_id: str) -> frozenset[str]:
    return frozenset(group for group, people in groups.items() if user_id in people)


def _name(user: Mapping[str, Any], us: Us) -> str:
    return asker_in(user, us).name
