import numpy as np

from tests.bench.cascades import Policy, fitted, replay, searched
from tests.bench.replay import NO_ANSWER, Recorded

CHEAP, OTHER, DEAR = 0, 1, 2


def recorded(answers: list[list[int]], quality: list[list[float]]) -> Recorded:
    rows = len(answers)
    return Recorded(
        name="written",
        questions=tuple(f"q{n}" for n in range(rows)),
        models=("cheap", "other", "dear"),
        quality=np.array(quality),
        cost_usd=np.tile([1.0, 2.0, 10.0], (rows, 1)),
        answers=np.array(answers),
    )


def test_agreement_ends_a_cascade_and_the_last_model_decides_otherwise() -> None:
    outcomes = recorded([[0, 0, 1], [0, 1, 1]], [[1, 1, 0], [0, 1, 1]])

    quality, cost_usd = replay((CHEAP, OTHER, DEAR), outcomes)

    assert quality.tolist() == [1, 1]
    assert cost_usd.tolist() == [3, 13]


def test_missing_answers_never_agree() -> None:
    outcomes = recorded([[NO_ANSWER, NO_ANSWER, 0]], [[0, 0, 1]])

    quality, cost_usd = replay((CHEAP, OTHER, DEAR), outcomes)

    assert (quality.tolist(), cost_usd.tolist()) == ([1], [13])


def test_the_fitted_policy_keeps_to_what_may_be_spent() -> None:
    random = np.random.default_rng(0)
    is_right = random.random((400, 3)) < [0.7, 0.75, 0.95]
    answers = np.where(is_right, 0, random.integers(1, 50, (400, 3)))
    outcomes = recorded(answers.tolist(), is_right.astype(float).tolist())

    policy = fitted(outcomes, most_usd=8.0)
    quality, cost_usd = policy.replay(outcomes)

    assert cost_usd.mean() < 8.5
    assert quality.mean() > outcomes.quality[:, DEAR].mean() - 0.01
    assert (CHEAP, OTHER, DEAR) in searched(outcomes)


def test_a_mixture_sends_each_question_the_same_way_every_time() -> None:
    outcomes = recorded([[0, 1, 2]] * 50, [[0, 0, 1]] * 50)
    policy = Policy((CHEAP,), (DEAR,), 0.4)

    once, again = policy.replay(outcomes), policy.replay(outcomes)

    assert np.array_equal(once[1], again[1])
    assert 0.2 < once[0].mean() < 0.6
