"""Writes predictions as the judge reads them."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from tests.bench.routing.judging import PAIR
from tests.bench.routing.predicting import Predicted
from tests.bench.routing.recorded import Recorded


def write_scores(
    path: Path, test: Recorded, models: Sequence[str], found: Predicted
) -> Iterator[Path]:
    """Write predictions, for two models scores too; yield each file written."""
    qids = test.queries["qid"].to_numpy()
    predictions = pd.DataFrame(
        {
            "qid": np.repeat(qids, len(models)),
            "model": np.tile(np.array(models, object), len(qids)),
            "pred_quality": found.quality.ravel(),
            "pred_cost": found.cost_usd.ravel(),
        }
    )
    if len(models) != PAIR:
        yield _written(predictions, path)
        return
    stronger, weaker = found.quality.T
    yield _written(pd.DataFrame({"qid": qids, "score": stronger - weaker}), path)
    yield _written(predictions, path.with_suffix(f".pool{path.suffix}"))


def _written(frame: pd.DataFrame, path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix == ".parquet":
        frame.to_parquet(path, index=False)
    elif ".jsonl" in path.name:
        frame.to_json(path, orient="records", lines=True)
    else:
        frame.to_csv(path, index=False)
    return path
