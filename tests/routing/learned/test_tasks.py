import numpy as np

from routing.learned.arrays import Scale
from routing.learned.tasks import fit_tasks
from tests.routing.learned.worlds import prompts, scaled


def test_questions_of_a_known_kind_are_recognised_and_familiar() -> None:
    seen_statistics, seen_vectors, seen_kind = prompts(400)
    scale = Scale.fitted(seen_statistics, seen_vectors)
    seen = scaled(seen_statistics, seen_vectors, scale)
    tasks = fit_tasks(seen, seen_kind, np.arange(400))
    statistics, vectors, kind = prompts(100, seed=5)

    shares, familiarity = tasks.membership(scaled(statistics, vectors, scale))

    assert (shares.argmax(axis=1) == kind).mean() > 0.98
    assert familiarity.mean() > 0.9


def test_questions_of_another_kind_are_not_familiar() -> None:
    statistics, vectors, kind = prompts(600, kinds=5)
    known = kind < 3
    scale = Scale.fitted(statistics[known], vectors[known])
    both = scaled(statistics, vectors, scale)
    tasks = fit_tasks(both.rows(np.flatnonzero(known)), kind[known], np.flatnonzero(known))

    _, familiarity = tasks.membership(both.rows(np.flatnonzero(~known)))

    assert familiarity.mean() < 0.05


def test_questions_without_word_vectors_are_not_familiar_to_what_knew_them() -> None:
    statistics, vectors, kind = prompts(400)
    scale = Scale.fitted(statistics, vectors)
    tasks = fit_tasks(scaled(statistics, vectors, scale), kind, np.arange(400))

    _, familiarity = tasks.membership(scaled(statistics, np.zeros_like(vectors), scale))

    assert familiarity.max() == 0


def test_a_single_kind_of_question_is_enough() -> None:
    statistics, vectors, kind = prompts(100, kinds=1)

    tasks = fit_tasks(scaled(statistics, vectors), kind, np.arange(100))
    shares, familiarity = tasks.membership(scaled(statistics, vectors))

    assert np.allclose(shares, 1.0)
    assert familiarity.mean() > 0.9
