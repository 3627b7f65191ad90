"""Events that were acknowledged before they were taken in: files, until they are.

A process that is killed in between leaves them behind, and the next one on that folder takes them
in. Processes of one machine may share the folder: what is taken in twice is known by its identity.
"""

import json
import logging
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Final
from uuid import uuid4

from bot.platforms.slack.ports import Payload
from routing.clock import Clock

UNHEARD: Final = "slack_unheard"
"""The folder's name in the state folder."""

_KNOWN_FOR: Final = timedelta(hours=24)
"""So long an identity is known for sure; after that, better not heard than heard twice."""

_log = logging.getLogger(__name__)


class Unheard:
    """Keeps events in a folder.

    Args:
        folder: Made when it is needed.
        clock: Tells how old an event is.
    """

    def __init__(self, folder: Path, clock: Clock) -> None:
        self._folder = folder
        self._clock = clock

    def keep(self, payload: Payload) -> Path | None:
        """Keep an event; None where the disk does not take it.

        It blocks while a small file is written: where that is needed, a thread comes too late.
        """
        path = self._folder / f"{uuid4().hex}.json"
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            path.write_text(json.dumps(payload), encoding="utf-8")
        except OSError as error:
            _log.error("an event that is not taken in yet could not be kept: %s", error)
            return None
        return path

    def forget(self, kept: Path) -> None:
        """Keep an event no longer: it is taken in."""
        with suppress(OSError):
            kept.unlink(missing_ok=True)

    def of_person(self, person: str) -> list[Path]:
        """Return the files of what somebody said, also before it was changed or deleted."""
        return [path for path in self._paths() if person in _authors_in(_text_of(path))]

    def left(self) -> Iterator[tuple[Path, Payload]]:
        """Yield what was left behind, the oldest first."""
        found = [(path, payload) for path in self._paths() if (payload := self._read(path))]
        yield from sorted(found, key=lambda each: _ts(each[1]))

    def _paths(self) -> list[Path]:
        return list(self._folder.glob("*.json")) if self._folder.is_dir() else []

    def _read(self, path: Path) -> Payload | None:
        """Read an event; one that is old, or whose process died while it wrote, is dropped."""
        try:
            payload: Payload = json.loads(path.read_text(encoding="utf-8"))
            age_s = self._clock.now().timestamp() - _ts(payload)
        except OSError:  # another process has just taken it in
            return None
        except (ValueError, TypeError, KeyError):
            age_s = _KNOWN_FOR.total_seconds()
        if age_s >= _KNOWN_FOR.total_seconds():
            self.forget(path)
            return None
        return payload


def _text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError:  # another process has just taken it in
        return ""


def _authors_in(text: str) -> set[str]:
    """Return who wrote what an event is about; whoever else it names has no part in it."""
    try:
        event = json.loads(text)["event"]
        about = (event, event.get("message"), event.get("previous_message"))
        return {str(each.get("user")) for each in about if each}
    except (ValueError, TypeError, KeyError, AttributeError):  # not written to its end
        return set()


def _ts(payload: Payload) -> float:
    return float(payload["event"]["event_ts"])
