"""What no rule, no prediction and no budget can bring about, whatever they are."""

import json
from collections.abc import Mapping
from dataclasses import replace
from math import fsum, nextafter
from random import Random

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from config.catalog import ModelCard
from config.lint import lint
from config.settings import Settings
from routing.demand import demand_of
from routing.errors import NoModelFits
from routing.explain import explain, outlined
from routing.explanation_lines import replay, to_line, to_value, to_whole_line
from routing.policy import Candidate, Circumstances, Decision, decide
from routing.prediction import Prediction
from routing.query import Query
from routing.rule_matching import applies
from routing.scoring import contributions, winner
from tests.config.test_lint import TODAY
from tests.rule_strategies import (
    PREDICTIONS,
    catalogs,
    circumstances,
    open_circumstances,
    queries,
)

Catalog = tuple[ModelCard, ...]


def decided(query: Query, catalog: Catalog, told: Circumstances) -> Decision | None:
    try:
        return decide(query, demand_of(query, 1000), catalog, told)
    except NoModelFits:
        return None


def names(decision: Decision | None) -> set[str]:
    return {each.card.name for each in decision.candidates} if decision else set()


@given(queries(), catalogs(), circumstances(), st.integers(0, 3))
def test_a_rule_more_only_shrinks_the_set(
    query: Query, catalog: Catalog, told: Circumstances, dropped: int
) -> None:
    # The embedded model stands back for others: to take those away lets it in, which is no rule's.
    catalog = tuple(card for card in catalog if not card.embedded)
    fewer = [rule for at, rule in enumerate(told.rules) if at != dropped]

    with_all = names(decided(query, catalog, told))

    assert with_all <= names(decided(query, catalog, replace(told, rules=fewer)))


@given(queries(), catalogs(), circumstances())
def test_what_is_preferred_only_orders(query: Query, catalog: Catalog, told: Circumstances) -> None:
    shrinking = [rule.model_copy(update={"prefer": None}) for rule in told.rules]

    ordered = decided(query, catalog, told)
    plain = decided(query, catalog, replace(told, rules=shrinking))

    assert names(ordered) == names(plain)


@given(queries(), catalogs(), circumstances(), PREDICTIONS, st.floats(0, 1))
def test_no_prediction_and_no_budget_bring_a_forbidden_model_back(
    query: Query,
    catalog: Catalog,
    told: Circumstances,
    predictions: Mapping[str, Prediction],
    used: float,
) -> None:
    wishful = replace(told, predictions=predictions, budget_used=used, value_microusd=10**9)

    decision = decided(query, catalog, wishful)

    binding = [rule for rule in told.rules if applies(rule, query, used)]
    cards = [each.card for each in decision.candidates] if decision else []
    assert not any(rule.forbids(card) for rule in binding for card in cards)


@given(queries(), catalogs(), circumstances())
def test_an_empty_set_names_the_rule_that_emptied_it(
    query: Query, catalog: Catalog, told: Circumstances
) -> None:
    try:
        decide(query, demand_of(query, 1000), catalog, told)
    except NoModelFits as error:
        because = error.because
    else:
        return
    order = [rule.name for rule in told.rules]
    before = order.index(because) if because else 0

    assert (decided(query, catalog, replace(told, rules=told.rules[:before])) is None) == (
        not because
    )
    assert decided(query, catalog, replace(told, rules=told.rules[: before + 1])) is None


@given(queries(), catalogs(), circumstances())
def test_contributions_sum_to_the_score_and_the_score_orders(
    query: Query, catalog: Catalog, told: Circumstances
) -> None:
    decision = decided(query, catalog, told)

    order = []
    assume(decision is not None)
    assert decision is not None
    for each in decision.candidates:
        offer, scale = each.offer, decision.scale
        parts = dict(contributions(offer, scale))
        assert fsum(parts.values()) == pytest.approx(each.score_microusd, rel=0, abs=1e-6)
        assert scale.value_microusd * offer.quality - each.score_microusd == pytest.approx(
            scale.money_weight * (offer.estimate_microusd + offer.cache_loss_microusd)
            + scale.waiting_microusd_per_s * offer.waiting_s
            - sum(worth for _, worth in offer.bonuses),
            abs=1e-5,
        )
        order.append((offer.ranks, -each.score_microusd, offer.position))
    assert order == sorted(order)


@given(queries(), catalogs(), circumstances(), st.randoms())
def test_a_decision_replays_from_its_line_in_the_log_bit_for_bit(
    query: Query, catalog: Catalog, told: Circumstances, random: Random
) -> None:
    decision = decided(query, catalog, told)
    assume(decision is not None)
    assert decision is not None
    value = to_value(outlined(decision))
    candidates, passed_over = (
        [model for model in value["models"] if ("objection" in model) is objected]
        for objected in (False, True)
    )
    random.shuffle(candidates)
    value["models"] = [*candidates, *passed_over]
    for model in value["models"]:
        if "score_microusd" in model:
            model["score_microusd"] = 0.0

    again = replay(json.dumps({"at": "2026-11-24", "decision": value}))

    assert again == explain(decision)
    assert again == replay(to_line(outlined(decision))) == replay(to_whole_line(again))
    told_again = [model for model in again.models if model.offer]
    assert [(each.model, each.score_microusd, each.offer) for each in told_again] == [
        (each.card.name, each.score_microusd, each.offer) for each in decision.candidates
    ]
    assert [(each.model, each.objection, each.rule) for each in again.models if not each.offer] == [
        (name, str(objection), objection.rule) for name, objection in decision.passed_over.items()
    ]


@given(queries(), catalogs(least=4), open_circumstances())
def test_the_runner_up_wins_by_just_what_is_told(
    query: Query, catalog: Catalog, told: Circumstances
) -> None:
    decision = decided(query, catalog, replace(told, preset_values={}))
    assume(decision is not None)
    assert decision is not None
    second = explain(decision).runner_up
    assume(second is not None)
    assert second is not None
    predictions = {each.card.name: as_predicted(each) for each in decision.candidates}
    told = replace(told, predictions=predictions, preset_values={})

    def first(changed: Circumstances) -> str:
        again = decided(query, catalog, changed)
        return again.candidates[0].card.name if again else ""

    def with_its(quality: float) -> Circumstances:
        its = predictions[second.model]._replace(quality=quality)
        return replace(told, predictions=predictions | {second.model: its})

    assert first(told) != second.model
    if second.quality is not None:
        assert first(with_its(second.quality)) == second.model
        assert first(with_its(nextafter(second.quality, 0))) != second.model
    if second.value_microusd is not None:
        step = 1 if second.value_microusd < decision.scale.value_microusd else -1
        assert first(replace(told, value_microusd=second.value_microusd)) == second.model
        short = replace(told, value_microusd=second.value_microusd + step)
        assert first(short) != second.model or short.value_microusd < 0
    if second.estimate_microusd is not None:
        for raised, wins in [(0, True), (1, False)]:
            price = second.estimate_microusd + raised
            offers = [
                each.offer._replace(estimate_microusd=price)
                if each.card.name == second.model
                else each.offer
                for each in decision.candidates
            ]
            assert (winner(offers, decision.scale) == second.model) is wins


def as_predicted(candidate: Candidate) -> Prediction:
    return Prediction(candidate.quality, candidate.offer.output_tokens)


@given(queries(), catalogs(), circumstances())
def test_what_lint_says_of_rules_is_never_a_false_alarm(
    query: Query, catalog: Catalog, told: Circumstances
) -> None:
    settings = Settings(models=catalog, rules=tuple(told.rules))
    applying = {rule.name for rule in told.rules if applies(rule, query, told.budget_used)}
    decision = decided(query, catalog, told)

    for warning in lint(settings, TODAY):
        name = warning.split("`")[1]
        without = [rule for rule in told.rules if rule.name != name]
        if "never applies" in warning:
            assert name not in applying
        elif "never lets" in warning:
            denied = warning.partition("lets ")[2].partition(" answer")[0].split(", ")
            assert not names(decision) & {*denied}
        elif name in applying and ("leaves no model" in warning or "never reached" in warning):
            assert decision is None
        elif "changes nothing" in warning:
            assert names(decided(query, catalog, replace(told, rules=without))) == names(decision)
