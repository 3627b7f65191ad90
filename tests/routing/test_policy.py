from datetime import UTC, datetime
from decimal import Decimal

import pytest

from config.catalog import Capability, ModelCard
from config.references import Unset
from config.rules import Models, Rule, When
from routing.demand import demand_of
from routing.errors import NoModelFits
from routing.objections import Reason
from routing.policy import Circumstances, Decision, decide
from routing.query import Query
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
