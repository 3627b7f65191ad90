import numpy as np
import pytest

from routing.embedding import VECTOR_SIZE
from tests.bench.house import Stream, turning_value_usd
from tests.bench.replay import NO_ANSWER, Recorded

CHEAP, DEAR = 0, 1
FAMILIES, EACH = 6, 40


@pytest.fixture
def stream() -> Stream:
    """Return questions of which half the families are easy, in an order that is always the same."""
    random = np.random.default_rng(0)
    family = random.permutation(np.repeat(np.arange(FAMILIES), EACH))
    is_easy = family % 2 == 0
    share = np.stack([np.where(is_easy, 0.95, 0.25), np.full(len(family), 0.9)], axis=1)
    vectors = np.zeros((len(family), VECTOR_SIZE), dtype=np.float32)
    vectors[np.arange(len(family)), family] = 1
    recorded = Recorded(
        name="written",
        questions=tuple(map(str, range(len(family)))),
        models=("cheap", "dear"),
        quality=(random.random(share.shape) < share).astype(float),
        cost_usd=np.tile([0.001, 0.01], (len(family), 1)),
        answers=np.full(share.shape, NO_ANSWER),
    )
    families = family.astype(object)
    return Stream(recorded, list(vectors), families, np.array([0.6, 0.9]), np.array([0.001, 0.01]))


def test_the_turning_value_is_where_the_dear_model_becomes_worth_its_price(stream: Stream) -> None:
    assert turning_value_usd(stream) == pytest.approx(0.03)


def test_votes_on_every_answer_gain_much_and_on_few_cost_next_to_nothing(stream: Stream) -> None:
    value_usd = 0.95 * turning_value_usd(stream)

    gains = [stream.gain(value_usd, share, seed=0) for share in (0.0, 0.05, 1.0)]

    assert gains[0] == pytest.approx(0)
    assert gains[1] >= -0.02
    assert 0.07 < gains[2] < stream.ceiling(value_usd)
