"""Which workspaces installed the app, with the token to answer in each."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from routing.errors import RoutingError


class SealBroken(RoutingError):
    """What is kept of an installation was sealed with another key, or tampered with."""


@dataclass(frozen=True, slots=True)
class Installation:
    """One workspace, or one organisation as a whole, that installed the app.

    Attributes:
        team: The workspace; empty for a whole organisation.
        enterprise: The organisation; empty for a workspace that belongs to none.
        token: Of the bot there; never shown.
        bot_user: The bot's user there.
        name: What the workspace or organisation is called.
        scopes: What the bot may do there.
        installed_by: The person who installed it.
        installed_at: When, aware and in UTC.
    """

    team: str
    enterprise: str
    token: str = field(repr=False)
    bot_user: str
    name: str
    scopes: tuple[str, ...]
    installed_by: str
    installed_at: datetime


class Installations(Protocol):
    """Keeps installations, sealed. Every method raises StoreUnavailable when the store is away."""

    async def keep(self, installation: Installation) -> None:
        """Keep an installation in place of an earlier one of the same workspace."""
        ...

    async def join(self, team: str, enterprise: str) -> None:
        """Note that a workspace belongs to an organisation that installed the app as a whole."""
        ...

    async def find(self, team: str) -> Installation | None:
        """Return a workspace's installation, else its organisation's; None when there is neither.

        Raises:
            SealBroken: It cannot be opened with the keys there are.
        """
        ...

    async def of(self, team: str, enterprise: str = "") -> Installation | None:
        """Return what is kept of just that workspace; without `team`, of just an organisation.

        Raises:
            SealBroken: It cannot be opened with the keys there are.
        """
        ...

    async def forget(self, team: str, enterprise: str = "") -> None:
        """Forget what is kept of a workspace; without `team`, of an organisation as a whole."""
        ...

    async def expect(self, state: str, within_s: int) -> None:
        """Remember that somebody who bears a state is about to install."""
        ...

    async def is_expected(self, state: str) -> bool:
        """Tell whether a state was given out lately, once: it is forgotten then."""
        ...
