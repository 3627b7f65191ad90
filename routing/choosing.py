"""Whom a deployment's settings let answer a question, without calling anybody."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Final

from config.catalog import MICROUSD
from config.settings import Settings
from routing.demand import Demand, demand_of
from routing.policy import Circumstances, Decision, decide
from routing.prediction import Prediction
from routing.query import Query
from routing.wishes import PRESETS

NOBODY_RESTS: Final[Mapping[str, datetime]] = MappingProxyType({})
NOTHING_PREDICTED: Final[Mapping[str, Prediction]] = MappingProxyType({})

_HOUR_S: Final = 3600


def choose(
    query: Query,
    settings: Settings,
    resting: Mapping[str, datetime] = NOBODY_RESTS,
    budget_used: float = 0.0,
    predictions: Mapping[str, Prediction] = NOTHING_PREDICTED,
    demand: Demand | None = None,
) -> Decision:
    """Choose the candidates for a query by the settings, without calling any.

    Args:
        query: Asked at a known time, if rules speak of hours.
        settings: All of them.
        resting: Models that failed lately, each with the end of its rest.
        budget_used: The used share of the tightest budget, 0 to 1.
        predictions: By card name; a model that is not among them stands on its card.
        demand: What the query needs, if that is known already.

    Raises:
        NoModelFits: No configured model may or can answer.
    """
    routing, ceiling = settings.routing, settings.routing.max_usd_per_answer
    preset = PRESETS.get(query.wanted)
    values = {each: int(routing.value_usd.of(each) * MICROUSD) for each in PRESETS.values()}
    circumstances = Circumstances(
        rules=settings.rules,
        value_microusd=values[preset or query.ordered.preset or routing.preset],
        preset_values={} if preset else values,
        ceiling_microusd=None if ceiling is None else int(ceiling * MICROUSD),
        waiting_microusd_per_s=float(routing.waiting_usd_per_hour * MICROUSD / _HOUR_S),
        resting=resting,
        wanted="" if preset else query.wanted,
        predictions=predictions,
        budget_used=budget_used,
        switched_off=query.ordered.switched_off,
    )
    demand = demand or demand_of(query, routing.max_output_tokens)
    return decide(query, demand, settings.models, circumstances)
