"""What votes are worth to a house, on kinds of questions never seen: `python -m tests.bench.house`.

The families of a benchmark are parted in three. What models are expected to make of two parts is
their average there; the questions of the third come in a stream, each goes to the model with the
highest value x quality - price, and a share of the answers gets a thumb, one in ten of them wrong.
The gain is the stream's total of value x quality - cost over that of the same router without
votes. The values are those around which that router would change its mind, where choosing
matters; far from them votes change little, which is shown too. Last in a row stands what knowing
the best model of each family from the start would gain.
"""

import argparse
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from routing.backends.word_vectors import open_word_vectors
from routing.embedding import VECTOR_SIZE, Vector
from routing.house import Memory, coarse
from routing.prediction import Prediction
from routing.votes import Leaning, Verdict, Vote
from tests.bench.replay import Numbers, Recorded, read_outcomes

_PARTS: Final = 3
_WRONG: Final = 0.1
_VOTERS: Final = 25
_BEGAN_AT: Final = datetime(2026, 1, 1, tzinfo=UTC)
_BETWEEN: Final = timedelta(minutes=20)
_GOOD: Final = 0.5


@dataclass(frozen=True, slots=True)
class Stream:
    """Questions of unseen families, with what the router expects of every model.

    Attributes:
        recorded: The questions, in the order they come.
        vectors: One a question.
        families: Likewise.
        quality: Expected of each model.
        cost_usd: Expected of each model.
    """

    recorded: Recorded
    vectors: Sequence[Vector]
    families: NDArray[np.object_]
    quality: Numbers
    cost_usd: Numbers

    def ceiling(self, value_usd: float) -> float:
        """Return what would be gained by knowing from the start who is best in each family."""
        scores = value_usd * self.recorded.quality - self.recorded.cost_usd
        alone = int(np.argmax(value_usd * self.quality - self.cost_usd))
        known = sum(
            scores[self.families == family].sum(axis=0).max() for family in np.unique(self.families)
        )
        return float(known / scores[:, alone].sum() - 1)

    def gain(self, value_usd: float, feedback: float, seed: int) -> float:
        """Return what votes gain over the same router without any; 0.07 is 7 %."""
        scores = value_usd * self.recorded.quality - self.recorded.cost_usd
        alone = int(np.argmax(value_usd * self.quality - self.cost_usd))
        return float(self._earned(scores, value_usd, feedback, seed) / scores[:, alone].sum() - 1)

    def _earned(self, scores: Numbers, value_usd: float, feedback: float, seed: int) -> float:
        random = np.random.default_rng(seed)
        votes: list[Vote] = []
        memory, earned = Memory(()), 0.0
        names = self.recorded.models
        prior = {
            name: Prediction(float(quality), 0)
            for name, quality in zip(names, self.quality, strict=True)
        }
        for number, vector in enumerate(self.vectors):
            at = _BEGAN_AT + number * _BETWEEN
            now = memory.adjusted(prior, vector, at, Leaning())
            expected = np.array([each.quality for each in now.values()])
            chosen = int(np.argmax(value_usd * expected - self.cost_usd))
            earned += scores[number, chosen]
            if random.random() < feedback:
                is_good = self.recorded.quality[number, chosen] >= _GOOD
                says_good = is_good != (random.random() < _WRONG)
                verdict = Verdict.GOOD if says_good else Verdict.BAD
                voter = f"voter:{random.integers(_VOTERS)}"
                question = coarse(vector)
                votes.append(Vote(str(number), voter, names[chosen], verdict, question, at))
                memory = Memory(votes)
        return earned


def streams(
    recorded: Recorded, families: NDArray[np.object_], vectors: Sequence[Vector], seed: int
) -> Iterator[Stream]:
    """Yield a stream for each third of the families, shuffled by a seed."""
    random = np.random.default_rng(seed)
    shuffled = random.permutation(np.unique(families))
    for part in range(_PARTS):
        is_held_out = np.isin(families, shuffled[part::_PARTS])
        order = random.permutation(np.flatnonzero(is_held_out))
        seen = recorded.rows(~is_held_out)
        yield Stream(
            recorded.rows(order),
            [vectors[row] for row in order],
            families[order],
            seen.quality.mean(axis=0),
            seen.cost_usd.mean(axis=0),
        )


def turning_value_usd(stream: Stream) -> float:
    """Return the value of an answer at which the best model becomes worth its price."""
    best = int(np.argmax(stream.quality))
    cheaper = [model for model in range(len(stream.quality)) if model != best]
    return max(
        float(
            (stream.cost_usd[best] - stream.cost_usd[model])
            / max(stream.quality[best] - stream.quality[model], 1e-9)
        )
        for model in cheaper
        if _is_on_the_way(stream, model, best)
    )


def _is_on_the_way(stream: Stream, model: int, best: int) -> bool:
    """Tell whether a router would choose a model at some value below the best one's."""
    values = np.geomspace(1e-5, 10, 400)
    chosen = {int(np.argmax(value * stream.quality - stream.cost_usd)) for value in values}
    return model != best and model in chosen


def main() -> None:
    """Simulate and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    add = parser.add_argument
    add("folder", type=Path, help="recorded outcomes of several families")
    add("--feedback", nargs="+", type=float, default=(0.05, 0.3, 1.0), help="shares with a vote")
    add("--times", nargs="+", type=float, default=(0.25, 0.8, 0.95, 1.05, 1.25, 4.0))
    add("--seeds", type=int, default=3)
    asked = parser.parse_args()
    recorded, families, prompts = _read(asked.folder)
    if len(np.unique(families)) < _PARTS:
        sys.exit(f"{recorded.name} has too few families to part them in {_PARTS}")
    embed = open_word_vectors()
    nothing = np.zeros(VECTOR_SIZE, dtype=np.float32)
    vectors = [nothing if (vector := embed(text)) is None else vector for text in prompts]
    made = [
        (seed, stream)
        for seed in range(asked.seeds)
        for stream in streams(recorded, families, vectors, seed)
    ]
    print(f"{recorded.name}: {len(made)} streams of {len(prompts) // _PARTS} questions")
    for times in asked.times:
        cells = []
        for feedback in asked.feedback:
            gains = np.array([
                stream.gain(times * turning_value_usd(stream), feedback, seed)
                for seed, stream in made
            ])  # fmt: skip
            error = gains.std() / np.sqrt(len(gains))
            cells.append(f"{gains.mean():+.1%} ±{1.96 * error:.1%} (worst {gains.min():+.1%})")
        ceiling = np.mean([
            stream.ceiling(times * turning_value_usd(stream)) for _, stream in made
        ])  # fmt: skip
        print(f"  {times:4} x turning value: " + "   ".join(cells) + f"   of {ceiling:+.1%}")


def _read(folder: Path) -> tuple[Recorded, NDArray[np.object_], list[str]]:
    queries = pd.read_parquet(folder / "queries.parquet")
    recorded = read_outcomes(folder, queries)
    return recorded, queries["category"].to_numpy(dtype=object), queries["prompt"].tolist()


if __name__ == "__main__":
    main()
