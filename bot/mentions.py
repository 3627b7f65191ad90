"""Ids of people, channels and roles as mentions, which chat services show as names. Pure.

Each platform makes text of every mention it is to show; of a notice that has mentions of the bot's
own, it lets these be, and calls nobody by them.
"""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from routing.orders import Of
from routing.query import Origin

_NUMBER: Final = "[0-9]{1,20}"
_FORMS: Final[Mapping[tuple[str, Of], tuple[str, str]]] = MappingProxyType(
    {
        ("discord", Of.USER): ("<@{}>", _NUMBER),
        ("discord", Of.CHANNEL): ("<#{}>", _NUMBER),
        ("discord", Of.ROLE): ("<@&{}>", _NUMBER),
        ("slack", Of.USER): ("<@{}>", "[UW][A-Z0-9]+"),
        ("slack", Of.CHANNEL): ("<#{}>", "[CG][A-Z0-9]+"),
        ("slack", Of.ROLE): ("<!subteam^{}>", "S[A-Z0-9]+"),
    }
)
"""How each platform writes a mention, and which ids it has."""

NOT_FOUND: Final = "not found here"
"""Said of who or what is gone, never was there, or cannot be seen."""


def mention(of: Of, who: str, reader: Origin) -> str:
    """Return what shows somebody or something by its name; empty where only its id tells.

    Args:
        of: What it is.
        who: Its id, with or without platform and tenant before it: `discord:1`, `slack:T1:C1`.
        reader: Who reads it, where.
    """
    bare = own_id(who, reader)
    form, _ = _FORMS.get((reader.platform, of), ("", ""))
    return form.format(bare) if is_mentionable(of, bare, reader) else ""


def own_id(who: str, reader: Origin) -> str:
    """Return an id as the reader's platform has it, without platform and tenant before it."""
    here = f"{reader.platform}:"
    return who.removeprefix(f"{here}{reader.tenant}:").removeprefix(here)


def is_mentionable(of: Of, bare: str, reader: Origin) -> bool:
    """Tell whether an id is of the form that such ids have on the reader's platform."""
    _, ids = _FORMS.get((reader.platform, of), ("", ""))
    return bool(ids and re.fullmatch(ids, bare))


def named(of: Of, who: str, reader: Origin) -> str:
    """Return the same; the id as code where only that tells."""
    quiet = who.replace("`", "") or "unknown"
    return mention(of, who, reader) or f"`{quiet}`"
