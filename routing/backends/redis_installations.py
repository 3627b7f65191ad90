"""Keeps in Redis which workspaces installed the app; whoever reads the store finds no token."""

import json
from dataclasses import asdict, replace
from datetime import datetime
from typing import Final

from routing.backends.keys import Keys
from routing.backends.redis import Connection
from routing.backends.sealing import Seal
from routing.installations import Installation, SealBroken
from routing.read_back import read_as

_SCHEMA: Final = 1


class RedisInstallations:
    """One sealed key for each workspace or organisation, and one for each installing browser."""

    def __init__(self, connection: Connection, keys: Keys, seal: Seal) -> None:
        self._connection = connection
        self._keys = keys
        self._seal = seal

    async def keep(self, installation: Installation) -> None:
        """Keep an installation in place of an earlier one of the same workspace."""
        key = self._keys.installation(installation.team, installation.enterprise)
        await self._connection.command("SET", key, self._seal.seal(_line(installation)))

    async def join(self, team: str, enterprise: str) -> None:
        """Note that a workspace belongs to an organisation that installed the app as a whole."""
        await self._connection.command("SET", self._keys.member(team), enterprise)

    async def find(self, team: str) -> Installation | None:
        """Return a workspace's installation, else its organisation's; None when there is neither.

        Raises:
            SealBroken: It cannot be opened with the keys there are.
        """
        if found := await self.of(team, ""):
            return found
        enterprise = await self._connection.command("GET", self._keys.member(team))
        return await self.of("", enterprise.decode()) if isinstance(enterprise, bytes) else None

    async def forget(self, team: str, enterprise: str = "") -> None:
        """Forget what is kept of a workspace; without `team`, of an organisation as a whole."""
        await self._connection.command("DEL", self._keys.installation(team, enterprise))

    async def expect(self, state: str, within_s: int) -> None:
        """Remember that somebody who bears a state is about to install."""
        await self._connection.command("SET", self._keys.installing(state), 1, "EX", within_s)

    async def is_expected(self, state: str) -> bool:
        """Tell whether a state was given out lately, once: it is forgotten then."""
        return await self._connection.command("GETDEL", self._keys.installing(state)) is not None

    async def of(self, team: str, enterprise: str = "") -> Installation | None:
        """Return what is kept of just that workspace; without `team`, of just an organisation.

        Raises:
            SealBroken: It cannot be opened with the keys there are.
        """
        found = await self._connection.command("GET", self._keys.installation(team, enterprise))
        if not isinstance(found, bytes):
            return None
        installation = _installation(self._seal.open(found.decode("ascii", "replace")))
        # Else whoever can write to the store could give one workspace another's token.
        if (installation.team or installation.enterprise) != (team or enterprise):
            raise SealBroken("what is kept of an installation is another workspace's")
        return installation


def _line(installation: Installation) -> str:
    given = asdict(installation) | {"installed_at": installation.installed_at.isoformat()}
    return json.dumps({"v": _SCHEMA, **given})


def _installation(line: str) -> Installation:
    try:
        given = json.loads(line)
        if given.pop("v") != _SCHEMA:
            raise SealBroken("what is kept of an installation was written by a newer Pointsman")
        made = read_as(Installation, given)
        at = datetime.fromisoformat(given["installed_at"])
        return replace(made, scopes=tuple(made.scopes), installed_at=at)
    except (ValueError, KeyError, TypeError) as error:
        raise SealBroken("what is kept of an installation cannot be read") from error
