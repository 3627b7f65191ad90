"""Measures how long answers are: noted when one ends, heard when a model is chosen.

Only the host's own count of a whole answer is noted: what a model thought unseen is in it.
"""

import logging
from collections.abc import Mapping
from typing import Final, NamedTuple, Protocol, TypeAlias

from config.catalog import TaskClass
from routing.clock import Clock
from routing.demand import NOTHING_MEASURED, Measured
from routing.errors import StoreUnavailable
from routing.reply import Outcome, Receipt

_ENOUGH_ANSWERS: Final = 30
"""Fewer of a model's answers to a kind of question tell less than its card."""

_REFRESH_S: Final = 60.0

_log = logging.getLogger(__name__)


class Tally(NamedTuple):
    """How many answers were counted, and their tokens together."""

    answers: int
    tokens: int


Tallies: TypeAlias = Mapping[TaskClass, Mapping[str, Tally]]
"""By kind of question and card name."""


class Lengths(Protocol):
    """Counts answers' lengths. Every method raises StoreUnavailable when it does not answer.

    Later answers count for more, and all is forgotten some time after the last one.
    """

    async def note(self, model: str, task: TaskClass, output_tokens: int) -> None:
        """Count the length of an answer, thinking included."""
        ...

    async def load(self) -> Tallies:
        """Return what was counted, by kind of question and model."""
        ...


class Measuring:
    """Knows the mean lengths of the deployment's own answers, looked for now and then.

    Attributes:
        measured: As far as enough answers were counted.
    """

    def __init__(self, lengths: Lengths, clock: Clock | None = None) -> None:
        self.measured: Measured = NOTHING_MEASURED
        self._lengths = lengths
        self._clock = clock or Clock()
        self._looked_at_s = self._clock.elapsed_s() - _REFRESH_S

    async def recall(self) -> None:
        """Have the means at hand; with the store away, those known before hold on."""
        now_s = self._clock.elapsed_s()
        if now_s - self._looked_at_s < _REFRESH_S:
            return
        # Noted before it is done: of many questions at once, one looks.
        self._looked_at_s = now_s
        try:
            tallies = await self._lengths.load()
        except StoreUnavailable as error:
            _log.warning("choosing without the latest lengths of answers: %s", error)
            return
        self.measured = {task: _means(by_model) for task, by_model in tallies.items()}

    async def note(self, receipt: Receipt, task: TaskClass) -> None:
        """Count the lengths of the answers on a receipt, if they are whole and their hosts told."""
        attempts = receipt.attempts
        if not _is_whole(receipt) or any(each.failure for each in attempts):
            return
        told = [each for each in attempts if each.is_reported and each.usage.output_tokens > 0]
        try:
            for each in told:
                await self._lengths.note(each.model, task, each.usage.output_tokens)
        except StoreUnavailable as error:
            _log.warning("the length of an answer is not counted: %s", error)


def _is_whole(receipt: Receipt) -> bool:
    """Tell whether an answer is as long as it was to be; a budget may have cut it short."""
    return receipt.outcome is Outcome.COMPLETE or (
        receipt.outcome is Outcome.LIMIT and not receipt.is_shortened
    )


def _means(by_model: Mapping[str, Tally]) -> dict[str, int]:
    return {
        model: max(round(tally.tokens / tally.answers), 1)
        for model, tally in by_model.items()
        if tally.answers >= _ENOUGH_ANSWERS
    }
