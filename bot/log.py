"""Where the log goes: one line for each thing worth noting, as JSON or for people to read.

Never with content. The standard library's loggers carry it: outside libraries speak through them
anyway, and all that is ours is two short formatters.
"""

import json
import logging
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Final

from config.observing import LogSettings

_LONGEST_BYTES: Final = 5_000_000
_KEPT_FILES: Final = 2

# What of ours is worth a line; outside libraries speak up only when something is wrong, at any
# level: what they say below that holds what people write, and keys.
_OURS: Final = ("bot", "routing")

_SHORT_CHARS: Final = 8

_answering: ContextVar[str] = ContextVar("answering", default="")


def short_id(reply_id: str) -> str:
    """Return the name of an answer as people are shown it and the log's lines carry it."""
    return reply_id[:_SHORT_CHARS]


@contextmanager
def answering(reply_id: str) -> Iterator[None]:
    """Let every line that is logged within, also by tasks begun there, name the answer."""
    before = _answering.set(short_id(reply_id))
    try:
        yield
    finally:
        _answering.reset(before)


def log_to_stderr(settings: LogSettings) -> None:
    """Send the log to stderr: what runs unattended has somebody to keep it."""
    is_read = settings.form == "console" or (settings.form == "auto" and sys.stderr.isatty())
    _begin(logging.StreamHandler(), _ConsoleLines() if is_read else _JsonLines(), settings)


def log_to(folder: Path, settings: LogSettings) -> None:
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
    _begin(handler, _ConsoleLines() if settings.form == "console" else _JsonLines(), settings)


def _begin(handler: logging.Handler, form: logging.Formatter, settings: LogSettings) -> None:
    handler.setFormatter(form)
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    log_from(settings.level)


def log_from(level: str) -> None:
    """Log what is at least of a level of what the bot says itself."""
    for name in _OURS:
        logging.getLogger(name).setLevel(level.upper())


class _JsonLines(logging.Formatter):
    """One JSON object a line; what a message carries under `fields` becomes keys of its own."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "at": _moment(record).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "where": record.name,
            "what": record.getMessage(),
            **_fields(record),
        }
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)


class _ConsoleLines(logging.Formatter):
    """The time, the level where it is not the usual one, what happened, and the fields."""

    def format(self, record: logging.LogRecord) -> str:
        level = "" if record.levelno == logging.INFO else f"{record.levelname.lower()}: "
        told = [f"{name}={value}" for name, value in _fields(record).items() if _is_short(value)]
        at = f"{_moment(record).astimezone():%H:%M:%S}"
        line = "  ".join([at, f"{level}{record.getMessage()}", *told])
        if record.exc_info:
            line = f"{line}\n{self.formatException(record.exc_info)}"
        return line


def _moment(record: logging.LogRecord) -> datetime:
    return datetime.fromtimestamp(record.created, UTC)


def _fields(record: logging.LogRecord) -> Mapping[str, object]:
    given: Mapping[str, object] = getattr(record, "fields", {})
    reply = _answering.get()
    return {"reply": reply, **given} if reply else given


def _is_short(value: object) -> bool:
    """Tell whether a person wants to read it in a line: not what a decision replays from."""
    return not isinstance(value, dict) and value not in ("", [], None)
