"""What agreement of cheap models is worth, on recorded answers: `python -m tests.bench.agreement`.

Which models are asked, in which order, is chosen on the training questions alone, to cost at most
a share of the reference model; the other questions show what came of it. Beside that stands the
panel the router itself would choose from nothing but the models' average qualities and prices,
and how well its two constants fit.
"""

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, product
from pathlib import Path
from typing import Final

import numpy as np

from config.catalog import MICROUSD
from routing.agreement import SAME_MISTAKE, SHARED_DIFFICULTY, expected, panel_of
from routing.policy import Candidate
from tests.bench.cascades import fitted, replay, searched
from tests.bench.replay import NO_ANSWER, Numbers, Recorded, read_recorded
from tests.builders import a_candidate

_RESAMPLED: Final = 2000
_SPENT: Final = 0.9
"""Of the share allowed: what is cheap enough on one set may be a little dearer on another."""

_SHARES: Final = (0.1, 0.15, 0.18, 0.25, 0.3, 0.33, 0.5)
_VALUES_USD: Final = (0.002, 0.02, 0.2)


@dataclass(frozen=True, slots=True)
class Setting:
    """One benchmark: what is fitted on, what is tested on, and the model costs are shares of."""

    train: Recorded
    test: Recorded
    reference: int

    def share(self, cost_usd: Numbers) -> float:
        """Return a cost as a share of the reference model's on the same questions."""
        return float(cost_usd.mean() / self.test.cost_usd[:, self.reference].mean())


def interval(quality: Numbers) -> tuple[float, float]:
    """Return the bootstrap's 95 % interval of a mean."""
    draw = np.random.default_rng(0).integers(0, len(quality), (_RESAMPLED, len(quality)))
    low, high = np.percentile(quality[draw].mean(axis=1), [2.5, 97.5])
    return float(low), float(high)


def line(setting: Setting, quality: Numbers, cost_usd: Numbers, who: str) -> str:
    """Return a row: quality with its interval, the share of the reference's cost, who answered."""
    low, high = interval(quality)
    share = setting.share(cost_usd)
    return f"  {quality.mean():.4f} [{low:.4f}, {high:.4f}]  at {share:6.1%}   {who}"


def cascades(setting: Setting, shares: Sequence[float]) -> Iterator[str]:
    """Yield a row for each share that may be spent."""
    train = setting.train
    dearest_usd = train.cost_usd[:, setting.reference].mean()
    for share in shares:
        policy = fitted(train, _SPENT * share * dearest_usd)
        quality, cost_usd = policy.replay(setting.test)
        ways = [policy.cheap] if policy.dear_share == 0 else [policy.cheap, policy.dear]
        who = " | ".join(", ".join(train.models[model] for model in way) for way in ways)
        mixed = f" ({policy.dear_share:.0%} the second way)" if policy.dear_share else ""
        yield line(setting, quality, cost_usd, f"<= {share:.0%}: {who}{mixed}")


def panels(setting: Setting) -> Iterator[str]:
    """Yield a row for each value of an answer: the panel the router would ask, or its one model."""
    train = setting.train
    for value_usd in _VALUES_USD:
        value_microusd = int(value_usd * MICROUSD)
        candidates = [
            _candidate(train, model, value_microusd) for model in range(len(train.models))
        ]
        panel = panel_of(candidates, value_microusd)
        best = max(candidates, key=lambda each: each.score_microusd)
        chosen = (panel.second, panel.first, panel.decider) if panel else (best,)
        order = [int(each.card.name.removeprefix("m")) for each in chosen]
        quality, cost_usd = replay(order, setting.test)
        who = ", ".join(train.models[model] for model in order)
        foreseen = f", foreseen {panel.quality:.3f}" if panel else ""
        yield line(setting, quality, cost_usd, f"worth ${value_usd}: {who}{foreseen}")


def _candidate(recorded: Recorded, model: int, value_microusd: int) -> Candidate:
    quality = float(recorded.quality[:, model].mean())
    price = round(recorded.cost_usd[:, model].mean() * MICROUSD)
    return a_candidate(f"m{model}", quality, price, value_microusd)


def misfit(trains: Sequence[Recorded], shared_difficulty: float, same_mistake: float) -> float:
    """Return the root mean square by which agreement and quality are misjudged, over all panels."""
    errors = []
    for train in trains:
        average = [float(each) for each in train.quality.mean(0)]
        models = sorted({model for order in searched(train) for model in order})
        models.sort(key=lambda model: average[model])
        for panel in combinations(models, 3):
            one, other, decider = panel
            given = train.answers[:, one]
            alike = (given == train.answers[:, other]) & (given != NO_ANSWER)
            agreeing, quality = expected(
                (average[one], average[other], average[decider]),
                shared_difficulty=shared_difficulty,
                same_mistake=same_mistake,
            )
            got, _ = replay(panel, train)
            errors += [agreeing - alike.mean(), quality - got.mean()]
    return float(np.sqrt(np.mean(np.square(errors))))


def best_fit(trains: Sequence[Recorded]) -> tuple[float, float]:
    """Return the two constants that misjudge least."""
    tried = product((0.4, 0.5, 0.6, 0.7, 0.8, 0.9), (0.1, 0.2, 0.3, 0.4))
    return min(tried, key=lambda constants: misfit(trains, *constants))


def main() -> None:
    """Replay every benchmark and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    add = parser.add_argument
    add("--train", nargs="+", type=Path, required=True, help="folders; their training questions")
    add("--test", nargs="*", type=Path, help="folders, in the same order; none: the same, dev")
    add("--split", default="", help="of the test folders; none: dev of the same, all of others")
    add("--models", default="", help="comma list; none: the pool beside the folder")
    add("--reference", default="", help="costs are shares of its; none: the best in training")
    add("--shares", nargs="+", type=float, default=_SHARES, help="of its cost that may be spent")
    asked = parser.parse_args()
    models = tuple(filter(None, asked.models.split(",")))
    trains = []
    for train_at, test_at in zip(asked.train, asked.test or asked.train, strict=True):
        train = read_recorded(train_at, "train", models)
        split = asked.split or ("dev" if train_at == test_at else "")
        test = read_recorded(test_at, split, train.models)
        setting = Setting(train, test, _reference(train, asked.reference))
        print_setting(setting, asked.shares)
        trains.append(train)
    print(f"constants {SHARED_DIFFICULTY}, {SAME_MISTAKE}; these fit best: {best_fit(trains)}")


def print_setting(setting: Setting, shares: Sequence[float]) -> None:
    """Print what came of one benchmark."""
    train, test, reference = setting.train, setting.test, setting.reference
    print(f"{test.name}: {len(test.questions)} questions, fitted on {len(train.questions)}")
    alone = test.quality[:, reference], test.cost_usd[:, reference]
    print(line(setting, *alone, f"{train.models[reference]} alone"))
    for row in (*cascades(setting, shares), *panels(setting)):
        print(row)


def _reference(train: Recorded, wanted: str) -> int:
    if wanted:
        return train.models.index(wanted)
    return max(
        range(len(train.models)),
        key=lambda model: (train.quality[:, model].mean(), -train.cost_usd[:, model].mean()),
    )


if __name__ == "__main__":
    main()
