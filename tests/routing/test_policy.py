from datetime import UTC, datetime
from decimal import Decimal

import pytest

from config.catalog import AttachmentKind, Capability, ModelCard
from config.references import Unset
from config.rules import Models, Rule, When
from routing.demand import demand_of
from routing.errors import NoModelFits
from routing.objections import Reason
from routing.policy import Circumstances, Decision, decide
from routing.prediction import Prediction
from routing.query import Attachment, LastAnswer, Query
from routing.scoring import Turn
from tests.builders import a_card, a_query, an_origin

CHEAP = a_card("cheap", input_price="0.1", output_price="0.2", quality={"general": 0.70})
GOOD = a_card("good", input_price="2", output_price="10", quality={"general": 0.95})
EMBEDDED = a_card("tiny", embedded=True, input_price=0, output_price=0, quality={"general": 0.1})


def chosen(
    *cards: ModelCard, query: Query | None = None, max_output_tokens: int = 1000, **given: object
) -> Decision:
    asked = query or a_query()
    circumstances = Circumstances(**given)  # type: ignore[arg-type] # the test names the fields
    return decide(asked, demand_of(asked, max_output_tokens), cards, circumstances)


def names(decision: Decision) -> list[str]:
    return [candidate.card.name for candidate in decision.candidates]


def test_a_quality_that_is_worth_little_goes_to_the_cheap_model() -> None:
    decision = chosen(GOOD, CHEAP, value_microusd=2_000)

    assert names(decision) == ["cheap", "good"]


def test_a_quality_that_is_worth_much_goes_to_the_good_model() -> None:
    decision = chosen(CHEAP, GOOD, value_microusd=1_000_000)

    assert names(decision) == ["good", "cheap"]


def test_the_score_is_value_times_quality_less_the_price() -> None:
    best = chosen(GOOD, value_microusd=10_000).candidates[0]

    assert best.score_microusd == pytest.approx(10_000 * 0.95 - best.estimate_microusd)


def test_equal_scores_keep_catalogue_order() -> None:
    twins = [a_card(name) for name in ("zeta", "alpha", "mid")]

    assert names(chosen(*twins)) == ["zeta", "alpha", "mid"]


@pytest.mark.parametrize(
    ("card", "reason", "detail"),
    [
        pytest.param(a_card(enabled=False), Reason.DISABLED, "", id="switched off"),
        pytest.param(
            a_card(api_key=Unset("env:DEEP_KEY")),
            Reason.NOT_CONFIGURED,
            "needs env:DEEP_KEY",
            id="no key",
        ),
        pytest.param(a_card(), Reason.LACKS_CAPABILITY, "no vision", id="cannot see"),
        pytest.param(
            a_card(context_tokens=40, capabilities=["vision"]),
            Reason.CONTEXT_TOO_SMALL,
            "holds 40 tokens",
            id="too small",
        ),
        pytest.param(
            a_card(output_price=2000, capabilities=["vision"]),
            Reason.OVER_PRICE,
            "may cost $2.0000",
            id="too dear",
        ),
    ],
)
def test_a_model_is_passed_over_for_a_named_reason(
    card: ModelCard, reason: Reason, detail: str
) -> None:
    seeing = a_card("seeing", capabilities=["vision"])
    query = a_query("what is this?", needs=frozenset({Capability.VISION}))

    decision = chosen(card, seeing, query=query, ceiling_microusd=1_000_000)

    assert names(decision) == ["seeing"]
    assert decision.passed_over[card.name].reason is reason
    assert decision.passed_over[card.name].detail.startswith(detail)


def test_a_resting_model_is_passed_over_until_its_rest_ends() -> None:
    until = datetime(2026, 11, 24, 12, 0, 30, tzinfo=UTC)

    decision = chosen(CHEAP, GOOD, resting={"cheap": until})

    assert names(decision) == ["good"]
    assert str(decision.passed_over["cheap"]) == "resting after failures (until 12:00:30 UTC)"


def test_no_quality_brings_a_forbidden_model_back() -> None:
    rule = Rule(name="open only", deny=Models(names=frozenset({"good"})))

    decision = chosen(CHEAP, GOOD, rules=[rule], value_microusd=10**12)

    assert names(decision) == ["cheap"]
    assert str(decision.passed_over["good"]) == "a rule forbids it (open only)"


def test_what_is_not_set_up_is_that_first_and_whose_rule_forbids_it_besides_is_known() -> None:
    rule = Rule(name="open only", deny=Models(names=frozenset({"good"})))
    keyless = a_card("good", api_key=Unset("env:KEY"))

    decision = chosen(CHEAP, keyless, rules=[rule], switched_off=frozenset({"good"}))

    assert str(decision.passed_over["good"]) == "not set up (needs env:KEY)"
    assert decision.passed_over["good"].rule == "open only"


def test_an_empty_set_is_an_error_that_names_the_rule() -> None:
    rule = Rule(
        name="nothing from legal leaves",
        when=When(places=frozenset({"legal"})),
        allow=Models(hosting="self"),
    )
    query = a_query(origin=an_origin(place="legal"))

    with pytest.raises(NoModelFits) as caught:
        chosen(CHEAP, GOOD, query=query, rules=[rule])

    assert caught.value.because == "nothing from legal leaves"
    assert list(caught.value.passed_over) == ["cheap", "good"]


def test_a_rule_that_changed_nothing_is_not_blamed() -> None:
    rule = Rule(name="no CN", deny=Models(jurisdictions=frozenset({"CN"})))
    chinese = a_card("chinese", jurisdiction="CN", api_key=Unset("env:KEY"))

    with pytest.raises(NoModelFits) as caught:
        chosen(chinese, a_card(api_key=Unset("env:KEY")), rules=[rule])

    assert caught.value.because == ""


def test_an_empty_catalogue_is_an_error_that_names_no_rule() -> None:
    with pytest.raises(NoModelFits) as caught:
        chosen()

    assert caught.value.because == ""


def test_an_alias_asks_for_every_host_of_a_model() -> None:
    hosts = [a_card("llama-a", alias="llama"), a_card("llama-b", alias="llama")]

    decision = chosen(GOOD, *hosts, wanted="llama")

    assert names(decision) == ["llama-a", "llama-b"]
    assert decision.passed_over["good"].reason is Reason.NOT_ASKED_FOR


def test_the_embedded_model_stands_in_only_when_alone() -> None:
    assert names(chosen(EMBEDDED, CHEAP)) == ["cheap"]
    assert names(chosen(EMBEDDED, a_card(api_key=Unset("env:KEY")))) == ["tiny"]


def test_the_embedded_model_does_not_answer_for_a_model_that_only_rests() -> None:
    with pytest.raises(NoModelFits) as caught:
        chosen(EMBEDDED, CHEAP, resting={"cheap": datetime(2026, 11, 24, tzinfo=UTC)})

    assert caught.value.passed_over["tiny"].reason is Reason.STAND_IN


def test_the_embedded_model_answers_where_a_rule_allows_nothing_else() -> None:
    rule = Rule(name="house only", allow=Models(names=frozenset({"tiny"})))

    assert names(chosen(EMBEDDED, CHEAP, rules=[rule])) == ["tiny"]


def test_the_embedded_model_answers_whoever_asks_for_it() -> None:
    assert names(chosen(EMBEDDED, CHEAP, wanted="tiny")) == ["tiny"]


def test_history_gives_way_before_a_small_model_is_passed_over() -> None:
    from routing.query import Turn

    long_ago = (Turn("user", "word " * 5000), Turn("assistant", "word " * 5000))
    small = a_card("small", context_tokens=2048)

    decision = chosen(small, query=a_query(history=long_ago))

    assert names(decision) == ["small"]


def test_the_best_of_equal_quality_is_the_cheaper_one() -> None:
    dear = a_card("dear", output_price=Decimal(9), quality={"general": 0.95})

    assert chosen(GOOD, dear, CHEAP).best.card.name == "dear"


def rule(name: str = "r", **given: object) -> Rule:
    return Rule.model_validate({"name": name} | given)


@pytest.mark.parametrize(
    ("action", "left"),
    [
        pytest.param({"allow": {"names": ["good"]}}, ["good"], id="allow"),
        pytest.param({"deny": {"names": ["good"]}}, ["cheap"], id="deny"),
        pytest.param({"require": {"capabilities": ["vision"]}}, ["good"], id="require"),
        pytest.param({"pin": "good"}, ["good"], id="pin"),
        pytest.param({"ceiling": "0.001"}, ["cheap"], id="ceiling"),
        pytest.param({"prefer": {"names": ["good"]}}, ["good", "cheap"], id="prefer"),
        pytest.param(
            {"prefer": {"names": ["good"], "worth_usd": "0.001"}}, ["cheap", "good"],
            id="prefer for less than it takes",
        ),
        pytest.param(
            {"prefer": {"names": ["good"], "worth_usd": "0.01"}}, ["good", "cheap"],
            id="prefer for enough",
        ),
        pytest.param({"prefer": {"preset": "best"}}, ["good", "cheap"], id="prefer a preset"),
    ],
)  # fmt: skip
def test_an_action_shrinks_or_orders(action: dict[str, object], left: list[str]) -> None:
    seeing = GOOD.model_copy(update={"capabilities": frozenset({Capability.VISION})})

    decision = chosen(
        CHEAP, seeing, rules=[Rule.model_validate({"name": "r"} | action)], value_microusd=2_000,
        preset_values={"best": 1_000_000},
    )  # fmt: skip

    assert names(decision) == left
    assert all("(r" in str(objection) for objection in decision.passed_over.values())


def test_what_an_earlier_rule_prefers_outweighs_what_a_later_one_does() -> None:
    cards = [a_card("a"), a_card("b", weights="closed"), a_card("c", hosting="self")]
    first, second = rule(prefer={"hosting": "vendor"}), rule(prefer={"weights": "closed"})

    assert names(chosen(*cards, rules=[first, second])) == ["b", "a", "c"]
    assert names(chosen(*cards, rules=[rule(prefer={"hosting": "self"}), second])) == [
        "c",
        "b",
        "a",
    ]


def test_a_preset_leaves_later_preferences_nothing_to_say() -> None:
    best, cheap = rule(prefer={"preset": "best"}), rule(prefer={"names": ["cheap"]})
    values = {"best": 1_000_000}

    assert names(chosen(CHEAP, GOOD, rules=[best, cheap], preset_values=values))[0] == "good"
    assert names(chosen(CHEAP, GOOD, rules=[cheap, best], preset_values=values))[0] == "cheap"


def test_a_preset_the_asker_chose_stands_against_a_rules() -> None:
    best = rule(prefer={"preset": "best"})

    decision = chosen(CHEAP, GOOD, rules=[best], value_microusd=2_000, preset_values={})

    assert names(decision)[0] == "cheap"


def test_rules_are_blamed_in_file_order_for_an_empty_set() -> None:
    rules = [
        rule("idle", deny={"names": ["tiny"]}),
        rule("half", deny={"names": ["cheap"]}),
        rule("rest", ceiling=0),
        rule("late", pin="cheap"),
    ]

    with pytest.raises(NoModelFits) as caught:
        chosen(CHEAP, GOOD, rules=rules, wanted="")

    assert caught.value.because == "rest"


def test_what_was_asked_for_and_is_forbidden_names_the_rule() -> None:
    with pytest.raises(NoModelFits) as caught:
        chosen(CHEAP, GOOD, rules=[rule("no good", deny={"names": ["good"]})], wanted="good")

    assert (caught.value.because, caught.value.wanted) == ("no good", "good")


def test_the_tightest_ceiling_goes_with_the_decision() -> None:
    rules = [rule(ceiling="0.5"), rule(ceiling="0.2"), rule(when={"private": False}, ceiling=0)]

    assert chosen(CHEAP, rules=rules, ceiling_microusd=1_000_000).ceiling_microusd == 200_000
    assert chosen(CHEAP, rules=[], ceiling_microusd=1_000_000).ceiling_microusd == 1_000_000
    assert chosen(CHEAP).ceiling_microusd is None


def test_an_image_demands_a_model_that_sees() -> None:
    seeing = a_card("seeing", capabilities=["vision"])
    query = a_query(attachments=(Attachment(AttachmentKind.IMAGE),))

    decision = chosen(CHEAP, seeing, query=query)

    assert names(decision) == ["seeing"]
    assert decision.passed_over["cheap"].reason is Reason.LACKS_CAPABILITY


def test_a_prediction_stands_for_the_card() -> None:
    told = Prediction(0.99, 700, 0.8, {"card": 0.7, "like code": 0.29})

    best = chosen(CHEAP, GOOD, predictions={"cheap": told}, value_microusd=10**6).candidates[0]

    assert (best.card.name, best.quality, best.offer.output_tokens) == ("cheap", 0.99, 700)
    assert best.offer.parts == (("card", 0.7), ("like code", 0.29))


def test_a_predicted_answer_is_no_longer_than_the_model_can_give() -> None:
    decision = chosen(CHEAP, predictions={"cheap": Prediction(0.9, 10**6)}, max_output_tokens=500)

    assert decision.candidates[0].offer.output_tokens == 500


def test_waiting_costs_by_the_second() -> None:
    slow = a_card("slow", first_token_s=2, output_tokens_per_s=10)

    best = chosen(slow, waiting_microusd_per_s=5.0, value_microusd=0).candidates[0]

    assert best.offer.waiting_s == 2 + best.offer.output_tokens / 10
    assert best.score_microusd == -best.estimate_microusd - 5 * best.offer.waiting_s


TWINS = [a_card(name, input_price=2, cached_input_price="0.2") for name in ("first", "second")]


def test_a_thread_keeps_its_model_for_what_a_change_would_throw_away() -> None:
    query = a_query(last_answer=LastAnswer("second", "second", cached_tokens=3_000))

    decision = chosen(*TWINS, query=query)

    assert names(decision) == ["second", "first"]
    losses = [each.offer.cache_loss_microusd for each in decision.candidates]
    assert losses == [0, 5_400]  # 3,000 tokens x (2 - 0.2)
    scores = [each.score_microusd for each in decision.candidates]
    assert scores[0] - scores[1] == 5_400


def test_a_thread_leaves_its_model_where_another_is_worth_the_loss() -> None:
    better = a_card("better", quality={"general": 0.95})
    query = a_query(last_answer=LastAnswer("second", "second", cached_tokens=3_000))

    assert names(chosen(*TWINS, better, query=query, value_microusd=100_000))[0] == "better"


@pytest.mark.parametrize(
    "last",
    [
        pytest.param(None, id="nobody"),
        pytest.param(LastAnswer("second", "second", 0), id="a model whose host has nothing left"),
        pytest.param(LastAnswer("gone", "gone", 9_000), id="a model that is no longer there"),
    ],
)
def test_nothing_is_lost_where_nothing_is_cached(last: LastAnswer | None) -> None:
    decision = chosen(*TWINS, query=a_query(last_answer=last))

    assert names(decision) == ["first", "second"]
    assert [each.offer.cache_loss_microusd for each in decision.candidates] == [0, 0]


def test_a_budget_that_runs_out_makes_the_cheap_model_win() -> None:
    calm = chosen(CHEAP, GOOD, value_microusd=20_000)
    pressed = chosen(CHEAP, GOOD, value_microusd=20_000, budget_used=1.0)

    assert (names(calm)[0], calm.turned_by) == ("good", None)
    assert (names(pressed)[0], pressed.turned_by) == ("cheap", Turn.BUDGET)


def test_a_family_asks_for_all_of_it() -> None:
    family = [a_card("gpt-luna"), a_card("gpt-sol")]

    assert names(chosen(GOOD, *family, wanted="gpt")) == ["gpt-luna", "gpt-sol"]
