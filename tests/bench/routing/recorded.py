"""Folders of recorded outcomes, as tables, and which of their rows are fitted on and which scored.

A folder holds `queries.parquet` (qid, prompt; maybe benchmark, category, split, contaminated) and
maybe `outcomes.parquet` (qid, model, quality, cost_usd, out_tokens) and `models.csv` (prices).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

AUTO: Final = "auto"
ALL: Final = "all"
_TRAIN: Final = "train"


@dataclass(frozen=True)
class Recorded:
    """Some folders together.

    Attributes:
        queries: qid, benchmark, category, prompt, split, folder; one row per qid.
        outcomes: qid, model, quality, cost_usd, out_tokens; one row per qid and model.
        prices: By model: US dollars per million output tokens, where any folder says.
    """

    queries: pd.DataFrame
    outcomes: pd.DataFrame
    prices: dict[str, float]

    def only(self, rows: pd.Series) -> "Recorded":
        """Return the queries of a mask, and their outcomes."""
        queries = self.queries[rows].reset_index(drop=True)
        outcomes = self.outcomes[self.outcomes["qid"].isin(queries["qid"])]
        return Recorded(queries, outcomes.reset_index(drop=True), self.prices)

    def has_costs(self, model: str) -> bool:
        """Tell whether any price of a model's answers is known."""
        costs = self.outcomes.loc[self.outcomes["model"] == model, "cost_usd"]
        return bool(costs.notna().any())

    def joined(self, other: "Recorded") -> "Recorded":
        """Return the queries of both, and their outcomes."""
        return Recorded(
            pd.concat([self.queries, other.queries], ignore_index=True),
            pd.concat([self.outcomes, other.outcomes], ignore_index=True),
            self.prices | other.prices,
        )


def read(folders: Sequence[Path]) -> Recorded:
    """Read folders; of a qid that stands in several, the first counts."""
    queries = pd.concat([_queries(folder) for folder in folders], ignore_index=True)
    outcomes = pd.concat([_outcomes(folder) for folder in folders], ignore_index=True)
    prices: dict[str, float] = {}
    for folder in folders:
        prices |= _prices(folder)
    queries = queries.drop_duplicates("qid").reset_index(drop=True)
    numbers = outcomes.groupby(["qid", "model"], sort=False, as_index=False).mean()
    return Recorded(queries, numbers, prices)


def parted(
    train: Recorded, test: Recorded, train_split: str = AUTO, test_split: str = AUTO
) -> tuple[Recorded, Recorded]:
    """Return what is fitted on and what is scored; nothing is both.

    A split by name takes those rows, or all rows of a folder without splits; `all` takes all.
    `auto` takes all rows too, except of folders given to both sides: of those the split `train` is
    fitted on and the rest is scored.
    """
    both = set(train.queries["folder"]) & set(test.queries["folder"])
    train_rows = _rows(train.queries, train_split, both, is_train=True)
    test_rows = _rows(test.queries, test_split, both, is_train=False)
    scored = test.only(test_rows)
    texts = set(_normal(scored.queries["prompt"]))
    seen = train.queries["qid"].isin(scored.queries["qid"]) | _normal(train.queries["prompt"]).isin(
        texts
    )
    usable = ~train.queries["contaminated"]
    return train.only(train_rows & ~seen & usable), scored


def table(recorded: Recorded, models: Sequence[str], column: str) -> pd.DataFrame:
    """Return one number of the outcomes: a row per query, a column per model, NaN if none."""
    known = recorded.outcomes[recorded.outcomes["model"].isin(models)]
    wide = known.pivot_table(index="qid", columns="model", values=column, dropna=False)
    return wide.reindex(index=recorded.queries["qid"], columns=list(models)).astype(float)


def _rows(queries: pd.DataFrame, split: str, both: set[str], *, is_train: bool) -> pd.Series:
    everything = pd.Series(data=True, index=queries.index)
    if split == ALL:
        return everything
    if split != AUTO:
        return (queries["split"] == split) | (queries["split"] == "")
    is_shared = queries["folder"].isin(both) & (queries["split"] != "")
    return ~is_shared | ((queries["split"] == _TRAIN) == is_train)


def _normal(prompts: "pd.Series[str]") -> "pd.Series[str]":
    return prompts.str.split().str.join(" ")


def _queries(folder: Path) -> pd.DataFrame:
    queries = pd.read_parquet(folder / "queries.parquet")
    queries["folder"] = str(folder.resolve())
    for column, default in {"benchmark": folder.name, "category": "", "split": ""}.items():
        given = queries.get(column, pd.Series(default, index=queries.index))
        queries[column] = given.astype("object").fillna(default).astype(str)
    contaminated = queries.get("contaminated", pd.Series(data=False, index=queries.index))
    queries["contaminated"] = contaminated.astype("object").fillna(value=False).astype(bool)
    queries["prompt"] = queries["prompt"].fillna("").astype(str)
    wanted = ["qid", "benchmark", "category", "prompt", "split", "contaminated", "folder"]
    return queries[wanted]


def _outcomes(folder: Path) -> pd.DataFrame:
    path = folder / "outcomes.parquet"
    columns = ["quality", "cost_usd", "out_tokens"]
    if not path.exists():
        return pd.DataFrame(columns=["qid", "model", *columns])
    outcomes = pd.read_parquet(path)
    for column in columns:
        values = outcomes.get(column, pd.Series(np.nan, index=outcomes.index))
        outcomes[column] = pd.to_numeric(values, errors="coerce").astype(float)
    outcomes["model"] = outcomes["model"].astype(str)
    return outcomes[["qid", "model", *columns]]


def _prices(folder: Path) -> dict[str, float]:
    path = folder / "models.csv"
    if not path.exists():
        return {}
    listed = pd.read_csv(path)
    if not {"model", "usd_per_m_out"} <= set(listed.columns):
        return {}
    return dict(
        zip(listed["model"].astype(str), listed["usd_per_m_out"].astype(float), strict=True)
    )
