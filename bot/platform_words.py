"""What people call the same thing on each chat service. Pure."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

_TENANTS: Final[Mapping[str, str]] = MappingProxyType({"slack": "workspace"})


def tenant_word(platform: str) -> str:
    """Return what people there call a tenant: a server, or a workspace on Slack."""
    return _TENANTS.get(platform, "server")
