import pytest

from routing.demand import demand_of
from routing.errors import NoModelFits
from routing.explain import explain, explain_nobody
from routing.explanation_lines import replay, to_line
from routing.objections import Objection, Reason
from routing.policy import Circumstances, decide
from tests.builders import a_card, a_query


def test_an_explanation_survives_being_written_and_read() -> None:
    query = a_query("Write a poem")
    decision = decide(query, demand_of(query, 500), [a_card()], Circumstances())
    explanation = explain(decision)

    assert replay(to_line(explanation)) == explanation


def test_every_model_has_its_score_or_its_objection() -> None:
    query = a_query()
    cards = [a_card("off", enabled=False), a_card("dear", output_price=5), a_card("cheap")]
    decision = decide(query, demand_of(query, 500), cards, Circumstances())

    told = explain(decision).models

    assert [(model.model, model.objection) for model in told] == [
        ("cheap", ""), ("dear", ""), ("off", "switched off"),
    ]  # fmt: skip
    assert told[0].score_microusd is not None


def test_why_nobody_answers_is_explained_too() -> None:
    objections = {"gpt": Objection(Reason.RULE, "no closed weights")}
    error = NoModelFits(objections, "no closed weights", "gpt")

    told = explain_nobody(demand_of(a_query(), 500), error)

    assert replay(to_line(told)) == told
    assert (told.because, told.wanted) == ("no closed weights", "gpt")
    assert told.models[0].objection == "a rule forbids it (no closed weights)"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="nothing"),
        pytest.param("[]", id="a list"),
        pytest.param("null", id="null"),
        pytest.param("{}", id="no version"),
        pytest.param('{"version": 2}', id="nothing but a version"),
        pytest.param('{"version": 1, "task": "math", "models": []}', id="another version"),
        pytest.param('{"version": 2, "task": "x", "models": 3}', id="no models"),
        pytest.param('{"task": "code", "needs": [], "models": [{"model": "x"}]}', id="the first"),
    ],
)
def test_what_is_no_explanation_is_told_so(text: str) -> None:
    with pytest.raises(ValueError, match=r"explanation|Expecting"):
        replay(text)


# As it was once written down. If this no longer replays to the same, raise VERSION with the change.
KEPT = (
    '{"version":2,"task":"math","needs":[],"input_tokens":57,"output_tokens":400,"wanted":"",'
    '"rules":["open first"],"because":"","scale":{"value_microusd":20000,'
    '"waiting_microusd_per_s":5.5,"budget_used":0.75},"models":['
    '{"model":"b","position":1,"quality":0.9,"estimate_microusd":4114,"output_tokens":400,'
    '"waiting_s":6.5,"cache_loss_microusd":40,"parts":[["card",0.94],["like code",-0.04]],'
    '"familiarity":0.5,"ranks":[false]},'
    '{"model":"a","position":0,"quality":0.85,"estimate_microusd":206,"output_tokens":400,'
    '"waiting_s":3.25,"ranks":[true],"bonuses":[["house",100]]},'
    '{"model":"off","objection":"a rule forbids it (no off)","rule":"no off"}],'
    '"attempts":["b: answered"],"cache":""}'
)


def test_what_was_kept_replays_as_it_was() -> None:
    told = replay(KEPT)

    scores = {model.model: model.score_microusd for model in told.models}
    assert list(scores) == ["b", "a", "off"]
    assert scores["b"] == 18_000 - 1.75 * (4_114 + 40) - 5.5 * 6.5
    assert scores["a"] == 17_000 - 1.75 * 206 - 5.5 * 3.25 + 100
    assert told.models[0].contributions == (
        ("quality: card", 18_800.0),
        ("quality: like code", -800.0),
        ("price", -4_114.0),
        ("budget pressure", -0.75 * (4_114 + 40)),
        ("waiting", -5.5 * 6.5),
        ("cache loss", -40.0),
    )
    assert told.models[2].rule == "no off"
    assert told.runner_up is not None
    assert told.runner_up.is_behind_by_rule
