"""`pointsman explain`: the decision, without calling a model or opening a store."""

import sys
from collections.abc import Iterable

from bot.explaining import HEADINGS, explained_cells, explained_demand
from bot.platforms.terminal_identity import terminal_origin
from bot.printing import print_table
from bot.wording import sentence
from config.catalog import Capability
from config.settings import Settings
from routing.demand import demand_of
from routing.errors import NoModelFits
from routing.explain import Explanation, explain, explain_nobody
from routing.query import Query
from routing.router import choose


def explain_question(
    settings: Settings, text: str, *, wanted: str, needs: Iterable[str], as_json: bool
) -> bool:
    """Print who would answer a question asked here; False when nobody could."""
    query = Query(
        text=text,
        origin=terminal_origin(),
        system_prompt=settings.system_prompt,
        needs=frozenset(Capability(need) for need in needs),
        wanted=wanted,
    )
    failure = ""
    try:
        explanation = explain(choose(query, settings))
    except NoModelFits as error:
        demand = demand_of(query, settings.routing.max_output_tokens)
        explanation = explain_nobody(demand, error.passed_over, wanted)
        failure = sentence(error)
    if as_json:
        print(explanation.to_json())  # noqa: T201 # this is the output
    else:
        _print(explanation)
    if failure:
        print(failure, file=sys.stderr)  # noqa: T201 # beside the output
    return not failure


def _print(explanation: Explanation) -> None:
    demand = explained_demand(explanation)
    print(f"Taken for a {explanation.task} question: {demand}.\n")  # noqa: T201 # output
    rows = [explained_cells(model) for model in explanation.models]
    print_table(HEADINGS, rows, numeric={1, 2, 3})
