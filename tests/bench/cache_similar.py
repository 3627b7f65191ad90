"""Why no answer is found by likeness: `python -m tests.bench.cache_similar`. An experiment.

The nearest kept question by word vectors, alone and behind a lexical guard, beside the reduction
the cache uses, and GPTCache with the same vectors where it is installed. 4,500 questions are kept
and as many asked, a fifth of which mean what nobody asked before. A hit is right when the kept
question means the same. It would be offered if the lower bound of its precision were 99 %, also
where the near misses are written by somebody who means to be missed.
"""

import importlib.util
import math
import re
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from routing.backends.word_vectors import open_word_vectors
from routing.cache_words import reduced_question
from routing.embedding import Embed
from tests.bench.similar_questions import Asked, Trial, among_written, made_up
from tests.routing.everyday_paraphrases import PAIRS
from tests.routing.near_misses import near_misses

ASKED_PRECISION: Final = 0.99
THRESHOLDS: Final = (0.98, 0.95, 0.90, 0.85, 0.80, 0.70)

Lookup = Callable[[Asked], Asked | None]
"""Finds a kept question for one that is asked."""

# Numbers, negations, directions, comparatives, quantities, modals, question words and symbols.
_GUARDED: Final = re.compile(
    r"\"[^\"]*\"|\d+(?:[.,:/-]\d+)*|[^\w\s?.,!'’]|\b(?:not|no|never|none|nobody|nothing|without|"  # noqa: RUF001 # people type it
    r"except|only|but|unless|\w+n['’]t|to|from|into|before|after|over|under|with|between|against|"  # noqa: RUF001 # the same
    r"for|in|on|off|out|up|down|than|more|less|most|least|\w{3,}(?:er|est)|best|worst|all|some|any|"
    r"every|few|many|much|both|either|neither|half|must|should|may|can|could|would|might|will|is|"
    r"are|was|were|do|does|did|has|have|had|what|why|how|who|when|where|which)\b",
    re.IGNORECASE,
)
_NAMED: Final = re.compile(r"(?<=[\w,] )[A-ZÀ-Þ]\w*")


def guard(text: str) -> tuple[str, ...]:
    """Return what must be the same, in the same order, before likeness counts."""
    plain = [word.lower() for word in _GUARDED.findall(text)]
    return (*plain, *_NAMED.findall(text))


def by_reduction(kept: Sequence[Asked]) -> Lookup:
    """Find what the cache finds today."""
    known = {words: each for each in kept if (words := reduced_question(each.text))}

    def look(asked: Asked) -> Asked | None:
        words = reduced_question(asked.text)
        return known.get(words) if words else None

    return look


class Nearest:
    """The nearest kept question by word vectors."""

    def __init__(self, kept: Sequence[Asked], embed: Embed, *, is_guarded: bool) -> None:
        self._kept = kept
        self._embed = embed
        self._guards = [guard(each.text) for each in kept] if is_guarded else None
        self._vectors = np.stack([embedded(embed, each.text) for each in kept])

    def find(self, text: str) -> tuple[Asked, float] | None:
        """Return the nearest the guard lets through and its likeness; None when it lets none."""
        likeness = self._vectors @ embedded(self._embed, text)
        if self._guards is not None:
            wanted = guard(text)
            lets = np.fromiter((each == wanted for each in self._guards), bool, len(self._kept))
            if not lets.any():
                return None
            likeness = np.where(lets, likeness, -1)
        at = int(likeness.argmax())
        return self._kept[at], float(likeness[at])


def embedded(embed: Embed, text: str) -> NDArray[np.float32]:
    """Return a question's vector."""
    vector = embed(text)
    assert vector is not None, "no word vectors for this Python"
    return vector


def lower_bound(right: int, hits: int) -> float:
    """Return the lower end of the 95 % interval of a share, by Wilson."""
    if not hits:
        return 0.0
    z, share = 1.96, right / hits
    middle = share + z * z / (2 * hits)
    spread = z * math.sqrt(share * (1 - share) / hits + z * z / (4 * hits * hits))
    return (middle - spread) / (1 + z * z / hits)


def row(name: str, hits: Sequence[tuple[Asked, Asked]], trial: Trial, each_ms: float) -> str:
    """Return a line of the table; `new` are right hits the cache has not today."""
    kept = {each.meaning for each in trial.kept}
    look = by_reduction(trial.kept)
    findable = sum(asked.meaning in kept for asked in trial.asked)
    right = [asked for asked, found in hits if asked.meaning == found.meaning]
    new = sum(look(asked) is None for asked in right)
    precision = len(right) / len(hits) if hits else 0.0
    bound = lower_bound(len(right), len(hits))
    verdict = "meets it" if bound >= ASKED_PRECISION else ""
    return (
        f"{name:34} {len(hits):5} {len(hits) - len(right):5} {precision:8.2%} {bound:8.2%} "
        f"{len(right) / findable:7.1%} {new:5} {each_ms:7.3f}  {verdict}"
    )


def rows(trial: Trial, embed: Embed) -> Iterator[str]:
    """Yield the table of a trial."""
    yield f"{trial.name:34}  hits wrong precision lower b.  recall   new ms each"
    look = by_reduction(trial.kept)
    began_s = time.perf_counter()
    found = [(asked, look(asked)) for asked in trial.asked]
    each_ms = 1e3 * (time.perf_counter() - began_s) / len(trial.asked)
    yield row("reduction", [(asked, hit) for asked, hit in found if hit], trial, each_ms)
    for is_guarded, name in ((False, "vectors"), (True, "guard and vectors")):
        nearest = Nearest(trial.kept, embed, is_guarded=is_guarded)
        began_s = time.perf_counter()
        near = [(asked, nearest.find(asked.text)) for asked in trial.asked]
        each_ms = 1e3 * (time.perf_counter() - began_s) / len(trial.asked)
        for least in THRESHOLDS:
            hits = [(asked, hit[0]) for asked, hit in near if hit and hit[1] >= least]
            yield row(f"{name}, {least:.2f} alike", hits, trial, each_ms)
    yield from rivals(trial, embed)


def rivals(trial: Trial, embed: Embed) -> Iterator[str]:
    """Yield the rows of others, or why there is none."""
    if importlib.util.find_spec("gptcache") is None:
        yield f"{'GPTCache':34} not installed"
    else:
        yield from _gptcache(trial, embed)
    yield f"{'RedisVL':34} needs a search module in the store, which none here has"


def _gptcache(trial: Trial, embed: Embed) -> Iterator[str]:
    from gptcache import Cache, Config
    from gptcache.adapter.api import get
    from gptcache.manager import manager_factory
    from gptcache.processor.pre import get_prompt
    from gptcache.similarity_evaluation import SearchDistanceEvaluation

    by_text = {each.text: each for each in trial.kept}
    for threshold in (0.8, 0.95, 0.99):  # the first is its default
        with tempfile.TemporaryDirectory() as folder:
            cache = Cache()
            cache.init(
                pre_embedding_func=get_prompt,
                embedding_func=lambda text, **_: embedded(embed, text),
                data_manager=manager_factory(
                    "sqlite,faiss", data_dir=folder, vector_params={"dimension": 256}
                ),
                similarity_evaluation=SearchDistanceEvaluation(),
                config=Config(similarity_threshold=threshold),
            )
            texts = [each.text for each in trial.kept]
            cache.import_data(questions=texts, answers=texts)
            began_s = time.perf_counter()
            found = [(asked, get(asked.text, cache_obj=cache)) for asked in trial.asked]
            each_ms = 1e3 * (time.perf_counter() - began_s) / len(trial.asked)
            hits = [(asked, by_text[answer]) for asked, answer in found if answer]
            yield row(f"GPTCache, same vectors, {threshold}", hits, trial, each_ms)


def main() -> None:
    """Print a table for made-up near misses and one for those somebody wrote."""
    embed = open_word_vectors()
    same = [(one, again) for one, again in (pair.split("|") for pair in PAIRS)]
    other = [(one, another) for _, one, another in near_misses()]
    for trial in (made_up(), among_written(made_up(), same, other)):
        for line in rows(trial, embed):
            print(line, flush=True)
        print()


if __name__ == "__main__":
    main()
