import pytest

from routing.demand import demand_of
from routing.explain import Explanation, explain, explain_nobody
from routing.objections import Objection, Reason
from routing.policy import Circumstances, decide
from tests.builders import a_card, a_query


def test_an_explanation_survives_being_written_and_read() -> None:
    query = a_query("Write a poem")
    decision = decide(query, demand_of(query, 500), [a_card()], Circumstances())
    explanation = explain(decision)

    assert Explanation.from_json(explanation.to_json()) == explanation


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

    told = explain_nobody(demand_of(a_query(), 500), objections, "gpt")

    assert told.models[0].objection == "a rule forbids it (no closed weights)"


@pytest.mark.parametrize(
    "text", ["", "[]", "null", "{}", '{"models": 3}', '{"models": [{"x": 1}]}']
)
def test_what_is_no_explanation_is_told_so(text: str) -> None:
    with pytest.raises(ValueError, match=r"explanation|Expecting"):
        Explanation.from_json(text)
