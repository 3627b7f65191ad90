"""Two models answer one question side by side, to be compared: both, or neither, is asked.

Each answer is one of the router's like any other, to a wish for that model: by the same rules, at
its own price, settled once. What is said of both here is only when: no model is asked before there
is room for both, and nothing is settled before both have ended.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, replace
from typing import Final

from config.catalog import Catalog
from routing.background import beside
from routing.comparisons import is_turned
from routing.errors import RoutingError, Superseded
from routing.holds import Standing
from routing.policy import Candidate, Decision
from routing.query import Query
from routing.reply import Chosen, Ended, Finished, Outcome, Receipt, ReplyEvent, TextDelta
from routing.reserving import most_microusd
from routing.router import Router
from routing.stop import Stop
from routing.wishes import meant

_WHOLE: Final = frozenset({Outcome.COMPLETE, Outcome.LIMIT})


@dataclass(frozen=True, slots=True)
class Pair:
    """Two models to be compared.

    Attributes:
        models: Their cards' names.
        most_microusd: What both answers together cost at most.
    """

    models: tuple[str, str]
    most_microusd: int


def pair_for(
    router: Router, query: Query, standing: Standing, named: tuple[str, str] | None = None
) -> Pair | None:
    """Return the model that would answer and the next one; None where only one model may.

    Two hosts of one model are one.

    Args:
        router: Decides.
        query: For nobody in particular.
        standing: What is left to its asker.
        named: Two models, aliases or families that are wanted instead.

    Raises:
        NoModelFits: Nobody may or can answer, or one who is named.
    """
    if named:
        wishes = (replace(query, wanted=name) for name in named)
        decisions = [router.decide(wish, standing) for wish in wishes]
        demand, candidates = decisions[0].demand, [each.candidates[0] for each in decisions]
    else:
        decision = router.decide(query, standing)
        demand, candidates = decision.demand, list(decision.candidates)
    second = next((each for each in candidates if not _is_same(each, candidates[0])), None)
    if second is None:
        return None
    cards = candidates[0].card, second.card
    most = sum(most_microusd(card, demand) for card in cards)
    return Pair((cards[0].name, cards[1].name), most)


def price_of(
    router: Router, query: Query, standing: Standing, models: tuple[str, str], catalog: Catalog
) -> int:
    """Return what two models together cost at most, now.

    Raises:
        NoModelFits: One of them may not or cannot answer.
    """
    wishes = (_query_for(model, query, catalog) for model in models)
    decisions = [router.decide(wish, standing) for wish in wishes]
    return sum(most_microusd(each.candidates[0].card, each.demand) for each in decisions)


def _is_same(one: Candidate, other: Candidate) -> bool:
    return one.card.alias == other.card.alias


def _query_for(model: str, query: Query, catalog: Catalog, part: str = "") -> Query:
    """Return a question as it is for one model alone, and the cache has no part in it.

    Args:
        model: The card's name.
        query: As it was asked.
        catalog: Where other cards may have the same alias.
        part: What tells its answer from the other.
    """
    others = meant(model, catalog) - {model}
    ordered = replace(query.ordered, switched_off=query.ordered.switched_off | others)
    reply_id = f"{query.reply_id}{part}"
    return replace(query, wanted=model, ordered=ordered, reply_id=reply_id, is_compared=True)


class _Gate:
    """Lets both through once both are there, or nobody."""

    def __init__(self) -> None:
        self._arrived = 0
        self._is_open = asyncio.get_running_loop().create_future()

    @property
    def is_open(self) -> bool:
        """Tell whether both were let through."""
        return self._is_open.done() and bool(self._is_open.result())

    async def passed(self) -> bool:
        """Wait for the other one; tell whether to go on."""
        self._arrived += 1
        if self._arrived == 2:  # noqa: PLR2004 # both
            self._decide(is_open=True)
        return bool(await asyncio.shield(self._is_open))

    def close(self) -> None:
        """Let nobody through any more; those who are through go on."""
        self._decide(is_open=False)

    def _decide(self, *, is_open: bool) -> None:
        if not self._is_open.done():
            self._is_open.set_result(is_open)


class Side:
    """One of two answers.

    Attributes:
        text: What was said so far.
        ended: What is settled next; None before its end, and where there is no answer.
        receipt: As it was settled; None before.
        failure: Why there is no answer; None otherwise.
    """

    def __init__(self, gate: _Gate, settling: asyncio.Event) -> None:
        self.text = ""
        self.ended: Ended | None = None
        self.receipt: Receipt | None = None
        self.failure: Exception | None = None
        self._gate = gate
        self._settling = settling
        self._at_end = asyncio.Event()
        self._is_over = asyncio.Event()

    @property
    def decision(self) -> Decision | None:
        """Return by what it was chosen; None without an answer."""
        return self.ended.decision if self.ended else None

    @property
    def is_whole(self) -> bool:
        """Tell whether it is an answer that can be judged."""
        receipt = self.ended.receipt if self.ended else None
        return bool(receipt and self.text and receipt.outcome in _WHOLE)

    async def run(self, router: Router, query: Query, stop: Stop) -> None:
        """Let the model answer and settle what that cost, each when it is time."""
        try:
            async with aclosing(router.answer(query, stop)) as events:
                async for event in events:
                    if isinstance(event, Chosen) and not await self._gate.passed():
                        break
                    await self._take(event)
        except Exception as error:  # noqa: BLE001 # whoever waits for both raises it
            self.failure = error
        finally:
            self._gate.close()
            self._at_end.set()
            self._is_over.set()

    async def _take(self, event: ReplyEvent) -> None:
        match event:
            case TextDelta(text):
                self.text += text
            case Ended():
                self.ended = event
                self._at_end.set()
                await self._settling.wait()
            case Finished(receipt):
                self.receipt = receipt
            case _:
                pass

    async def at_end(self) -> None:
        """Return when no more is said."""
        await self._at_end.wait()

    async def over(self) -> None:
        """Return when it is settled."""
        await self._is_over.wait()


class SideBySide:
    """Two models at one question.

    Attributes:
        sides: A and B.
    """

    def __init__(self) -> None:
        self._settling = asyncio.Event()
        self._gate = _Gate()
        self.sides = (Side(self._gate, self._settling), Side(self._gate, self._settling))

    async def ended(self) -> None:
        """Return when both have ended, and at least one with an answer.

        Raises:
            RoutingError: There is no answer; the reason of one of both.
        """
        for side in self.sides:
            await side.at_end()
        failures = [side.failure for side in self.sides if side.failure]
        is_alone = self._gate.is_open and len(failures) == 1
        for failure in failures:
            if not is_alone or isinstance(failure, Superseded) or not _is_foreseen(failure):
                raise failure

    async def settle(self) -> None:
        """Settle both."""
        self._settling.set()
        for side in self.sides:
            await side.over()


def _is_foreseen(failure: Exception) -> bool:
    return isinstance(failure, RoutingError)


@asynccontextmanager
async def both_asked(
    router: Router, query: Query, models: tuple[str, str], catalog: Catalog, stop: Stop
) -> AsyncIterator[SideBySide]:
    """Let two models answer; what runs when the block is left is ended and settled.

    Args:
        router: Answers.
        query: With its reply id, from which it follows whose answer is A.
        models: Two card names.
        catalog: All there are.
        stop: Ends both with what is there.
    """
    if is_turned(query.reply_id):
        models = models[1], models[0]
    both = SideBySide()
    (one, other), (first, second) = both.sides, models
    async with (
        beside(one.run(router, _query_for(first, query, catalog, "a"), stop)),
        beside(other.run(router, _query_for(second, query, catalog, "b"), stop)),
    ):
        yield both
