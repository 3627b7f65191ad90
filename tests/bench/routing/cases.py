"""Which pools on which queries the judge is asked about."""

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from config.settings import ValueSettings
from tests.bench.routing.judging import PAIR, Case
from tests.bench.routing.predicting import Predicted
from tests.bench.routing.recorded import Recorded, table
from tests.bench.routing.rivals import complexities

_COVERED = 0.97
_LEAST_QUERIES = 20


def cases(
    test: Recorded, models: Sequence[str], found: Predicted, *, are_given: bool
) -> Iterator[tuple[str, Case]]:
    """Yield everything together, then each folder and each benchmark where there are several.

    The pool is the models asked for, or those with outcomes for 97 % of the queries. As the judge
    does, this leaves out what is marked as contaminated.
    """
    quality, cost = (table(test, models, column) for column in ("quality", "cost_usd"))
    scores, tiers = complexities(test.queries["prompt"].tolist())
    for name, rows in _groups(test.queries):
        covers = quality.to_numpy()[rows]
        pool = [
            column
            for column in range(len(models))
            if are_given or np.mean(~np.isnan(covers[:, column])) >= _COVERED
        ]
        if len(pool) < PAIR:
            continue
        known = ~np.isnan(quality.to_numpy()[:, pool]).any(axis=1)
        known &= ~test.queries["contaminated"].to_numpy()
        if len(pool) > PAIR:
            known &= ~np.isnan(cost.to_numpy()[:, pool]).any(axis=1)
        chosen = np.flatnonzero(rows & known)
        if len(chosen) < _LEAST_QUERIES:
            continue
        at = np.ix_(chosen, np.array(pool))
        yield (
            f"{name}: {len(chosen)} queries, {len(pool)} models",
            Case(
                quality.to_numpy()[at],
                cost.to_numpy()[at],
                (found.quality[at], found.cost_usd[at]),
                (found.unmoved[0][at], found.unmoved[1][at]),
                scores[chosen],
                tiers[chosen],
            ),
        )


def _groups(
    queries: pd.DataFrame,
) -> Iterator[tuple[str, "np.ndarray[tuple[int], np.dtype[np.bool_]]"]]:
    yield "together", np.ones(len(queries), bool)
    seen = {frozenset(queries["qid"])}
    for column in ("folder", "benchmark"):
        for name, group in queries.groupby(column, sort=True):
            members = frozenset(group["qid"])
            if members not in seen:
                seen.add(members)
                yield str(name).rsplit("/", 1)[-1], queries["qid"].isin(members).to_numpy()


def unchanged(clean: Predicted, typed: Predicted) -> Iterator[tuple[str, float]]:
    """Yield, for each preset, the share of queries for which the same model is best value."""
    for preset, value_usd in ValueSettings().model_dump().items():
        chosen, then = (
            np.argmax(float(value_usd) * each.quality - each.cost_usd, axis=1)
            for each in (clean, typed)
        )
        yield preset, float(np.mean(chosen == then))
