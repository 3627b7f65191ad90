"""The judge's numbers: route_eval's own arithmetic, with bootstrap intervals around it."""

import importlib.util
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from tests.bench.routing.rivals import ladder, tier_models

Numbers: TypeAlias = NDArray[np.float64]
Points: TypeAlias = list[tuple[float, float]]
Judge: TypeAlias = Any
"""The module `route_eval`; it has no types."""

JUDGE: Final = Path(__file__).parents[4] / "shared" / "tools" / "route_eval.py"
"""Beside the checkout."""

_POOL: Final = ("AIQ", "AIQ_log", "parity_cost_100", "parity_cost_99", "peak_gain")
_PAIR: Final = ("APGR_exact", "CPT50_exact", "CPT80_exact")
_RESAMPLES: Final = 200
_LAMBDAS: Final = 80

PAIR: Final = 2
"""So many models are judged as a pair: by one score a query."""


@dataclass(frozen=True)
class Case:
    """One pool on one set of queries; all arrays are queries x models.

    Attributes:
        quality: What was recorded.
        cost: What was recorded.
        predicted: Quality and cost expected of each model.
        unmoved: The same without a look at the query.
        scores: LiteLLM's complexity of each query.
        tiers: The tier it puts each query in.
    """

    quality: Numbers
    cost: Numbers
    predicted: tuple[Numbers, Numbers]
    unmoved: tuple[Numbers, Numbers]
    scores: Numbers
    tiers: NDArray[np.int64]

    def rows(self, chosen: NDArray[np.int64]) -> "Case":
        """Return some of the queries, each as often as it is chosen."""
        return Case(
            self.quality[chosen],
            self.cost[chosen],
            (self.predicted[0][chosen], self.predicted[1][chosen]),
            (self.unmoved[0][chosen], self.unmoved[1][chosen]),
            self.scores[chosen],
            self.tiers[chosen],
        )


Row: TypeAlias = Mapping[str, tuple[float, float, float]]
"""A number, and the ends of its interval of 95 %, by name."""


def open_judge(path: Path = JUDGE) -> Judge | None:
    """Load the judge; None where it is not."""
    if not path.exists():
        return None
    spec = importlib.util.spec_from_file_location("route_eval", path)
    assert spec is not None
    assert spec.loader is not None
    judge = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(judge)
    return judge


def judged(judge: Judge, case: Case) -> Iterator[tuple[str, Row]]:
    """Yield each router's numbers: ours, without a look at the query, LiteLLM's, and mixtures."""
    is_pair = case.quality.shape[1] == PAIR
    measure = _pair if is_pair else _pool
    for name in ("ours", "prior", "litellm", "mixture"):
        yield name, _with_intervals(partial(measure, judge, name), case)
    if not is_pair:
        gains = _with_intervals(partial(_over_prior, judge), case)
        yield "ours - prior", gains
        yield "at litellm's cost", _with_intervals(partial(_own_cost, judge), case)


def _with_intervals(measure: Callable[[Case], Mapping[str, float]], case: Case) -> Row:
    chance = np.random.default_rng(0)
    rows = len(case.quality)
    drawn = [measure(case.rows(chance.integers(0, rows, rows))) for _ in range(_RESAMPLES)]
    numbers = {}
    for name, value in measure(case).items():
        values = np.array([each[name] for each in drawn])
        values = values[np.isfinite(values)]
        low, high = np.percentile(values, (2.5, 97.5)) if len(values) else (np.nan, np.nan)
        numbers[name] = (value, float(low), float(high))
    return numbers


def _pair(judge: Judge, name: str, case: Case) -> Mapping[str, float]:
    scores = {
        "ours": case.predicted[0][:, 0] - case.predicted[0][:, 1],
        "prior": case.unmoved[0][:, 0] - case.unmoved[0][:, 1],
        "litellm": case.scores,
        "mixture": np.zeros(len(case.scores)),
    }[name]
    found = judge.pair_metrics(scores, case.quality[:, 1], case.quality[:, 0])
    return {key: float(found[key]) for key in _PAIR}


def _pool(judge: Judge, name: str, case: Case) -> Mapping[str, float]:
    found = judge.pool_metrics(_points(judge, case, name), case.quality, case.cost)
    return {key: float(found[key]) for key in _POOL}


def _points(judge: Judge, case: Case, name: str) -> Points:
    if name == "ours":
        return list(judge.sweep(*case.predicted, case.quality, case.cost, _LAMBDAS))
    if name == "prior":
        return list(judge.sweep(*case.unmoved, case.quality, case.cost, _LAMBDAS))
    if name == "litellm":
        steps = ladder(case.unmoved[0][0], case.unmoved[1][0])
        shifts = range(-len(steps) + 1, len(steps))
        return [_tier_point(case, tier_models(steps, shift)) for shift in shifts]
    return list(zip(case.cost.mean(axis=0), case.quality.mean(axis=0), strict=True))


def _tier_point(case: Case, models: NDArray[np.int64]) -> tuple[float, float]:
    rows = np.arange(len(case.tiers))
    chosen = models[case.tiers]
    return float(case.cost[rows, chosen].mean()), float(case.quality[rows, chosen].mean())


def _over_prior(judge: Judge, case: Case) -> Mapping[str, float]:
    ours, prior = (_pool(judge, name, case) for name in ("ours", "prior"))
    return {"AIQ": ours["AIQ"] - prior["AIQ"], "AIQ_log": ours["AIQ_log"] - prior["AIQ_log"]}


def _own_cost(judge: Judge, case: Case) -> Mapping[str, float]:
    """Return what we gain over LiteLLM's tiers at exactly what they cost."""
    steps = ladder(case.unmoved[0][0], case.unmoved[1][0])
    cost, quality = _tier_point(case, tier_models(steps))
    ours = judge.hull_at(judge.hull(_points(judge, case, "ours")), cost)
    return {"cost share": cost / float(case.cost.mean(axis=0).max()), "gain": float(ours) - quality}


def lines(rows: Sequence[tuple[str, Row]]) -> Iterator[str]:
    """Yield a table: a router a line, a number and its interval a cell."""
    for name, row in rows:
        cells = (
            f"{key} {value:.4f} [{low:.4f}, {high:.4f}]" for key, (value, low, high) in row.items()
        )
        yield f"  {name:18}" + "  ".join(cells)
