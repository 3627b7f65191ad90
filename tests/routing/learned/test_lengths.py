import numpy as np
import pytest

from routing.learned.lengths import fit_lengths
from routing.learned.tasks import fit_tasks
from tests.routing.learned.worlds import HARDNESS, prompts, scaled


def test_lengths_follow_the_kind_of_question_and_its_statistics() -> None:
    statistics, vectors, kind = prompts(400)
    amounts = (100.0 * (1 + kind) * np.exp(0.5 * statistics[:, HARDNESS]))[:, None]

    seen = scaled(statistics, vectors)
    lengths = fit_lengths(seen.counts, kind, amounts)
    shares, familiarity = fit_tasks(seen, kind, np.arange(400)).membership(seen)
    expected = lengths.expect(seen.counts, shares, np.ones_like(familiarity))

    assert expected.mean() == pytest.approx(amounts.mean(), rel=0.02)
    assert np.corrcoef(np.log(expected[:, 0]), np.log(amounts[:, 0]))[0, 1] > 0.95


def test_the_mean_is_expected_where_nothing_is_familiar() -> None:
    statistics, _, kind = prompts(100)
    amounts = np.linspace(1, 9, 100)[:, None]
    shares = np.full((100, 3), 1 / 3, np.float32)

    lengths = fit_lengths(statistics, kind, amounts)

    assert np.allclose(lengths.expect(statistics, shares, np.zeros(100, np.float32)), 5.0)


def test_unknown_lengths_do_not_count() -> None:
    statistics, _, kind = prompts(100)
    amounts = np.full((100, 1), 7.0)
    amounts[::2] = np.nan

    lengths = fit_lengths(statistics, kind, amounts)

    assert lengths.means == pytest.approx(7.0)


def test_a_model_asked_for_short_answers_only_is_not_taken_for_a_terse_one() -> None:
    statistics, vectors, kind = prompts(400)
    amounts = 100.0 * np.array([1.0, 4.0, 16.0])[kind][:, None] * np.array([1.0, 2.0])
    known = amounts.copy()
    known[kind > 0, 1] = np.nan
    seen = scaled(statistics, vectors)

    lengths = fit_lengths(seen.counts, kind, known)

    assert lengths.means[1] / lengths.means[0] == pytest.approx(2.0, rel=0.1)
    assert np.exp(lengths.by_task[2, 1] - lengths.by_task[2, 0]) == pytest.approx(2.0, rel=0.1)
