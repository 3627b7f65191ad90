import numpy as np
import pytest

from routing.learned.unasked import added_up, means_of_all

ROWS, COLUMNS = np.array([[-1.0], [0.5], [2.0]]), np.array([0.0, 1.0, 3.0, -2.0])


def test_what_was_never_asked_is_what_questions_and_model_add_up_to() -> None:
    truth = ROWS + COLUMNS
    counts = np.full(truth.shape, 40.0)
    counts[0, 1] = counts[2, 3] = 0.0

    found = added_up(np.where(counts > 0, truth, 99.0), counts)

    assert np.allclose(found, truth)


def test_much_evidence_weighs_more_than_little() -> None:
    values, counts = np.array([[0.0, 1.0], [0.0, 5.0]]), np.array([[900.0, 900.0], [1.0, 1.0]])

    found = added_up(values, counts)

    assert found[0, 1] - found[0, 0] == pytest.approx(1.0, abs=0.1)


def test_tables_that_share_nothing_are_filled_all_the_same() -> None:
    counts = np.array([[50.0, 50.0, 0.0], [0.0, 0.0, 50.0]])

    found = added_up(np.array([[1.0, 3.0, 0.0], [0.0, 0.0, 2.0]]), counts)

    assert found[counts > 0] == pytest.approx([1.0, 3.0, 2.0])
    assert np.isfinite(found).all()


def test_of_nothing_nothing_is_made() -> None:
    assert not added_up(np.ones((2, 3)), np.zeros((2, 3))).any()


def test_a_full_table_keeps_its_means() -> None:
    sums, counts = np.array([[30.0, 10.0], [5.0, 2.0]]), np.array([[40.0, 40.0], [10.0, 10.0]])

    means = means_of_all(sums, counts, np.full((2, 2), 0.9))

    assert means == pytest.approx([35 / 50, 12 / 50])


def test_what_is_missing_counts_as_expected() -> None:
    sums, counts = np.array([[30.0, 10.0], [5.0, 0.0]]), np.array([[40.0, 40.0], [10.0, 0.0]])

    means = means_of_all(sums, counts, np.full((2, 2), 0.9))

    assert means == pytest.approx([35 / 50, (10 + 9) / 50])
