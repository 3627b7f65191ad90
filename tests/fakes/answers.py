"""Ends of answers, as the router gives them."""

from collections.abc import Mapping
from typing import Any

from config.catalog import ModelCard
from routing.demand import demand_of
from routing.objections import Objection
from routing.policy import Candidate, Decision
from routing.pricing import Usage
from routing.reply import Attempt, Finished, Outcome, Receipt
from routing.scoring import Offer
from tests.builders import a_card, a_query


def an_attempt(model: str = "llama", **changes: Any) -> Attempt:
    """Build a call that went well and that its host counted."""
    given: dict[str, Any] = {
        "usage": Usage(input_tokens=812, output_tokens=301),
        "cost_microusd": 600,
        "is_reported": True,
    }
    return Attempt(model=model, **(given | changes))


def a_finished(
    *attempts: Attempt,
    card: ModelCard | None = None,
    passed_over: Mapping[str, Objection] | None = None,
    **changes: Any,
) -> Finished:
    """Build the last event of a complete answer by the last attempt's model."""
    calls = attempts or (an_attempt(),)
    answering = card or a_card(calls[-1].model)
    candidate = Candidate(answering, Offer(answering.name, 0, 0.8, 600), 1.0)
    given: dict[str, Any] = {
        "reply_id": "r1",
        "model": calls[-1].model,
        "reason": "best value here",
        "outcome": Outcome.COMPLETE,
        "attempts": calls,
        "took_s": 2.1,
    }
    decision = Decision(demand_of(a_query(), 100), (candidate,), passed_over or {})
    return Finished(Receipt(**(given | changes)), decision)
