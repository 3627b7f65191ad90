"""Where the log goes: one line of JSON for each thing worth noting, never with content."""

import json
import logging
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Final

_LONGEST_BYTES: Final = 5_000_000
_KEPT_FILES: Final = 2

# What of ours is worth a line; outside libraries speak up only when something is wrong.
_OURS: Final = ("bot", "routing")


class _JsonLines(logging.Formatter):
    """One JSON object a line; what a message carries under `fields` becomes keys of its own."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "at": self.formatTime(record),
            "level": record.levelname.lower(),
            "where": record.name,
            "what": record.getMessage(),
            **getattr(record, "fields", {}),
        }
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)


def log_to_stderr() -> None:
    """Send the log to stderr: what runs unattended has somebody to keep it."""
    _begin(logging.StreamHandler())


def log_to(folder: Path) -> None:
    """Send the log to `pointsman.log` in a folder, so that it never mixes with a conversation.

    Where the folder cannot be written there is no log; whatever else needs it will say so.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        (folder / "pointsman.log").touch(mode=0o600)
        handler: logging.Handler = RotatingFileHandler(
            folder / "pointsman.log",
            maxBytes=_LONGEST_BYTES,
            backupCount=_KEPT_FILES,
            encoding="utf-8",
        )
    except OSError:
        handler = logging.NullHandler()
    _begin(handler)


def _begin(handler: logging.Handler) -> None:
    handler.setFormatter(_JsonLines())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    for name in _OURS:
        logging.getLogger(name).setLevel(logging.INFO)
