"""What people call the same thing on each chat service. Pure."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from routing.query import Origin

_TENANTS: Final[Mapping[str, str]] = MappingProxyType({"slack": "workspace"})


def here_words(origin: Origin) -> str:
    """Return where somebody's own usage counts together: a server, a workspace, or between two."""
    if origin.platform == "terminal":
        return "in this terminal"
    if origin.private and origin.platform == "discord":  # there it is a tenant of its own
        return "in our direct messages"
    if origin.platform == "discord" and origin.tenant.startswith("group-"):  # and so it is there
        return "in this group"
    return f"in this {tenant_word(origin.platform)}"


def on_words(platform: str) -> str:
    """Return where somebody is who is on a platform: `on Discord`, `in the terminal`."""
    return "in the terminal" if platform == "terminal" else f"on {platform.capitalize()}"


def tenant_word(platform: str) -> str:
    """Return what people there call a tenant: a server, or a workspace on Slack."""
    return _TENANTS.get(platform, "server")
