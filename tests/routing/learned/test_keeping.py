from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from routing.learned.keeping import UnusableFile, keep, recall
from tests.routing.learned.worlds import family, prompts


def test_what_is_recalled_expects_the_same(tmp_path: Path) -> None:
    path = tmp_path / "family.npz"
    statistics, vectors, _ = prompts(50, seed=3)

    keep(family(), path)
    recalled = recall(path)

    assert recalled.quality.models == family().quality.models
    assert recalled.about == family().about
    ours, theirs = (
        each.quality.expect(statistics, vectors).quality for each in (family(), recalled)
    )
    assert np.allclose(ours, theirs, atol=0.01)


def test_a_family_without_lengths_is_recalled_without(tmp_path: Path) -> None:
    path = tmp_path / "family.npz"

    keep(replace(family(), output_tokens=None), path)

    assert recall(path).output_tokens is None


def test_the_same_family_gives_the_same_bytes(tmp_path: Path) -> None:
    once, again = tmp_path / "once.npz", tmp_path / "again.npz"

    keep(family(), once)
    keep(family(), again)

    assert once.read_bytes() == again.read_bytes()


@pytest.mark.parametrize("damage", ["cut", "other"], ids=["cut short", "something else"])
def test_a_damaged_file_is_refused(tmp_path: Path, damage: str) -> None:
    path = tmp_path / "family.npz"
    keep(family(), path)
    path.write_bytes(path.read_bytes()[:-200] if damage == "cut" else b"hello")

    with pytest.raises(UnusableFile, match="cannot be read"):
        recall(path)
