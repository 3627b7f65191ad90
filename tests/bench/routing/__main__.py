"""`python -m tests.bench.routing --train DIR… --test DIR… [--models A,B,…] --out scores.parquet`.

Fits on the rows of `--train`, predicts those of `--test`, writes qid, model, pred_quality and
pred_cost, and prints the judge's numbers where the test has outcomes and the judge is there. For
two models `--out` gets qid and score (higher: to the stronger one), and the predictions go beside
it, into `….pool.…`. With `--fit DIR` the cohorts that ship are fitted on all of `--train` instead.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from routing.backends.word_vectors import open_word_vectors
from tests.bench.routing.cases import cases, unchanged
from tests.bench.routing.judging import judged, lines, open_judge
from tests.bench.routing.predicting import cross_predicted, predicted, stronger_first
from tests.bench.routing.recorded import ALL, AUTO, Recorded, parted, read
from tests.bench.routing.shipping import ship
from tests.bench.routing.typos import TYPOS, typed_too
from tests.bench.routing.writing import write_scores


def main(arguments: Sequence[str] | None = None) -> int:
    """Run, and return the exit code."""
    options = _parser().parse_args(arguments)
    if options.fit is not None:
        ship(options.train, options.fit, open_word_vectors())
        return 0
    if not options.test or options.out is None:
        print("--test and --out are needed, or --fit", file=sys.stderr)
        return 2
    train, test = _sides(options)
    models = stronger_first(train, options.models or _models(train, test))
    print(f"fit on {len(train.queries)} queries, score {len(test.queries)}, {len(models)} models")
    if test.queries.empty or not models:
        print("nothing to score", file=sys.stderr)
        return 1
    embed = open_word_vectors()
    if options.folds:
        found = cross_predicted(train, test, models, embed, options.folds)
    else:
        both = predicted(train, typed_too(test.queries, options.typos), models, embed)
        count = len(test.queries)
        found = both.rows(slice(count))
        for preset, share in unchanged(found, both.rows(slice(count, None))):
            print(f"with {options.typos:.0%} typos {share:.1%} of decisions stay, {preset}")
    print(f"mean familiarity {np.mean(found.familiarity):.3f}")
    for path in write_scores(options.out, test, models, found):
        print(f"written: {path}")
    judge = open_judge()
    if judge is None:
        print("The judge, ../shared/tools/route_eval.py, is not beside this checkout: no numbers.")
        return 0
    for title, case in cases(test, models, found, are_given=bool(options.models)):
        print(title)
        for line in lines(list(judged(judge, case))):
            print(line)
    return 0


def _sides(options: argparse.Namespace) -> tuple[Recorded, Recorded]:
    train, test = read(options.train), read(options.test)
    if options.benchmark:
        train, test = (
            side.only(side.queries["benchmark"] == options.benchmark) for side in (train, test)
        )
    if options.leave_out:
        train = train.only(train.queries["benchmark"] != options.leave_out)
        test = test.only(test.queries["benchmark"] == options.leave_out)
        return parted(train, test, ALL, ALL)
    test_split = ALL if options.folds else options.test_split
    return parted(train, test, options.train_split, test_split)


def _models(train: Recorded, test: Recorded) -> list[str]:
    recorded = test if len(test.outcomes) else train
    return sorted(recorded.outcomes["model"].unique())


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tests.bench.routing", description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    parser.add_argument(
        "--train", required=True, nargs="+", type=Path, metavar="DIR", help="fitted on"
    )
    parser.add_argument(
        "--test", default=[], nargs="+", type=Path, metavar="DIR", help="predicted, and scored"
    )
    parser.add_argument(
        "--models", default=[], type=lambda names: [name for name in names.split(",") if name],
        metavar="A,B,…", help="the pool; none: every model with outcomes in the test",
    )  # fmt: skip
    parser.add_argument("--out", type=Path, help="a parquet, csv or jsonl file")
    parser.add_argument(
        "--train-split", default=AUTO, metavar="SPLIT",
        help="fit on these rows; `auto`: all, of a folder that is tested too only `train`; `all`",
    )  # fmt: skip
    parser.add_argument(
        "--test-split", default=AUTO, metavar="SPLIT",
        help="score these rows; `auto`: all, but of a folder fitted on not `train`; `all`",
    )  # fmt: skip
    parser.add_argument(
        "--benchmark", default="", help="only rows of this benchmark, on both sides"
    )
    parser.add_argument(
        "--leave-out", default="", metavar="BENCHMARK",
        help="score all rows of this benchmark, fitted on all rows of the others",
    )  # fmt: skip
    parser.add_argument(
        "--folds", type=int, default=0, metavar="N",
        help="score all rows of --test, each of N folds fitted on the others (and on --train)",
    )  # fmt: skip
    parser.add_argument("--typos", type=float, default=TYPOS, help="share of letters mistyped")
    parser.add_argument("--fit", type=Path, metavar="DIR", help="write the cohorts that ship")
    return parser


if __name__ == "__main__":
    sys.exit(main())
