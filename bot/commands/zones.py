"""Time zones as people type them. Pure."""

from zoneinfo import available_timezones

from bot.commands.words import NotUnderstood, nearest, shown
from config.zones import zone_named


def known_zone(name: str) -> str:
    """Return the name of a time zone that there is.

    Raises:
        NotUnderstood: There is none of that name.
    """
    try:
        zone_named(name)
    except ValueError:
        guess = nearest(name, available_timezones()) or " One is `Europe/Berlin`."
        told = f"I know no time zone `{shown(name)}`.{guess} Nothing is changed."
        raise NotUnderstood(told) from None
    return name
