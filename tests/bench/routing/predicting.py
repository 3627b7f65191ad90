"""From recorded outcomes to what is expected of models on queries nobody has outcomes for."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from routing.embedding import Embed
from routing.features import features_of
from routing.learned.arrays import folds_of, log_odds, sigmoid
from routing.learned.fitting import Outcomes, fit
from routing.learned.lengths import Lengths, fit_lengths
from routing.learned.quality import Learned
from routing.learned.tasks import Labels
from routing.learned.unasked import added_up, means_of_all
from tests.bench.routing.recorded import Recorded, table
from tests.bench.routing.typos import TYPOS, typed_too

Numbers: TypeAlias = NDArray[np.float64]
Rows: TypeAlias = NDArray[np.float32]

_LEAST_PROMPTS: Final = 50
_TASK_QUESTIONS: Final = 12
_LEAST_SHARE: Final = 0.03
_LEAST_OUTCOMES: Final = 30
_PRICED_MODELS: Final = 4

COPIES: Final = 4
"""How often each question is fitted on: once clean, else with typos, each time with others.

Where all questions of a task are put in the same words, one typo is far from all of them, and one
copy does not show how far.
"""

BENEFIT_OF_DOUBT: Final = 0.003
"""What an e-fold price is taken to be worth in quality, where nothing is familiar.

On a new kind of question the dearer of two models of like mean was the better one more often: with
this, the best end of the sweep is not lost to a tie.
"""


@dataclass(frozen=True)
class Predicted:
    """Predictions: queries x models.

    Attributes:
        quality: The share of good answers expected.
        cost_usd: The expected price.
        unmoved: The same two without a look at the query: each model's means.
        familiarity: By query.
    """

    quality: Numbers
    cost_usd: Numbers
    unmoved: tuple[Numbers, Numbers]
    familiarity: Numbers

    def rows(self, chosen: slice) -> "Predicted":
        """Return the predictions of some queries."""
        unmoved = self.unmoved[0][chosen], self.unmoved[1][chosen]
        return Predicted(
            self.quality[chosen], self.cost_usd[chosen], unmoved, self.familiarity[chosen]
        )


def predicted(
    train: Recorded, queries: pd.DataFrame, models: Sequence[str], embed: Embed
) -> Predicted:
    """Fit on `train` and predict every model for every query.

    Models that answered the same questions are fitted together. A model nobody recorded gets what
    its price suggests, or the mean of all, and is moved as the others are on average.
    """
    means, costs = _means(train, models)
    rows = len(queries)
    quality, cost = np.tile(means, (rows, 1)), np.tile(costs, (rows, 1))
    unmoved = quality.copy(), cost.copy()
    familiarity = np.zeros(rows)
    asked = measured(queries, embed)
    left = set(models)
    for cohort in cohorts(train, models):
        chosen = cohort.rows(train)
        if len(chosen) < _LEAST_PROMPTS:
            continue
        learned, lengths = _fitted(train, chosen, cohort.models, embed)
        expected = learned.expect(*asked)
        amounts = lengths.expect(expected.counts, expected.shares, expected.familiarity)
        familiarity = np.maximum(familiarity, expected.familiarity)
        for column, model in enumerate(models):
            if model in left and model in cohort.models:
                place = cohort.models.index(model)
                quality[:, column] = expected.quality[:, place]
                if train.has_costs(model):
                    cost[:, column] = amounts[:, place]
        left -= set(cohort.models)
    quality = carried_over(quality, means, np.array([model not in left for model in models], bool))
    logs = np.log(np.maximum(costs, 1e-12))
    quality += BENEFIT_OF_DOUBT * np.outer(1.0 - familiarity, logs - logs.mean())
    return Predicted(quality, cost, unmoved, familiarity)


def carried_over(quality: Numbers, means: Numbers, is_recorded: NDArray[np.bool_]) -> Numbers:
    """Move models nobody recorded by what the query changes for the recorded ones on average.

    What is hard for all is hard for them too: standing still, they would look best wherever the
    others are doubted. The router itself leaves out what all gain alike, which comes to the same.
    """
    if not is_recorded.any():
        return quality
    alike = (quality - means)[:, is_recorded].mean(axis=1)
    return np.where(is_recorded, quality, quality + alike[:, None])


def cross_predicted(
    train: Recorded, test: Recorded, models: Sequence[str], embed: Embed, folds: int
) -> Predicted:
    """Predict each of some folds of `test` from the others, and from `train`."""
    fold_of = folds_of(np.arange(len(test.queries)), folds, seed=0)
    parts = []
    for fold in range(folds):
        others = test.only(pd.Series(fold_of != fold)).joined(train)
        parts.append(predicted(others, test.queries[fold_of == fold], models, embed))
    order = np.argsort(np.concatenate([np.flatnonzero(fold_of == fold) for fold in range(folds)]))
    stacked = [
        np.concatenate(values)[order]
        for values in zip(
            *((each.quality, each.cost_usd, *each.unmoved, each.familiarity) for each in parts),
            strict=True,
        )
    ]
    return Predicted(stacked[0], stacked[1], (stacked[2], stacked[3]), stacked[4])


def stronger_first(train: Recorded, models: Sequence[str]) -> list[str]:
    """Order models by their mean quality, the dearer first of equals."""
    quality, cost = _means(train, models)
    order = np.lexsort((np.array(models), -cost, -quality))
    return [models[place] for place in order]


@dataclass(frozen=True)
class Together:
    """Models that answered the same questions.

    Attributes:
        models: Their names, sorted.
        folders: Where their outcomes are.
    """

    models: tuple[str, ...]
    folders: tuple[str, ...]

    def rows(self, recorded: Recorded) -> Labels:
        """Return the places of the questions they answered."""
        answered = table(recorded, self.models, "quality").notna().any(axis=1).to_numpy()
        return np.flatnonzero(answered & recorded.queries["folder"].isin(self.folders).to_numpy())


def cohorts(train: Recorded, models: Sequence[str]) -> list[Together]:
    """Return who is fitted together, those with most of `models` first.

    Folders of mostly the same models go together. Of others, a model that happens to be in both
    would tie questions together that no two models can be compared on.
    """
    known = train.outcomes.dropna(subset=["quality"]).merge(train.queries[["qid", "folder"]])
    groups: list[tuple[set[str], set[str]]] = []
    for folder, names in known.groupby("folder")["model"]:
        mine = set(names.unique())
        alike = [group for group in groups if len(group[1] & mine) * 2 >= len(group[1] | mine)]
        groups = [group for group in groups if group not in alike]
        merged = {str(folder)}.union(*(group[0] for group in alike))
        groups.append((merged, mine.union(*(group[1] for group in alike))))
    found = []
    for folders, _names in groups:
        counts = known[known["folder"].isin(folders)].groupby("model")["qid"].nunique()
        usual = counts.index[counts >= max(_LEAST_OUTCOMES, _LEAST_SHARE * counts.max())]
        if set(usual) & set(models):
            found.append(Together(tuple(sorted(usual)), tuple(sorted(folders))))
    return sorted(found, key=lambda each: (-len(set(each.models) & set(models)), each.folders))


def _fitted(
    train: Recorded, chosen: Labels, cohort: tuple[str, ...], embed: Embed
) -> tuple[Learned, Lengths]:
    known = outcomes_of(train, chosen, cohort, embed)
    costs = np.tile(table(train, cohort, "cost_usd").to_numpy()[chosen], (COPIES, 1))
    learned = fit(known)
    counts = learned.scale.of(known.statistics, known.vectors).counts
    return learned, fit_lengths(counts, known.labels, costs)


def outcomes_of(
    recorded: Recorded, chosen: Labels, cohort: tuple[str, ...], embed: Embed
) -> Outcomes:
    """Return the outcomes of some questions, each once as it is, then with typos.

    What is recorded is cleaner than what people type: without the other copies a slip of the finger
    would make a familiar question an unfamiliar one.
    """
    asked = recorded.queries.iloc[chosen]
    labels, sources = (np.tile(each, COPIES) for each in labels_of(asked))
    questions = np.tile(np.arange(len(chosen)), COPIES)
    statistics, vectors = measured(typed_too(asked, TYPOS, COPIES - 1), embed)
    quality = table(recorded, cohort, "quality").to_numpy()[chosen]
    return Outcomes(
        cohort, statistics, vectors, labels, sources, questions, np.tile(quality, (COPIES, 1))
    )


def labels_of(queries: pd.DataFrame) -> tuple[Labels, Labels]:
    """Number tasks and sources: benchmark and category, the rest of a benchmark, and benchmarks."""
    fine = queries["benchmark"] + "|" + queries["category"]
    is_rare = fine.map(fine.value_counts()) < _TASK_QUESTIONS
    coarse = fine.where(~is_rare, queries["benchmark"])
    tasks = np.unique(coarse.to_numpy(str), return_inverse=True)[1]
    return tasks, np.unique(queries["benchmark"].to_numpy(str), return_inverse=True)[1]


def measured(queries: pd.DataFrame, embed: Embed) -> tuple[Rows, Rows]:
    """Return statistics and vectors, a row for each query."""
    features = [features_of(prompt, embed) for prompt in queries["prompt"]]
    return (
        np.array([each.statistics for each in features]),
        np.array([each.vector for each in features]),
    )


def _means(train: Recorded, models: Sequence[str]) -> tuple[Numbers, Numbers]:
    """Return each model's mean quality and cost; by its price where it was never recorded."""
    prices = pd.Series(train.prices, dtype=float)
    found = []
    for column, default in (("quality", 0.5), ("cost_usd", 1.0)):
        known = _comparable(train, models, column)
        wanted = known.reindex(list(models))
        middle = known.median() if len(known) else default
        for model in wanted.index[wanted.isna()]:
            wanted[model] = _by_price(known, prices, str(model), column, float(middle))
        found.append(np.array(wanted, np.float64))
    return found[0], found[1]


def _comparable(train: Recorded, models: Sequence[str], column: str) -> "pd.Series[float]":
    """Return means by model as if each had been asked all benchmarks that any of `models` was."""
    known = train.outcomes.dropna(subset=[column]).merge(train.queries[["qid", "benchmark"]])
    ours = known.loc[known["model"].isin(models), "benchmark"]
    if len(ours):
        known = known[known["benchmark"].isin(ours)]
    if known.empty:
        return pd.Series(dtype=float)
    wide = known.pivot_table(
        index="benchmark", columns="model", values=column, aggfunc=["sum", "count"]
    )
    sums, counts = (wide[each].fillna(0.0).to_numpy(float) for each in ("sum", "count"))
    means = sums / np.maximum(counts, 1.0)
    if column == "quality":
        likely = sigmoid(added_up(log_odds(means), counts))
    else:
        likely = np.exp(added_up(np.log(np.maximum(means, 1e-12)), counts))
    return pd.Series(means_of_all(sums, counts, likely), wide["sum"].columns)


def _by_price(
    known: "pd.Series[float]", prices: "pd.Series[float]", model: str, column: str, middle: float
) -> float:
    priced = known.index.intersection(prices.index[prices > 0])
    price = float(prices.get(model, np.nan))
    if len(priced) < _PRICED_MODELS or not price > 0:
        return middle
    values = known[priced] if column == "quality" else np.log(known[priced].clip(lower=1e-12))
    slope, start = np.polyfit(np.log(prices[priced]), values, 1)
    guess = float(start + slope * np.log(price))
    return float(np.clip(guess, 0.0, 1.0)) if column == "quality" else float(np.exp(guess))
