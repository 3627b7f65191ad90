import numpy as np

from routing.learned.tasks import fit_tasks
from tests.routing.learned.worlds import prompts


def test_questions_of_a_known_kind_are_recognised_and_familiar() -> None:
    tasks = fit_tasks(*prompts(400), np.arange(400))
    statistics, vectors, kind = prompts(100, seed=5)

    shares, familiarity = tasks.membership(statistics, vectors)

    assert (shares.argmax(axis=1) == kind).mean() > 0.98
    assert familiarity.mean() > 0.9


def test_questions_of_another_kind_are_not_familiar() -> None:
    statistics, vectors, kind = prompts(600, kinds=5)
    known = kind < 3
    tasks = fit_tasks(statistics[known], vectors[known], kind[known], np.flatnonzero(known))

    _, familiarity = tasks.membership(statistics[~known], vectors[~known])

    assert familiarity.mean() < 0.05


def test_questions_without_word_vectors_are_not_familiar_to_what_knew_them() -> None:
    tasks = fit_tasks(*prompts(400), np.arange(400))
    statistics, vectors, _ = prompts(100, seed=5)

    _, familiarity = tasks.membership(statistics, np.zeros_like(vectors))

    assert familiarity.max() == 0


def test_a_single_kind_of_question_is_enough() -> None:
    statistics, vectors, kind = prompts(100, kinds=1)

    tasks = fit_tasks(statistics, vectors, kind, np.arange(100))
    shares, familiarity = tasks.membership(statistics, vectors)

    assert np.allclose(shares, 1.0)
    assert familiarity.mean() > 0.9
