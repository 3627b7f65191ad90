"""Every way a query can go unanswered.

RoutingError
├── QuotaExceeded        an allowance is spent; it returns at a known time, or not by itself
├── NoModelFits          no configured model may or can answer
├── Paused               an admin stopped all answers, here or everywhere
├── NotAdmitted          an admin does not let this person ask, or not here
├── OrdersFull           a server has as many orders as it may have
├── LimitsFull           a server has as many limits as it may have
├── ModelFailed          one model did not answer
│   ├── ModelBusy            try another, or this one after a pause
│   ├── ModelUnreachable     try another
│   ├── AccessRefused        the host refuses us: key, credit, region or model name; try another
│   ├── RequestInvalid       the host does not take our request as it is; another may
│   ├── QueryTooLong         more tokens than the model takes; try another
│   ├── AnswerBroken         what came is not a whole answer; try another
│   ├── ModelsDisagreed      another that was asked beside it says something else; try a better one
│   └── QueryRefused         another would be asked the same thing: stop
├── AllModelsFailed      every candidate failed; holds each ModelFailed in order
├── Superseded           another worker answers it now
└── StoreUnavailable     the store did not answer in time
    ├── SpendingClosed       so nothing that costs money may be asked
    └── StoreNotUnderstood   what is kept there is for another version of the bot
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from re import sub
from typing import ClassVar

from routing.holds import Level
from routing.objections import Objection
from routing.pricing import Usage


class RoutingError(Exception):
    """A query goes unanswered."""


def kind_of(error: RoutingError) -> str:
    """Name what happened in lower case, as numbers and the log do: `quota_exceeded`."""
    return sub(r"(?<!^)(?=[A-Z])", "_", type(error).__name__).lower()


@dataclass(frozen=True, slots=True)
class Refusal:
    """One limit without room.

    Attributes:
        level: The limit, and how far it is used.
        resets_at: When enough is free again at the latest, aware and in UTC; None when that takes
            an answer that ends, an admin, or a smaller question.
    """

    level: Level
    resets_at: datetime | None


class QuotaExceeded(RoutingError):
    """An allowance is spent.

    Attributes:
        refusals: Every limit that has no room; never empty.
    """

    def __init__(self, refusals: tuple[Refusal, ...]) -> None:
        limits = (each.level.limit for each in refusals)
        super().__init__("; ".join(f"{each.scope} {each.unit} {each.window}" for each in limits))
        self.refusals = refusals

    @property
    def resets_at(self) -> datetime | None:
        """Return when all of them have room; None when one has none by itself."""
        moments = [each.resets_at for each in self.refusals]
        known = [moment for moment in moments if moment is not None]
        return max(known) if len(known) == len(moments) else None


class NoModelFits(RoutingError):
    """No configured model may or can answer.

    Attributes:
        passed_over: Each model's objection, in catalogue order.
        because: The rule that took the last model away, or empty.
        wanted: What the asker insisted on, or empty.
    """

    def __init__(
        self, passed_over: Mapping[str, Objection], because: str = "", wanted: str = ""
    ) -> None:
        reasons = "; ".join(f"{name}: {why}" for name, why in passed_over.items())
        super().__init__(reasons or "the catalogue is empty")
        self.passed_over = passed_over
        self.because = because
        self.wanted = wanted


class Paused(RoutingError):
    """An admin stopped all answers.

    Attributes:
        reason: What the admin said; may be empty.
        is_everywhere: Whether it was the operator.
    """

    def __init__(self, reason: str, *, is_everywhere: bool) -> None:
        super().__init__("paused everywhere" if is_everywhere else "paused here")
        self.reason = reason
        self.is_everywhere = is_everywhere


class NotAdmitted(RoutingError):
    """An admin does not let this person ask, or not here.

    Attributes:
        is_about_place: Whether they may ask elsewhere.
    """

    def __init__(self, why: str, *, is_about_place: bool) -> None:
        super().__init__(why)
        self.is_about_place = is_about_place


class OrdersFull(RoutingError):
    """A server has as many orders as it may have; nothing is changed."""


class LimitsFull(RoutingError):
    """A server has as many limits as it may have; nothing is changed."""


class ModelFailed(RoutingError):
    """One model did not answer.

    Attributes:
        model: The card's name.
        reason: What the host said or did, on one line, without content of the query.
        usage: What the host reported to have been used, if it did.
        billed: Whether the host got the question, so that its input may be charged.
    """

    worth_trying_another: ClassVar[bool] = True

    def __init__(
        self, model: str, reason: str, *, usage: Usage | None = None, billed: bool = False
    ) -> None:
        super().__init__(f"{model}: {reason}")
        self.model = model
        self.reason = reason
        self.usage = usage
        self.billed = billed


class ModelBusy(ModelFailed):
    """The host has too much to do, or we asked too often.

    Attributes:
        retry_after_s: How long the host asks to be left alone, if it said so.
    """

    def __init__(
        self,
        model: str,
        reason: str,
        *,
        usage: Usage | None = None,
        billed: bool = False,
        retry_after_s: float | None = None,
    ) -> None:
        super().__init__(model, reason, usage=usage, billed=billed)
        self.retry_after_s = retry_after_s


class ModelUnreachable(ModelFailed):
    """The host cannot be reached, broke down or did not answer in time."""


class AccessRefused(ModelFailed):
    """The host refuses us: wrong key, no credit, wrong region or no such model.

    It will go on doing so until the operator changes something.
    """


class RequestInvalid(ModelFailed):
    """The host does not take our request as it is."""


class QueryTooLong(ModelFailed):
    """Question and history are more than the model takes."""


class AnswerBroken(ModelFailed):
    """What came is not a whole answer: cut, malformed, empty or no stream at all."""


class ModelsDisagreed(ModelFailed):
    """It answered, but another model that was asked beside it says something else, or nothing."""


class QueryRefused(ModelFailed):
    """The provider rejects the query itself."""

    worth_trying_another = False


class AllModelsFailed(RoutingError):
    """Every candidate failed.

    Attributes:
        failures: What each tried model did, in order; never empty.
    """

    def __init__(self, failures: tuple[ModelFailed, ...]) -> None:
        super().__init__("; ".join(str(failure) for failure in failures))
        self.failures = failures


class Superseded(RoutingError):
    """A later worker has begun to answer the question: nothing more may be spent for it here."""


class StoreUnavailable(RoutingError):
    """The store did not answer in time."""


class SpendingClosed(StoreUnavailable):
    """The store did not answer, so nothing that costs money may be asked."""


class StoreNotUnderstood(StoreUnavailable):
    """What is kept in the store is for another version of the bot: this one leaves it alone."""
