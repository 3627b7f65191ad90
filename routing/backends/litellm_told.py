"""What a host said about a failure, and how much of it may be shown."""

import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from math import isfinite
from typing import Final, Self

from routing.backends.litellm_import import Untyped
from routing.backends.litellm_lines import ErrorEvent

_LONGEST_MESSAGE_CHARS: Final = 180
_LONGEST_RETRY_S: Final = 3600.0

_ECHO_CHARS: Final = 12
"""A message that has so many characters in a row in common with the question repeats it."""

_KEY_ECHO_CHARS: Final = 6
_SHORTEST_ECHO_CHARS: Final = 4

_KEY_LIKE: Final = re.compile(
    r"(?i:bearer) +\S+|\b(?:sk|gsk|csk|xai|hf|pplx|nvapi|tgp|fw|key)[-_]\S{4,}"
    r"|\bAIza\S+|\b(?:AKIA|ASIA)\w{8,}|\S*\*{3}\S*|\b[A-Za-z0-9_-]{40,}"
)


@dataclass(frozen=True, slots=True)
class Told:
    """What a host said, over HTTP or within its stream.

    Attributes:
        status: The HTTP status; None within a stream.
        message: In the host's words.
        codes: The host's own names for the failure.
        retry_after_s: How long it asks to be left alone.
    """

    status: int | None
    message: str
    codes: frozenset[str]
    retry_after_s: float | None = None

    @classmethod
    def by(cls, chain: Iterable[BaseException]) -> Self | None:
        """Find the host's words in a chain of errors; None if it said nothing."""
        for link in chain:
            if type(link).__name__.endswith("HTTPStatusError"):
                return cls._over_http(link.response)  # type: ignore[attr-defined] # httpx's, known by name
            if isinstance(link, ErrorEvent) or type(link).__module__.startswith("openai"):
                body = getattr(link, "body", None)
                if body is not None and getattr(link, "status_code", None) is None:
                    return cls(None, *_message_and_codes(body))
        return None

    @classmethod
    def _over_http(cls, response: Untyped) -> Self:
        body: object = None
        with suppress(Exception):  # not read, not JSON, badly compressed: then it says nothing
            body = response.json()
        message, codes = _message_and_codes(body)
        retry_after_s = _retry_after_s(response.headers.get("retry-after", ""))
        return cls(response.status_code, message, codes, retry_after_s)

    def reason(self, said: Iterable[str], key: str) -> str:
        """Return it on one short line, without anything `said` and without the key."""
        message = self.message[: 2 * _LONGEST_MESSAGE_CHARS]
        if _repeats(message, key, _KEY_ECHO_CHARS) or any(
            _repeats(message, text, _ECHO_CHARS) for text in said
        ):
            message = ""
        message = " ".join(_KEY_LIKE.sub("…", message).split())[:_LONGEST_MESSAGE_CHARS]
        if self.status is None:
            return message or "an error within the stream"
        return f"{self.status} {message or _phrase(self.status)}".rstrip()


def _message_and_codes(body: object) -> tuple[str, frozenset[str]]:
    error = body.get("error", body) if isinstance(body, Mapping) else body
    if not isinstance(error, Mapping):
        return (error, frozenset()) if isinstance(error, str) else ("", frozenset())
    named = (error.get(name) for name in ("code", "type", "status"))
    message = error.get("message") or error.get("detail")
    return (
        message if isinstance(message, str) else "",
        frozenset(code for code in named if isinstance(code, str)),
    )


def _repeats(message: str, text: str, run_chars: int) -> bool:
    if len(text) < run_chars:
        return len(text) >= _SHORTEST_ECHO_CHARS and text in message
    starts = range(len(message) - run_chars + 1)
    return any(message[start : start + run_chars] in text for start in starts)


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:  # some hosts have their own, as 529
        return ""


def _retry_after_s(header: str) -> float | None:
    """Read seconds or an HTTP date; never negative, never very long."""
    try:
        seconds = float(header)
    except ValueError:
        try:
            moment = parsedate_to_datetime(header)
        except ValueError:
            return None
        aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        seconds = (aware - datetime.now(UTC)).total_seconds()
    return min(max(seconds, 0.0), _LONGEST_RETRY_S) if isfinite(seconds) else None
