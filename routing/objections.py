"""Why a model is passed over. Pure values."""

from dataclasses import dataclass
from enum import StrEnum


class Reason(StrEnum):
    """The name of an objection, as a person can be shown it."""

    DISABLED = "switched off"
    ORDERED_OFF = "switched off here by an admin"
    NOT_CONFIGURED = "not set up"
    NOT_ASKED_FOR = "not asked for"
    RULE = "a rule forbids it"
    LACKS_CAPABILITY = "cannot do it"
    CONTEXT_TOO_SMALL = "too small for it"
    OVER_PRICE = "too dear"
    RESTING = "resting after failures"
    STAND_IN = "only when alone"


@dataclass(frozen=True, slots=True)
class Objection:
    """Why one model is passed over.

    Attributes:
        reason: The kind.
        detail: What exactly: the missing variable, the rule's name, the price; may be empty.
        rule: The name of the rule that forbids it, if one does; also where that is not the reason.
    """

    reason: Reason
    detail: str = ""
    rule: str = ""

    def __str__(self) -> str:
        return f"{self.reason} ({self.detail})" if self.detail else self.reason
