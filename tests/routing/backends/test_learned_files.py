import logging
import random
import subprocess
import sys
from pathlib import Path

import pytest

from config.catalog import ModelCard
from config.loading import load
from config.settings import Settings
from routing.backends.learned_files import SHIPPED, LearnedPredictor
from routing.backends.published import published_model
from routing.backends.wheel_files import wheel_file
from routing.choosing import choose
from routing.demand import demand_of
from routing.learned.keeping import keep, recall
from tests.bench.routing.typos import with_typos
from tests.builders import a_card, a_query
from tests.routing.learned.worlds import cohort

QUERY = a_query("What is 3 + 4?")
DEMAND = demand_of(QUERY, 1000)


def shipped_cards() -> tuple[ModelCard, ...]:
    return load(None, {}, published_model).models


def test_every_recorded_model_of_a_shipped_card_is_in_a_shipped_cohort() -> None:
    recorded = {name for path in SHIPPED.glob("*.npz") for name in recall(path).quality.models}

    wanted = {card.learned_as for card in shipped_cards()} - {""}

    assert wanted
    assert wanted <= recorded


def test_shipped_cohorts_say_where_they_come_from_and_are_small() -> None:
    paths = list(SHIPPED.glob("*.npz"))

    assert sum(path.stat().st_size for path in paths) < 2_000_000
    told = (SHIPPED / "README.md").read_text(encoding="utf-8")
    assert all(path.name in told for path in paths)


def test_a_recorded_card_is_predicted(tmp_path: Path) -> None:
    keep(cohort(), tmp_path / "made-up.npz")
    cards = [a_card("known", learned_as="small"), a_card("unknown")]

    predicted = LearnedPredictor(tmp_path)(QUERY, DEMAND, cards)

    assert predicted.keys() == {"known", "unknown"}


def test_without_files_no_card_is_predicted(tmp_path: Path) -> None:
    assert LearnedPredictor(tmp_path)(QUERY, DEMAND, [a_card(learned_as="small")]) == {}


def test_a_damaged_file_is_done_without_and_named_in_the_log(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "damaged.npz").write_bytes(b"nothing of ours")

    with caplog.at_level(logging.WARNING):
        predicted = LearnedPredictor(tmp_path)(QUERY, DEMAND, [a_card(learned_as="small")])

    assert predicted == {}
    assert "damaged.npz" in caplog.text


def test_without_recorded_models_no_array_library_is_loaded() -> None:
    program = (
        "import sys; from routing.backends.learned_files import LearnedPredictor;"
        "from routing.demand import demand_of; from tests.builders import a_card, a_query;"
        "q = a_query(); LearnedPredictor()(q, demand_of(q, 100), [a_card()]);"
        "sys.exit('numpy' in sys.modules or 'litellm' in sys.modules)"
    )

    found = subprocess.run([sys.executable, "-c", program], check=False)

    assert found.returncode == 0


@pytest.mark.skipif(
    wheel_file("wordllama", "weights/*_256.safetensors") is None,
    reason="no wheel with word vectors for this Python",
)
def test_slips_of_the_finger_change_few_choices() -> None:
    chance = random.Random(1)  # noqa: S311 # no secret
    numbers = [chance.randint(100, 99_999) for _ in range(240)]
    asked = [
        f"Find the Greatest Common Divisor (GCD) of these numbers: {one}, {other}. "
        "Give only the GCD as your final answer."
        if one % 2
        else f"State the final answer to the following arithmetic problem: {one} + {other} ="
        for one, other in zip(numbers[::2], numbers[1::2], strict=True)
    ]
    cards = (
        a_card("llama", learned_as="llama-3.3-70b-instruct", output_price="0.5"),
        a_card("dear", quality={"general": 0.9}, input_price="2", output_price="16"),
    )
    predictor, settings = LearnedPredictor(), Settings(models=cards)

    def chosen(text: str) -> str:
        query = a_query(text)
        predictions = predictor(query, demand_of(query, 1000), cards)
        return choose(query, settings, predictions=predictions).candidates[0].card.name

    clean = [chosen(text) for text in asked]
    typed = [chosen(with_typos(text, 0.04, seed)) for seed, text in enumerate(asked)]

    assert set(clean) == {"llama", "dear"}
    same = sum(one == other for one, other in zip(clean, typed, strict=True))
    assert same >= 0.9 * len(asked)
