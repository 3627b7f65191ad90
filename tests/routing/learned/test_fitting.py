from dataclasses import replace

import numpy as np
import pytest

from routing.learned.fitting import Effort, fit
from routing.learned.trees import Growth
from tests.routing.learned.worlds import (
    HARDNESS,
    LITTLE,
    MODELS,
    outcomes,
    prompts,
    turning_outcomes,
)


def test_what_is_learned_predicts_better_than_the_means() -> None:
    learned, unseen = fit(outcomes(), LITTLE), outcomes(seed=30)

    expected = learned.expect(unseen.statistics, unseen.vectors).quality

    missed = ((expected - unseen.quality) ** 2).mean()
    assert missed < 0.9 * ((learned.means - unseen.quality) ** 2).mean()


def test_a_model_that_is_good_at_one_kind_is_preferred_there_only() -> None:
    learned = fit(outcomes(), LITTLE)
    statistics, vectors, kind = prompts(90, seed=4)

    expected = learned.expect(statistics, vectors).quality
    coder, large = (expected[:, MODELS.index(name)] for name in ("coder", "large"))

    assert (coder - large)[kind == 2].mean() > 0
    assert (coder - large)[kind != 2].mean() < -0.2


def test_hard_questions_widen_the_gap_between_models() -> None:
    learned = fit(outcomes(), LITTLE)
    statistics, vectors, _ = prompts(200, seed=4)
    statistics[:, HARDNESS] = np.repeat([-1.0, 1.0], 100)

    expected = learned.expect(statistics, vectors).quality
    gap = expected[:, MODELS.index("large")] - expected[:, MODELS.index("small")]

    assert gap[100:].mean() > gap[:100].mean() + 0.02


def test_a_direction_that_chance_made_is_not_believed() -> None:
    known = outcomes(hardness=0.0)

    learned = fit(known, LITTLE)

    assert np.allclose(learned.directions, 0.0)


@pytest.mark.parametrize(
    ("of_one_source", "is_believed"), [(True, False), (False, True)], ids=["known", "not known"]
)
def test_what_turns_from_task_to_task_is_no_direction(
    of_one_source: bool, is_believed: bool
) -> None:
    known = turning_outcomes(1200)
    if not of_one_source:  # then nobody knows that these are tasks of one kind
        known = replace(known, sources=known.labels)

    learned = fit(known, Effort(32, Growth(trees=40, rate=0.4, caution=5.0)))

    assert np.any(learned.directions != 0.0) == is_believed


def test_nothing_moves_on_questions_unlike_anything_recorded() -> None:
    learned = fit(outcomes(), LITTLE)
    statistics, vectors, kind = prompts(400, seed=4, kinds=6)
    unseen = kind > 3

    expected = learned.expect(statistics[unseen] + 5.0, -vectors[unseen])

    assert np.all(expected.familiarity == 0)
    assert np.allclose(expected.quality, learned.means, atol=1e-6)


@pytest.mark.parametrize("gaps", [0.0, 0.4], ids=["all asked", "some never asked"])
def test_fitting_is_the_same_each_time_and_finite(gaps: float) -> None:
    known = outcomes(200)
    known.quality[np.random.default_rng(0).random(known.quality.shape) < gaps] = np.nan

    once, again = (fit(known, LITTLE) for _ in range(2))

    assert np.array_equal(once.directions, again.directions)
    expected = once.expect(known.statistics, known.vectors).quality
    assert np.all((expected > 0) & (expected < 1))


def test_a_model_is_not_the_worse_for_having_been_asked_the_hard_questions_only() -> None:
    known, large = outcomes(1200), MODELS.index("large")
    is_hard = known.labels == 0
    known.quality[is_hard] *= 0.2
    known.quality[~is_hard, large] = np.nan
    raw = np.nanmean(known.quality, axis=0)
    assert raw.argmin() == large

    learned = fit(replace(known, sources=known.labels), LITTLE)

    assert learned.means.argmax() == large
    statistics, vectors, kind = prompts(200, seed=4)
    expected = learned.expect(statistics[kind == 1], vectors[kind == 1]).quality
    assert expected.mean(axis=0).argmax() == large
