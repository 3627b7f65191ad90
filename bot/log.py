"""Where the log goes: one line for each thing worth noting, as JSON or for people to read.

Never with content. Everybody speaks through the standard library's loggers, as outside libraries do
anyway; structlog makes the lines of what they say.
"""

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Final

from structlog.contextvars import bound_contextvars, merge_contextvars
from structlog.dev import ConsoleRenderer, plain_traceback
from structlog.processors import EventRenamer, JSONRenderer, format_exc_info
from structlog.stdlib import ProcessorFormatter
from structlog.typing import EventDict, Processor, WrappedLogger

from config.observing import LogSettings

_LONGEST_BYTES: Final = 5_000_000
_KEPT_FILES: Final = 2

# What of ours is worth a line; outside libraries speak up only when something is wrong, at any
# level: what they say below that holds what people write, and keys.
_OURS: Final = ("bot", "routing")

_SHORT_CHARS: Final = 8


def short_id(reply_id: str) -> str:
    """Return the name of an answer as people are shown it and the log's lines carry it."""
    return reply_id[:_SHORT_CHARS]


@contextmanager
def answering(reply_id: str) -> Iterator[None]:
    """Let every line that is logged within, also by tasks begun there, name the answer."""
    with bound_contextvars(reply=short_id(reply_id)):
        yield


def log_to_stderr(settings: LogSettings) -> None:
    """Send the log to stderr: what runs unattended has somebody to keep it."""
    is_read = settings.form == "console" or (settings.form == "auto" and sys.stderr.isatty())
    form = _for_people(is_coloured=sys.stderr.isatty()) if is_read else _for_machines()
    _begin(logging.StreamHandler(), form, settings)


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
    is_read = settings.form == "console"
    _begin(handler, _for_people(is_coloured=False) if is_read else _for_machines(), settings)


def _begin(handler: logging.Handler, form: logging.Formatter, settings: LogSettings) -> None:
    handler.setFormatter(form)
    handler.addFilter(_put_together)
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    log_from(settings.level)


def log_from(level: str) -> None:
    """Log what is at least of a level of what the bot says itself."""
    for name in _OURS:
        logging.getLogger(name).setLevel(level.upper())


def _for_machines() -> logging.Formatter:
    """Return what makes one JSON object a line."""
    return _lines(
        EventRenamer("what"), format_exc_info, JSONRenderer(default=str, ensure_ascii=False)
    )


def _for_people(*, is_coloured: bool) -> logging.Formatter:
    """Return what makes lines for people: never with the variables of a traceback."""
    return _lines(
        _readable,
        ConsoleRenderer(
            colors=is_coloured,
            timestamp_key="at",
            pad_event_to=0,
            sort_keys=False,
            exception_formatter=plain_traceback,
        ),
    )


def _lines(*rendered: Processor) -> logging.Formatter:
    return ProcessorFormatter(
        foreign_pre_chain=[_with_fields, merge_contextvars],
        processors=[ProcessorFormatter.remove_processors_meta, *rendered],
    )


def _put_together(record: logging.LogRecord) -> bool:
    """Let a message that cannot take its arguments be told as it stands.

    Discord's library puts a stack with percent signs in one when a heartbeat is late.
    """
    try:
        record.getMessage()
    except Exception:  # noqa: BLE001 # what is told is anybody's; who tells it is not to fail
        record.msg = record.msg if isinstance(record.msg, str) else repr(type(record.msg))
        record.args = ()
    return True


def _with_fields(_logger: WrappedLogger, level: str, event: EventDict) -> EventDict:
    """Add when and where, and what a message carries under `fields`, as keys of their own."""
    record: logging.LogRecord = event["_record"]
    at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
    fields = getattr(record, "fields", {})
    return {"at": at, "level": level, "where": record.name, **event, **fields}


def _readable(_logger: WrappedLogger, _level: str, event: EventDict) -> EventDict:
    """Leave out what nobody wants to read in a line, as what a decision replays from."""
    told = {
        name: value
        for name, value in event.items()
        if not isinstance(value, dict) and value not in ("", [], None)
    }
    told["at"] = f"{datetime.fromisoformat(told['at']).astimezone():%H:%M:%S}"
    del told["where"]
    return told
