"""Fits the families that ship: `python -m tests.bench.routing --train DIR… --fit routing/fitted`.

Every folder of models that answered the same questions becomes one file. The same folders give the
same bytes on the same machine and libraries.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np

from routing.embedding import Embed
from routing.learned.fitting import Outcomes, fit
from routing.learned.keeping import Family, keep
from routing.learned.lengths import fit_lengths
from tests.bench.routing.predicting import families, labels_of, measured
from tests.bench.routing.recorded import read, table

LANDMARKS: Final = 256
"""Half of what the benchmark uses, so that a file stays small; it costs next to nothing."""


def ship(folders: Sequence[Path], to: Path, embed: Embed) -> None:
    """Fit a family from all rows of folders and write it, named for the first of them."""
    to.mkdir(parents=True, exist_ok=True)
    recorded = read(folders)
    models = sorted(recorded.outcomes["model"].unique())
    for family in families(recorded, models):
        known = table(recorded, family, "quality")
        chosen = np.flatnonzero(
            known.notna().any(axis=1) & ~recorded.queries["contaminated"].to_numpy()
        )
        queries = recorded.queries.iloc[chosen]
        statistics, vectors = measured(queries, embed)
        labels, sources = labels_of(queries)
        outcomes = Outcomes(
            tuple(family), statistics, vectors, labels, sources, known.to_numpy()[chosen]
        )
        learned = fit(outcomes, landmarks=LANDMARKS)
        lengths = table(recorded, family, "out_tokens").to_numpy()[chosen]
        names = sorted({Path(folder).name for folder in queries["folder"]})
        about = {"folders": ", ".join(names), "prompts": str(len(chosen))}
        known_lengths = not np.isnan(lengths).all(axis=0).any()
        tokens = fit_lengths(statistics, labels, lengths) if known_lengths else None
        keep(Family(learned, tokens, about), to / f"{names[0]}.npz")
        print(f"{to / names[0]}.npz: {len(family)} models, {len(chosen)} prompts")
