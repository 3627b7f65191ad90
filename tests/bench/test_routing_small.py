from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests.bench.routing.__main__ import main
from tests.bench.routing.predicting import carried_over, cohorts, stronger_first
from tests.bench.routing.recorded import Recorded, parted, read
from tests.bench.routing.typos import typed_too

MODELS = {"cheap": (0.4, 0.001), "fair": (0.6, 0.004), "dear": (0.9, 0.02)}


def a_folder(
    path: Path, *, benchmark: str, count: int = 90, models: tuple[str, ...] = tuple(MODELS)
) -> Path:
    """Write a folder of made-up outcomes: sums, of which long ones are hard for cheap models."""
    chance = np.random.default_rng(len(benchmark))
    digits = chance.integers(1, 9, count)
    sums = [" + ".join(["7" * digit] * 3) for digit in digits]
    queries = pd.DataFrame(
        {
            "qid": [f"{benchmark}-{place}" for place in range(count)],
            "benchmark": benchmark,
            "category": np.where(digits > 4, "long", "short"),
            "prompt": [f"{benchmark} {place}: what is {s}?" for place, s in enumerate(sums)],
            "split": np.where(np.arange(count) % 3 == 0, "dev", "train"),
        }
    )
    outcomes = pd.concat(
        pd.DataFrame(
            {
                "qid": queries["qid"],
                "model": model,
                "quality": (chance.random(count) < MODELS[model][0]).astype(float),
                "cost_usd": MODELS[model][1] * digits,
            }
        )
        for model in models
    )
    path.mkdir()
    queries.to_parquet(path / "queries.parquet")
    outcomes.to_parquet(path / "outcomes.parquet")
    return path


def run(*arguments: object) -> int:
    return main([str(argument) for argument in arguments])


@pytest.fixture(scope="module")
def scored(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the folder `sums`, with what was scored when it stood on both sides beside it."""
    path = tmp_path_factory.mktemp("scored")
    folder = a_folder(path / "sums", benchmark="sums")
    assert run("--train", folder, "--test", folder, "--out", path / "scores.csv") == 0
    return folder


def test_a_folder_on_both_sides_is_scored_on_rows_it_is_not_fitted_on(scored: Path) -> None:
    scores = pd.read_csv(scored.with_name("scores.csv"))

    assert list(scores.columns) == ["qid", "model", "pred_quality", "pred_cost"]
    assert len(scores) == 30 * len(MODELS)
    assert scores["pred_quality"].between(0, 1.1).all()
    assert (scores["pred_cost"] > 0).all()
    mean = scores.groupby("model")["pred_quality"].mean()
    assert mean["dear"] > mean["fair"] > mean["cheap"]


def test_a_pair_gets_one_score_a_query_and_its_predictions_beside(tmp_path: Path) -> None:
    folder = a_folder(tmp_path / "sums", benchmark="sums", models=("cheap", "dear"))
    out = tmp_path / "scores.parquet"

    assert run("--train", folder, "--test", folder, "--out", out) == 0

    scores = pd.read_parquet(out)
    assert list(scores.columns) == ["qid", "score"]
    assert scores["qid"].is_unique
    assert scores["score"].mean() > 0
    assert len(pd.read_parquet(tmp_path / "scores.pool.parquet")) == 2 * len(scores)


def test_unseen_models_on_an_unseen_benchmark_without_outcomes_are_predicted(
    tmp_path: Path,
) -> None:
    train = a_folder(tmp_path / "sums", benchmark="sums")
    test = a_folder(tmp_path / "poems", benchmark="write a poem about", count=12)
    (test / "outcomes.parquet").unlink()
    out = tmp_path / "scores.csv"

    code = run("--train", train, "--test", test, "--models", "dear,new,cheap", "--out", out)

    assert code == 0
    scores = pd.read_csv(out)
    assert len(scores) == 36
    assert scores.notna().all(axis=None)


def test_a_model_that_was_asked_the_hard_benchmark_only_is_still_the_stronger(
    tmp_path: Path,
) -> None:
    easy = a_folder(tmp_path / "easy", benchmark="easy", models=("cheap", "fair"))
    hard = a_folder(tmp_path / "hard", benchmark="hard")
    outcomes = pd.read_parquet(hard / "outcomes.parquet")
    outcomes["quality"] *= 0.3
    outcomes.to_parquet(hard / "outcomes.parquet")
    recorded = read([easy, hard])
    means = recorded.outcomes.groupby("model")["quality"].mean()
    assert means["fair"] > means["dear"]

    assert stronger_first(recorded, list(MODELS)) == ["dear", "fair", "cheap"]


def test_a_query_that_is_hard_for_all_is_hard_for_a_model_nobody_recorded() -> None:
    means = np.array([0.8, 0.6, 0.75])
    hard_then_easy = np.array([[0.5, 0.5, 0.75], [0.9, 0.7, 0.75]])

    quality = carried_over(hard_then_easy, means, np.array([True, True, False]))

    assert quality == pytest.approx(np.array([[0.5, 0.5, 0.55], [0.9, 0.7, 0.85]]))


def test_nothing_is_carried_over_from_nobody() -> None:
    quality = np.array([[0.5, 0.6]])

    assert carried_over(quality, quality[0], np.array([False, False])) is quality


def test_the_same_run_gives_the_same_scores(scored: Path, tmp_path: Path) -> None:
    again = tmp_path / "again.csv"

    assert run("--train", scored, "--test", scored, "--out", again) == 0

    assert again.read_bytes() == scored.with_name("scores.csv").read_bytes()


def test_folds_score_every_row(tmp_path: Path) -> None:
    folder, out = a_folder(tmp_path / "sums", benchmark="sums"), tmp_path / "scores.csv"

    assert run("--train", folder, "--test", folder, "--folds", 2, "--out", out) == 0

    assert pd.read_csv(out)["qid"].nunique() == 90


def test_a_benchmark_left_out_is_scored_wholly_and_fitted_on_the_others(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sums = a_folder(tmp_path / "sums", benchmark="sums", count=40)
    poems = a_folder(tmp_path / "poems", benchmark="poems", count=30)
    both, out = (sums, poems), tmp_path / "scores.csv"

    assert run("--train", *both, "--test", *both, "--leave-out", "poems", "--out", out) == 0

    assert set(pd.read_csv(out)["qid"]) == {f"poems-{place}" for place in range(30)}
    assert "fit on 40 queries, score 30" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("train_split", "test_split", "fitted", "scored"),
    [("auto", "auto", 60, 30), ("train", "dev", 60, 30), ("all", "train", 30, 60)],
    ids=["by default", "by name", "the other way round"],
)
def test_nothing_is_both_fitted_on_and_scored(
    tmp_path: Path, train_split: str, test_split: str, fitted: int, scored: int
) -> None:
    recorded = read([a_folder(tmp_path / "sums", benchmark="sums")])

    train, test = parted(recorded, recorded, train_split, test_split)

    assert (len(train.queries), len(test.queries)) == (fitted, scored)
    assert not set(train.queries["qid"]) & set(test.queries["qid"])


def test_a_question_that_is_scored_is_not_fitted_on_under_another_name(tmp_path: Path) -> None:
    folder = a_folder(tmp_path / "sums", benchmark="sums")
    test = read([folder])
    renamed = test.queries.assign(qid="other-" + test.queries["qid"], folder="elsewhere")

    train, _ = parted(Recorded(renamed, test.outcomes, {}), test)

    assert train.queries.empty


def test_folders_of_other_models_are_fitted_apart(tmp_path: Path) -> None:
    recorded = read(
        [
            a_folder(tmp_path / "one", benchmark="one"),
            a_folder(tmp_path / "two", benchmark="two"),
            a_folder(tmp_path / "three", benchmark="three", models=("dear",)),
        ]
    )

    found = cohorts(recorded, ["cheap", "dear"])

    assert [each.models for each in found] == [("cheap", "dear", "fair"), ("dear",)]


def test_each_copy_of_a_question_has_typos_of_its_own() -> None:
    asked = ["How many apples are left in the basket?", "Which planet is nearest to the sun?"]

    copies = typed_too(pd.DataFrame({"prompt": asked}), 0.3, times=3)["prompt"].tolist()

    assert copies[:2] == asked
    assert len(set(copies)) == 2 * 4
