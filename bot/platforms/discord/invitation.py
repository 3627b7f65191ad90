"""How the bot is brought into a server: the link, with exactly what it needs there. Pure."""

import binascii
from base64 import urlsafe_b64decode
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

PERMISSIONS: Final[Mapping[str, int]] = MappingProxyType(
    {
        "View Channels": 1 << 10,
        "Send Messages": 1 << 11,
        "Embed Links": 1 << 14,
        "Attach Files": 1 << 15,
        "Read Message History": 1 << 16,
        "Create Public Threads": 1 << 35,
        "Send Messages in Threads": 1 << 38,
    }
)
"""What the bot needs in a server, as Discord's settings call it, with Discord's bits."""

_ADMINISTRATOR: Final = 1 << 3


def invitation(application_id: str) -> str:
    """Return the link that brings the bot into a server, or brings it what it lacks there."""
    return (
        f"https://discord.com/oauth2/authorize?client_id={application_id}"
        f"&scope=bot+applications.commands&permissions={sum(PERMISSIONS.values())}"
    )


def lacking(granted: int) -> list[str]:
    """Return the names of what is needed and not among the bits that are granted."""
    if granted & _ADMINISTRATOR:
        return []
    return [name for name, bit in PERMISSIONS.items() if not granted & bit]


def application_of(token: str) -> str:
    """Return whose token it is: its first part is the id; empty when it has not the shape."""
    first, _, rest = token.partition(".")
    padded = first + "=" * (-len(first) % 4)
    try:
        found = urlsafe_b64decode(padded.encode()).decode("ascii")
    except (binascii.Error, UnicodeError):
        return ""
    return found if found.isdecimal() and rest.count(".") == 1 else ""
