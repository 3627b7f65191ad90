"""Recorded answers of many models to the same questions, as matrices to replay policies on."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

_COVERAGE: Final = 0.97
"""A model with fewer of the questions answered is left out."""

Numbers: TypeAlias = NDArray[np.float64]

NO_ANSWER: Final = -1


@dataclass(frozen=True, slots=True)
class Recorded:
    """What models made of questions: one row a question, one column a model.

    Attributes:
        name: Of the folder.
        questions: Their ids.
        models: Their names.
        quality: 0 to 1.
        cost_usd: Of each answer.
        answers: Equal numbers in a row are equal answers; NO_ANSWER is none.
    """

    name: str
    questions: tuple[str, ...]
    models: tuple[str, ...]
    quality: NDArray[np.float64]
    cost_usd: NDArray[np.float64]
    answers: NDArray[np.int64]

    def rows(self, which: NDArray[np.bool_] | NDArray[np.int64]) -> "Recorded":
        """Return only some of the questions."""
        kept = np.asarray(self.questions, dtype=object)[which]
        return Recorded(
            self.name,
            tuple(kept),
            self.models,
            self.quality[which],
            self.cost_usd[which],
            self.answers[which],
        )


def read_recorded(folder: Path, split: str = "", models: Sequence[str] = ()) -> Recorded:
    """Read a folder's outcomes and answers.

    Args:
        folder: With queries, outcomes and answers, each a parquet file.
        split: Only these questions; empty for all.
        models: Exactly these, in this order; empty for those of the pool beside the folder, or
            of all, with enough answers.
    """
    queries = pd.read_parquet(folder / "queries.parquet")
    if split:
        queries = queries[queries["split"] == split]
    outcomes = pd.read_parquet(folder / "outcomes.parquet")
    answers = pd.read_parquet(folder / "answers.parquet")
    # Where several answers were averaged, the recorded one has a score of its own.
    if "first_score" in answers:
        first = answers[["qid", "model", "first_score"]]
        outcomes = outcomes.merge(first, how="left").assign(
            quality=lambda table: table["first_score"]
        )
    recorded = _matrices(folder, queries, outcomes, models)
    given = answers.pivot_table(index="qid", columns="model", values="answer_hash", aggfunc="first")
    shaped = given.reindex(index=list(recorded.questions), columns=list(recorded.models))
    return replace(recorded, answers=_numbered(shaped))


def read_outcomes(folder: Path, queries: pd.DataFrame, models: Sequence[str] = ()) -> Recorded:
    """Read the outcomes of some of a folder's questions, without what was answered."""
    return _matrices(folder, queries, pd.read_parquet(folder / "outcomes.parquet"), models)


def _matrices(
    folder: Path, queries: pd.DataFrame, outcomes: pd.DataFrame, models: Sequence[str]
) -> Recorded:
    ids = queries["qid"].tolist()
    quality = outcomes.pivot_table(index="qid", columns="model", values="quality").reindex(ids)
    cost = outcomes.pivot_table(index="qid", columns="model", values="cost_usd").reindex(ids)
    pool = _pool(folder)
    kept = list(models) or [
        str(name)
        for name in quality.columns
        if quality[name].notna().mean() >= _COVERAGE and (not pool or name in pool)
    ]
    quality, cost = quality.reindex(columns=kept), cost.reindex(columns=kept)
    return Recorded(
        name=folder.name,
        questions=tuple(ids),
        models=tuple(kept),
        quality=quality.fillna(0.0).to_numpy(float),
        cost_usd=cost.fillna(cost.mean()).to_numpy(float),
        answers=np.full(quality.shape, NO_ANSWER, dtype=np.int64),
    )


def _pool(folder: Path) -> tuple[str, ...]:
    """Return the models a benchmark's folders are judged on; empty for all."""
    file = folder.parent / "pools.json"
    pools = json.loads(file.read_text()) if file.exists() else {}
    named = next((names for name, names in pools.items() if folder.name.startswith(name)), ())
    return () if isinstance(named, str) else tuple(named)


def _numbered(given: pd.DataFrame) -> NDArray[np.int64]:
    numbers: NDArray[np.int64] = np.full(given.shape, NO_ANSWER, dtype=np.int64)
    for row, answers in enumerate(given.to_numpy()):
        known: dict[str, int] = {}
        for column, answer in enumerate(answers):
            if isinstance(answer, str):
                numbers[row, column] = known.setdefault(answer, len(known))
    return numbers
