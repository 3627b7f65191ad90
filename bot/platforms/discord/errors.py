"""How Discord can refuse.

DiscordFailed
├── Gone           the message, channel or interaction is not there any more
├── Forbidden      the bot may not do that there
├── Invalid        Discord does not take the request as it is
├── Unreachable    no answer, or an error of Discord's own
└── Crowded        a write that can be left out would have had to wait

DiscordRefuses     the bot as a whole is not let in; trying again is of no use
"""

from typing import Final

import aiohttp

from bot.platforms.surface import NotLetIn

CONNECTION_FAILS: Final = (aiohttp.ClientError, OSError, TimeoutError)
"""What discord.py raises as it is, where Discord did not answer at all."""


class DiscordFailed(Exception):
    """One request to Discord was not carried out."""


class Gone(DiscordFailed):
    """What it is about is not there any more."""


class Forbidden(DiscordFailed):
    """The bot may not do that there.

    Attributes:
        permission: What it lacks, in Discord's words; empty when that is not known.
    """

    def __init__(self, reason: str, permission: str = "") -> None:
        super().__init__(f"{reason}, needs {permission}" if permission else reason)
        self.permission = permission


class Invalid(DiscordFailed):
    """Discord does not take the request as it is.

    Attributes:
        code: Discord's own for the reason; 0 for none.
    """

    def __init__(self, reason: str, code: int = 0) -> None:
        super().__init__(reason)
        self.code = code


class Unreachable(DiscordFailed):
    """Discord did not answer, or failed itself."""


class Crowded(DiscordFailed):
    """A write that can be left out would have had to wait.

    Attributes:
        wait_s: When it may be tried again.
    """

    def __init__(self, wait_s: float) -> None:
        super().__init__(f"no room for {wait_s:.2f} s")
        self.wait_s = wait_s


class DiscordRefuses(NotLetIn):
    """Discord does not let the bot in; the message says what to change."""
