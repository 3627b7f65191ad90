"""Fits the cohorts that ship: `python -m tests.bench.routing --train DIR… --fit routing/fitted`.

Folders of mostly the same models become one file. The same folders give the same bytes on the same
machine with the same libraries; elsewhere numbers may differ by rounding.
"""

from collections.abc import Sequence
from os.path import commonprefix
from pathlib import Path
from typing import Final

import numpy as np

from routing.embedding import Embed
from routing.learned.fitting import Effort, fit
from routing.learned.keeping import Cohort, keep
from routing.learned.lengths import fit_lengths
from tests.bench.routing.predicting import COPIES, Together, cohorts, outcomes_of
from tests.bench.routing.recorded import Recorded, read, table

LANDMARKS: Final = 256
"""Half of what the benchmark uses, so that a file stays small; it costs next to nothing."""


def ship(folders: Sequence[Path], to: Path, embed: Embed) -> None:
    """Fit cohorts on all rows of folders and write each, named for what its folders share."""
    to.mkdir(parents=True, exist_ok=True)
    recorded = read(folders)
    models = sorted(recorded.outcomes["model"].unique())
    for cohort in cohorts(recorded, models):
        shipped, prompts = _shipped(recorded, cohort, embed)
        names = [Path(folder).name for folder in cohort.folders]
        shared = commonprefix(names).rstrip("_")  # noqa: RUF071 # of names, not of paths
        path = to / f"{shared}.npz"
        keep(shipped, path)
        print(f"{path}: {len(cohort.models)} models, {prompts} prompts")


def _shipped(recorded: Recorded, cohort: Together, embed: Embed) -> tuple[Cohort, int]:
    chosen = cohort.rows(recorded)
    outcomes = outcomes_of(recorded, chosen, cohort.models, embed)
    learned = fit(outcomes, Effort(LANDMARKS))
    lengths = np.tile(table(recorded, cohort.models, "out_tokens").to_numpy()[chosen], (COPIES, 1))
    has_lengths = not np.isnan(lengths).all(axis=0).any()
    folders = ", ".join(Path(folder).name for folder in cohort.folders)
    about = {"folders": folders, "prompts": str(len(chosen))}
    counts = learned.scale.of(outcomes.statistics, outcomes.vectors).counts
    tokens = fit_lengths(counts, outcomes.labels, lengths) if has_lengths else None
    return Cohort(learned, tokens, about), len(chosen)
