"""Records what this version keeps: `python -m tests.stored`. CONTRIBUTING.md says when."""

import asyncio
import tempfile
from pathlib import Path

from tests.stored.recordings import keep, load, record, recorded
from tests.stored.shape import shape_of

if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        now = asyncio.run(record(Path(folder)))
    if (known := recorded()) and shape_of(load(known[-1])) == shape_of(now):
        print(f"Nothing has another shape than in {known[-1].name}.")
    else:
        print(f"Recorded in {keep(now)}.")
