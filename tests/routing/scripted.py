"""A router over scripted models, and what came of a question."""

from collections.abc import Sequence

import numpy as np

from config.settings import Settings
from routing.embedding import VECTOR_SIZE
from routing.learning import Learning
from routing.measuring import Measuring
from routing.reply import Finished, Receipt, ReplyEvent, TextDelta
from routing.router import Router
from tests.builders import a_card, a_query
from tests.fakes.lengths import ListLengths
from tests.fakes.ports import (
    DictCache,
    ListLedger,
    ListUnsettled,
    ListVotes,
    ScriptedCompleter,
    Settled,
    Step,
    ToldClock,
    spending,
)

LLAMA = a_card("llama", input_price="0.1", output_price="0.2")
DEEPSEEK = a_card("deepseek", input_price="0.5", output_price="1")
GPT = a_card("gpt", input_price="2", output_price="10", quality={"general": 0.82})
ALL_ALIKE = np.eye(1, VECTOR_SIZE, dtype=np.float32)[0]
"""What every question is likened by where nobody looks at likeness."""


class Bench:
    """A router over scripted models, and what came of one question."""

    def __init__(self, models: dict[str, Sequence[Step] | str], **settings: object) -> None:
        self.completer = ScriptedCompleter(models)
        self.ledger = ListLedger()
        self.unsettled = ListUnsettled()
        self.cache = DictCache()
        self.clock = ToldClock()
        cards = [card for card in (LLAMA, DEEPSEEK, GPT) if card.name in models]
        self.lengths = ListLengths()
        self.router = self.made({"models": cards} | settings)

    def made(self, settings: dict[str, object]) -> Router:
        given, clock = Settings.model_validate(settings), self.clock.clock()
        self.learning = Learning(given, ListVotes(), lambda _: ALL_ALIKE, clock)
        return Router(
            given,
            completer=self.completer,
            spending=spending(self.ledger, self.unsettled),
            cache=self.cache,
            clock=clock,
            learning=self.learning,
            measuring=Measuring(self.lengths, clock),
        )

    async def ask(self, text: str = "6 x 7?", **query: object) -> list[ReplyEvent]:
        return [event async for event in self.router.answer(a_query(text, **query))]

    @property
    def settled(self) -> Settled:
        return self.ledger.settlements[-1]


def text_of(events: Sequence[ReplyEvent]) -> str:
    return "".join(event.text for event in events if isinstance(event, TextDelta))


def receipt_of(events: Sequence[ReplyEvent]) -> Receipt:
    assert isinstance(events[-1], Finished)
    return events[-1].receipt
