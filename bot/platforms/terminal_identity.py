"""Who and where somebody is who talks in the terminal."""

import getpass
from typing import Final

from routing.ports import Conversation
from routing.query import Origin

TYPED: Final = "terminal_history"
"""The file in the state folder of what was typed at the prompt."""


def terminal_origin() -> Origin:
    """Return where questions in this terminal come from: nobody but the user reads along."""
    return Origin(
        platform="terminal", tenant="local", place="terminal", person=_user(), private=True
    )


def terminal_conversation(origin: Origin) -> Conversation:
    """Return the one conversation a user has in the terminals of this machine."""
    return Conversation(origin.platform, origin.tenant, origin.place, person=origin.person)


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        # A container's user may have no name at all.
        return "me"
