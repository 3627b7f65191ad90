"""The ways Slack's Web API says no, with the bodies it sends."""

from typing import Any

Json = dict[str, Any]


class Refused(Exception):
    """A request is not carried out.

    Attributes:
        status: Of HTTP; Slack answers nearly all with 200.
        body: As Slack phrases it.
        headers: Beyond the usual ones.
    """

    def __init__(self, error: str, *, status: int = 200, more: Json | None = None) -> None:
        super().__init__(error)
        self.error = error
        self.status = status
        self.body: Json = {"ok": False, "error": error, **(more or {})}
        self.headers: dict[str, str] = {}


def refused(error: str, *messages: str) -> Refused:
    """Return a refusal by its code, with what Slack says beyond it."""
    if not messages:
        return Refused(error)
    written = [f"[ERROR] {message}" for message in messages]
    more: Json = {"response_metadata": {"messages": written}}
    if error == "invalid_blocks":
        more["errors"] = list(messages)
    return Refused(error, more=more)


def missing_scope(needed: str, provided: set[str]) -> Refused:
    """Return the answer to a token that may not do this."""
    return Refused("missing_scope", more={"needed": needed, "provided": ",".join(sorted(provided))})


def crowded(retry_after_s: int) -> Refused:
    """Return the answer to one request too many."""
    refusal = Refused("ratelimited", status=429)
    refusal.headers = {"Retry-After": str(retry_after_s)}
    return refusal
