"""A decision as people read it: no row for the many that were out before anything was asked."""

from bot.explaining import explanation_markdown, folded_models
from routing.explain import ExplainedModel, Explanation


def a_decision(*models: ExplainedModel) -> Explanation:
    return Explanation("general", input_tokens=10, output_tokens=20, models=models)


def waiting(number: int) -> list[ExplainedModel]:
    return [ExplainedModel(f"m{n}", f"not set up (needs env:KEY_{n})") for n in range(number)]


def test_many_models_that_are_not_set_up_are_one_line() -> None:
    told = explanation_markdown(a_decision(*waiting(23), ExplainedModel("gpt", "too dear")))

    assert told.endswith(
        "| gpt | | | | too dear |\n\n23 models are not set up. `/models` tells more."
    )
    assert "m0" not in told


def test_a_few_of_them_are_named_with_what_they_need() -> None:
    told = explanation_markdown(a_decision(*waiting(2)))

    assert "| m1 | | | | not set up (needs env:KEY_1) |" in told
    assert "models are" not in told


def test_those_not_asked_for_are_counted_too_but_no_rule_s_objection() -> None:
    away = [ExplainedModel(f"a{n}", "not asked for") for n in range(3)]
    forbidden = [ExplainedModel(f"r{n}", "a rule forbids it (home)", "home") for n in range(4)]

    shown, folded = folded_models(a_decision(*away, *forbidden, *waiting(5)))

    assert shown == forbidden
    assert folded == ["5 models are not set up", "3 models were not asked for"]


def test_where_all_are_folded_there_is_no_empty_table() -> None:
    assert "|" not in explanation_markdown(a_decision(*waiting(9)))
