"""What the state folder of this machine has of somebody: events, and what they typed here."""

from collections.abc import Sequence
from pathlib import Path

from bot.platforms.slack.doors.unheard import UNHEARD, Unheard
from bot.platforms.terminal_identity import TYPED, terminal_origin
from routing.clock import Clock
from routing.forgetting import Somebody


def files_of(whom: Somebody, state_dir: Path) -> Sequence[Path]:
    """Return the files that are somebody's alone."""
    if whom.platform == "slack":
        return Unheard(state_dir / UNHEARD, Clock()).of_person(whom.person)
    typed = state_dir / TYPED
    return [typed] if whom.asker == terminal_origin().asker and typed.exists() else []
