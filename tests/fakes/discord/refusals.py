"""The ways Discord's REST API says no, with the bodies it sends."""

from typing import Any, Final

Json = dict[str, Any]


class Refused(Exception):
    """A request is not carried out.

    Attributes:
        status: Of HTTP.
        body: As Discord phrases it.
        headers: Beyond those of the rate limit.
    """

    def __init__(
        self,
        status: int,
        code: int,
        message: str,
        *,
        more: Json | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(f"{status} {code}: {message}")
        self.status = status
        self.body: Json = {"message": message, "code": code, **(more or {})}
        self.headers = headers or {}


_KNOWN: Final[dict[int, tuple[int, str]]] = {
    10003: (404, "Unknown Channel"),
    10004: (404, "Unknown Guild"),
    10007: (404, "Unknown Member"),
    10008: (404, "Unknown Message"),
    10013: (404, "Unknown User"),
    10015: (404, "Unknown Webhook"),
    10062: (404, "Unknown interaction"),
    10063: (404, "Unknown application command"),
    30032: (400, "Maximum number of application commands reached (100)"),
    30034: (400, "Maximum number of daily application command creates has been reached (200)"),
    40005: (413, "Request entity too large"),
    40060: (400, "Interaction has already been acknowledged."),
    40094: (400, "This interaction has reached its maximum number of follow up messages"),
    50001: (403, "Missing Access"),
    50005: (403, "Cannot edit a message authored by another user"),
    50006: (400, "Cannot send an empty message"),
    50007: (403, "Cannot send messages to this user"),
    50013: (403, "Missing Permissions"),
    50021: (403, "Cannot execute action on a system message"),
    50024: (400, "Cannot execute action on this channel type"),
    50027: (401, "Invalid Webhook Token"),
    50083: (400, "Thread is archived"),
    160002: (400, "Cannot reply without permission to read message history"),
    160004: (400, "A thread has already been created for this message"),
}


def refused(code: int) -> Refused:
    """Return one of Discord's refusals by its code."""
    status, message = _KNOWN[code]
    return Refused(status, code, message)


def unauthorized() -> Refused:
    """Return the answer to a wrong token."""
    return Refused(401, 0, "401: Unauthorized")


def not_found() -> Refused:
    """Return the answer to a path nobody serves."""
    return Refused(404, 0, "404: Not Found")


class FormErrors:
    """What is wrong with a form, gathered as Discord nests it."""

    def __init__(self) -> None:
        self._tree: Json = {}

    def add(self, path: str, code: str, message: str) -> None:
        """Note what is wrong at a dotted path, such as `embeds.0.title`."""
        node = self._tree
        for step in path.split("."):
            node = node.setdefault(step, {})
        node.setdefault("_errors", []).append({"code": code, "message": message})

    def at_most(self, path: str, text: object, limit: int) -> None:
        """Note a text longer than its limit, in Unicode characters."""
        if isinstance(text, str) and len(text) > limit:
            self.add(path, "BASE_TYPE_MAX_LENGTH", f"Must be {limit} or fewer in length.")

    def raise_any(self) -> None:
        """Refuse the form if anything is wrong with it.

        Raises:
            Refused: 50035, with each error at its place.
        """
        if self._tree:
            raise self.refusal()

    def refusal(self) -> Refused:
        """Return 50035 with each error at its place."""
        return Refused(400, 50035, "Invalid Form Body", more={"errors": self._tree})
