import numpy as np

from routing.learned.trees import Growth, grow


def test_trees_learn_where_a_step_is() -> None:
    statistics = np.random.default_rng(0).normal(0, 1, (500, 6)).astype(np.float32)
    targets = np.where(statistics[:, [2]] > 0.3, 1.0, -1.0).astype(np.float32)

    forest = grow(statistics, targets, Growth(trees=100, caution=5.0, rate=0.1))

    low, high = np.zeros((2, 1, 6), np.float32)
    high[0, 2] = 1.0
    assert forest.predict(low)[0, 0] < -0.8
    assert forest.predict(high)[0, 0] > 0.8


def test_trees_say_the_mean_where_nothing_can_be_told() -> None:
    statistics = np.zeros((40, 3), np.float32)
    targets = np.linspace(0, 1, 40, dtype=np.float32)[:, None]

    forest = grow(statistics, targets)

    assert np.allclose(forest.predict(statistics), 0.5, atol=0.02)


def test_the_same_outcomes_grow_the_same_trees() -> None:
    statistics = np.random.default_rng(0).normal(0, 1, (100, 4)).astype(np.float32)

    once, again = (grow(statistics, statistics[:, :2]) for _ in range(2))

    assert np.array_equal(once.columns, again.columns)
    assert np.array_equal(once.corrections, again.corrections)
