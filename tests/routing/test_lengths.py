"""How long an answer is expected to be: what was measured, else what is declared, else usual."""

import pytest

from config.catalog import TaskClass
from routing.demand import Demand, Measured, demand_of
from routing.lengths import DECLARED, MEASURED, Length, length_of
from routing.query import Turn
from tests.builders import a_card, a_query

SUM = "Solve 3x + 5 = 20, please."
PLAIN = a_card("plain")
THINKER = a_card("thinker", reasoning_tokens={"general": 300, "math": 600})
IN_SHORT = tuple(Turn(role, "No.") for role in ("user", "assistant") * 4)


def demand(
    text: str = SUM,
    history: tuple[Turn, ...] = (),
    most: int = 4096,
    measured: Measured | None = None,
) -> Demand:
    return demand_of(a_query(text, history=history), most, measured or {})


def measured(tokens: int, task: TaskClass = TaskClass.MATH) -> Measured:
    return {task: {"thinker": tokens}}


def test_without_anything_said_it_is_usual_for_the_kind_of_question() -> None:
    assert length_of(PLAIN, demand()) == Length(demand().usual_tokens)


@pytest.mark.parametrize(
    ("text", "thought"), [(SUM, 600), ("Who was Faust?", 300)], ids=["its kind", "the rest"]
)
def test_thinking_that_is_declared_is_added(text: str, thought: int) -> None:
    asked = demand(text)

    assert length_of(THINKER, asked) == Length(asked.usual_tokens + thought, DECLARED)


def test_what_was_measured_replaces_what_is_declared() -> None:
    assert length_of(THINKER, demand(measured=measured(2_000))) == Length(2_000, MEASURED)
    assert length_of(PLAIN, demand(measured=measured(2_000))).told_by == ""


def test_what_was_measured_for_one_kind_of_question_says_nothing_of_another() -> None:
    found = length_of(THINKER, demand(measured=measured(2_000, TaskClass.CODE)))

    assert found.told_by == DECLARED


@pytest.mark.parametrize("told", [2_000, 200], ids=["a thinker", "one of few words"])
def test_a_conversation_in_short_shortens_what_is_seen_not_what_is_thought(told: int) -> None:
    usual, short = demand(measured=measured(told)), demand(SUM, IN_SHORT, measured=measured(told))
    seen = min(told, usual.usual_tokens)

    found = length_of(THINKER, short).tokens

    assert short.output_tokens < usual.output_tokens
    assert told - seen < found < told


@pytest.mark.parametrize("known", [{}, measured(9_000)], ids=["declared", "measured"])
def test_nothing_longer_than_may_be_is_expected(known: Measured) -> None:
    assert length_of(THINKER, demand(most=500, measured=known)).tokens == 500
