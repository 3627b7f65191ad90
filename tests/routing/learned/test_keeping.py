from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from routing.learned.keeping import UnusableFile, keep, recall
from tests.routing.learned.worlds import cohort, prompts


def test_what_is_recalled_expects_the_same(tmp_path: Path) -> None:
    path = tmp_path / "cohort.npz"
    statistics, vectors, _ = prompts(50, seed=3)

    keep(cohort(), path)
    recalled = recall(path)

    assert recalled.quality.models == cohort().quality.models
    assert recalled.about == cohort().about
    ours, theirs = (
        each.quality.expect(statistics, vectors).quality for each in (cohort(), recalled)
    )
    assert np.allclose(ours, theirs, atol=0.01)


def test_a_cohort_without_lengths_is_recalled_without(tmp_path: Path) -> None:
    path = tmp_path / "cohort.npz"

    keep(replace(cohort(), output_tokens=None), path)

    assert recall(path).output_tokens is None


def test_the_same_cohort_gives_the_same_bytes(tmp_path: Path) -> None:
    once, again = tmp_path / "once.npz", tmp_path / "again.npz"

    keep(cohort(), once)
    keep(cohort(), again)

    assert once.read_bytes() == again.read_bytes()


@pytest.mark.parametrize("damage", ["cut", "other"], ids=["cut short", "something else"])
def test_a_damaged_file_is_refused(tmp_path: Path, damage: str) -> None:
    path = tmp_path / "cohort.npz"
    keep(cohort(), path)
    path.write_bytes(path.read_bytes()[:-200] if damage == "cut" else b"hello")

    with pytest.raises(UnusableFile, match="cannot be read"):
        recall(path)
