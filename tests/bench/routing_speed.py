"""What a prediction costs beside LiteLLM's scorer: `python -m tests.bench.routing_speed`.

All look at the same prompts in turns, so that whatever else the machine does hits all alike. A
prediction is the whole of it: features, word vectors, the cohorts, every card. CPU time is what it
costs on a machine with nothing else to do; time on the wall depends on what else runs.
"""

import random
import sys
import time
from collections.abc import Callable, Sequence
from decimal import Decimal
from statistics import median
from typing import Final

from config.settings import Settings
from routing.backends.learned_files import LearnedPredictor
from routing.choosing import choose
from routing.demand import demand_of
from tests.bench.routing.rivals import complexity_router
from tests.builders import a_card, a_query

MODELS: Final = ("llama-3.3-70b-instruct", "llama-4-maverick", "o3-mini", "deepseek-r1", "", "")
LONGEST_CHARS: Final = 2000

_SENTENCES: Final = (
    "What is the sum of {a} and {b}?",
    "Write a Python function that reverses a list of {a} strings.",
    "Explain why the sky is blue to a child of {b} years.",
    "A train leaves at {a}:15 with {b} passengers; how many arrive if half of them get off?",
    "def f(x):\n    return x * {a} + {b}\n",
    "Summarise the following meeting notes, please.",
    "Which of these is true?\nA. {a}\nB. {b}\nC. neither",
)


def prompts(count: int) -> list[str]:
    """Make up prompts of every length up to `LONGEST_CHARS`, the short ones more often."""
    chance = random.Random(0)  # noqa: S311 # no secret
    made = []
    for _ in range(count):
        chars = int(LONGEST_CHARS ** chance.uniform(0.5, 1.0))
        text = ""
        while len(text) < chars:
            sentence = chance.choice(_SENTENCES)
            text += sentence.format(a=chance.randint(2, 9999), b=chance.randint(2, 99)) + " "
        made.append(text[:chars])
    return made


def timed_ms(
    subjects: Sequence[Callable[[str], object]], texts: Sequence[str]
) -> list[list[tuple[float, float]]]:
    """Return each subject's times, on the wall and of the CPU, taking turns over the texts."""
    times: list[list[tuple[float, float]]] = [[] for _ in subjects]
    for text in texts:
        for subject, mine in zip(subjects, times, strict=True):
            wall_ns, cpu_ns = time.perf_counter_ns(), time.thread_time_ns()
            subject(text)
            used_ns = time.thread_time_ns() - cpu_ns
            mine.append(((time.perf_counter_ns() - wall_ns) / 1e6, used_ns / 1e6))
    return times


def main(count: int) -> None:
    """Measure and print."""
    cards = tuple(
        a_card(f"model-{place}", learned_as=model, output_price=Decimal(place + 1))
        for place, model in enumerate(MODELS)
    )
    settings = Settings(models=cards)
    began_s = time.perf_counter()
    predictor = LearnedPredictor()
    predictor(a_query("warm"), demand_of(a_query("warm"), 1000), cards)
    print(f"loading and the first prediction  {time.perf_counter() - began_s:7.3f} s")
    scorer = complexity_router()

    def decision(text: str) -> object:
        query = a_query(text)
        demand = demand_of(query, 1000)
        return choose(query, settings, predictions=predictor(query, demand, cards), demand=demand)

    subjects: dict[str, Callable[[str], object]] = {
        "LiteLLM's scorer": scorer.classify,
        "a prediction": lambda text: predictor(
            a_query(text), demand_of(a_query(text), 1000), cards
        ),
        "a decision with predictions": decision,
        "a decision without": lambda text: choose(a_query(text), settings),
    }
    timed_ms(list(subjects.values()), prompts(100))
    for name, times in zip(
        subjects, timed_ms(list(subjects.values()), prompts(count)), strict=True
    ):
        for clock, each in zip(("wall", "cpu"), zip(*times, strict=True), strict=True):
            worst = sorted(each)[int(len(each) * 0.99)]
            print(f"{name:28} {clock:4}  p50 {median(each):7.3f} ms  p99 {worst:7.3f} ms")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 2000)
