"""What a score is made of."""

from itertools import pairwise

import pytest

from routing.scoring import (
    CONVERSATION,
    Offer,
    Scale,
    Turn,
    contributions,
    ranked,
    score_microusd,
    turned_by,
)

CHEAP = Offer("cheap", 0, 0.70, 100)
GOOD = Offer("good", 1, 0.90, 3_000)
DOUBTED = CHEAP._replace(parts=(("card", 0.80), (CONVERSATION, -0.10)))


def test_a_score_is_value_times_quality_less_price_waiting_and_cache_loss() -> None:
    offer = Offer("m", 0, 0.5, 300, waiting_s=4.0, cache_loss_microusd=70)

    assert score_microusd(offer, Scale(10_000, 5.0)) == 5_000 - 300 - 20 - 70


def test_contributions_say_what_the_quality_is_made_of() -> None:
    parts = (("card", 0.9), ("like code", -0.2))
    offer = Offer("m", 0, 0.7, 300, parts=parts, bonuses=(("house first", 1_000),))

    assert dict(contributions(offer, Scale(10_000))) == pytest.approx(
        {"quality: card": 9_000, "quality: like code": -2_000, "price": -300,
         "rule: house first": 1_000}
    )  # fmt: skip


def test_a_quality_kept_within_its_limits_says_so() -> None:
    offer = Offer("m", 0, 1.0, 0, parts=(("card", 0.9), ("like code", 0.3)))

    told = dict(contributions(offer, Scale(1_000)))

    assert told["quality: limits"] == pytest.approx(-200)


@pytest.mark.parametrize(
    ("used", "weight"), [(0.0, 1.0), (0.5, 1.0), (0.75, 1.75), (0.9, 2.92), (1.0, 4.0)]
)
def test_money_counts_for_more_as_a_budget_runs_out(used: float, weight: float) -> None:
    assert Scale(0, budget_used=used).money_weight == pytest.approx(weight)


def test_the_pressure_grows_ever_faster() -> None:
    weights = [Scale(0, budget_used=used / 100).money_weight for used in range(101)]
    steps = [later - earlier for earlier, later in pairwise(weights)]

    assert all(step >= 0 for step in steps)
    assert all(later >= earlier - 1e-9 for earlier, later in pairwise(steps))


@pytest.mark.parametrize(
    ("offers", "scale", "turn"),
    [
        pytest.param([CHEAP, GOOD], Scale(20_000), None, id="worth"),
        pytest.param([CHEAP, GOOD], Scale(20_000, budget_used=0.8), Turn.BUDGET, id="budget"),
        pytest.param([CHEAP, GOOD], Scale(5_000_000, budget_used=1.0), None, id="worth it still"),
        pytest.param(
            [CHEAP._replace(ranks=(False,)), GOOD._replace(ranks=(True,))],
            Scale(20_000), Turn.RULE, id="a rule",
        ),
        pytest.param(
            [CHEAP._replace(bonuses=(("r", 2_000),)), GOOD], Scale(20_000), Turn.RULE,
            id="what a rule adds",
        ),
        pytest.param(
            [CHEAP._replace(ranks=(True,)), GOOD._replace(ranks=(False,))],
            Scale(20_000), None, id="a rule that only agrees",
        ),
        pytest.param(
            [CHEAP, GOOD._replace(cache_loss_microusd=2_000)], Scale(20_000), Turn.THREAD,
            id="the thread",
        ),
        pytest.param([DOUBTED, GOOD], Scale(20_000), Turn.CONVERSATION, id="an answer before"),
        pytest.param([DOUBTED, GOOD], Scale(2_000_000), None, id="better all the same"),
        pytest.param([DOUBTED, GOOD], Scale(2_000), None, id="cheap enough all the same"),
    ],
)  # fmt: skip
def test_what_turned_the_decision_is_named(
    offers: list[Offer], scale: Scale, turn: Turn | None
) -> None:
    assert turned_by(offers, scale) == turn
    assert turn is None or len(turn.split()) <= 4


def test_what_rules_prefer_comes_before_the_score_and_that_before_the_catalogue() -> None:
    last = Offer("last", 0, 0.9, 0, ranks=(True, False))
    third = Offer("third", 3, 0.1, 0, ranks=(False, True))
    second = Offer("second", 2, 0.1, 0, ranks=(False, False))
    first = Offer("first", 1, 0.1, 0, ranks=(False, False))

    order = ranked([last, third, second, first], Scale(100))

    assert [offer.model for offer, _ in order] == ["first", "second", "third", "last"]
