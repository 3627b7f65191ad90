"""A comparison, from two models at one question to both answers without their names.

It stands by itself: the models are told nothing of the conversation, which remembers nothing of it.
"""

import json
import logging
from collections.abc import AsyncGenerator, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Final

from bot.commands.command import AskTwo, Services
from bot.comparison_wording import WAITING, answers_markdown, unblinded_markdown, with_levels
from bot.draft import View
from bot.platforms.port import Message, Notice, OutgoingEvent, Sealed, Waiting
from routing.bill_lines import bill_from_value, bill_to_value
from routing.comparisons import (
    Author,
    Compared,
    Place,
    compared_from_value,
    compared_to_value,
    place_of,
)
from routing.errors import StoreUnavailable
from routing.holds import Level
from routing.query import Ordered, Query
from routing.read_back import read_as
from routing.reply import Bill, Ended
from routing.side_by_side import SideBySide, both_asked, price_of
from routing.stop import Stop

VERSION: Final = 1
"""Counts the forms of a line: raise it when a reader of the last one would go wrong."""

_COMPARED: Final = "compared"

DEARER_NOW: Final = Notice(
    "That costs more now than I told you before. Give the command again. Nothing was asked.",
    is_failure=True,
)

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class TwoAnswers:
    """What two models said, of which the cost is known, but not settled yet.

    Attributes:
        markdown: What is to be seen.
        place: Where.
        compared: What may be voted on; None for nothing.
        bills: What is to be settled.
    """

    markdown: str
    place: Place
    compared: Compared | None
    bills: tuple[Bill, ...]

    def notice(self, levels: tuple[Level, ...]) -> Notice:
        """Return what is said, with the limits that it brought near their end."""
        vote_on = self.compared.reply_id if self.compared else ""
        return Notice(with_levels(self.markdown, levels), vote_on=vote_on)


class Comparing:
    """Lets two models answer, and finishes what another worker left."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def answer(
        self, message: Message, wish: AskTwo, ordered: Ordered, stop: Stop, delivery: int
    ) -> AsyncGenerator[OutgoingEvent]:
        """Answer a question twice; both are seen at once, when both are there.

        Raises:
            RoutingError: There is no answer.
        """
        services = self._services
        query = query_of(services, message, wish.question, ordered)
        query = replace(query, reply_id=message.reply_id, delivery=delivery)
        standing = await services.ledger.standing(message.origin)
        catalog = services.settings.models
        most = price_of(services.router, query, standing, wish.models, catalog)
        if most > wish.most_microusd:
            yield DEARER_NOW
            return
        yield Waiting(WAITING)
        async with both_asked(services.router, query, wish.models, catalog, stop) as both:
            await both.ended()
            answers = self._answers(message, wish.question, both)
            yield Sealed(_to_line(answers))
            await both.settle()
            await self._keep(answers)
            yield answers.notice(_levels(both))

    async def finish(self, line: str) -> View:
        """Settle what another worker sealed, once however often, and return what is to be seen.

        Raises:
            ValueError: It is of another version: the question is to be asked anew.
        """
        answers = _from_line(line)
        levels: list[Level] = []
        for bill in answers.bills:
            levels += await self._services.router.settle(bill)
        await self._keep(answers)
        return View.of_notice(answers.notice(tuple(levels)))

    def _answers(self, message: Message, question: str, both: SideBySide) -> TwoAnswers:
        place = place_of(message.origin)
        ends = [side.ended for side in both.sides if side.ended]
        bills = tuple(end.bill for end in ends if end.bill)
        if not all(side.is_whole for side in both.sides):
            return TwoAnswers(unblinded_markdown(both.sides), place, None, bills)
        first, second = map(_author, ends)
        coarse = self._services.learning.coarse_of(question)
        compared = Compared(message.reply_id, (first, second), coarse)
        return TwoAnswers(answers_markdown(both.sides), place, compared, bills)

    async def _keep(self, answers: TwoAnswers) -> None:
        if answers.compared is None:
            return
        try:
            await self._services.comparisons.keep(answers.place, answers.compared)
        except StoreUnavailable as error:
            _log.warning("a comparison cannot be voted on: %s", error)


def query_of(services: Services, message: Message, question: str, ordered: Ordered) -> Query:
    """Return a question as both models are asked it."""
    return Query(
        text=question,
        origin=message.origin,
        system_prompt=services.settings.system_prompt,
        ordered=ordered,
        asked_at=message.at,
        is_compared=True,
    )


def is_comparison(line: str) -> bool:
    """Tell whether what another worker sealed is two answers."""
    given = json.loads(line)
    return isinstance(given, Mapping) and _COMPARED in given


def _author(ended: Ended) -> Author:
    receipt = ended.receipt
    return Author(
        receipt.reply_id,
        receipt.model,
        receipt.cost_microusd,
        receipt.is_reported,
        receipt.took_s,
    )


def _levels(both: SideBySide) -> tuple[Level, ...]:
    return tuple(level for side in both.sides if side.receipt for level in side.receipt.warnings)


def _to_line(answers: TwoAnswers) -> str:
    value: dict[str, Any] = {
        "version": VERSION,
        "markdown": answers.markdown,
        "place": asdict(answers.place),
        _COMPARED: answers.compared and compared_to_value(answers.compared),
        "bills": [bill_to_value(bill) for bill in answers.bills],
    }
    return json.dumps(value, separators=(",", ":"))


def _from_line(line: str) -> TwoAnswers:
    given = json.loads(line)
    if given.get("version") != VERSION:
        raise ValueError("of another version")
    try:
        compared = given[_COMPARED]
        return TwoAnswers(
            given["markdown"],
            read_as(Place, given["place"]),
            compared_from_value(compared) if compared else None,
            tuple(map(bill_from_value, given["bills"])),
        )
    except (KeyError, TypeError) as error:
        raise ValueError("no comparison") from error
