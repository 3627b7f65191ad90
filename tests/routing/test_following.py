"""A question that says too little is taken for what the one before it was taken for."""

import pytest

from config.catalog import TaskClass
from routing.demand import demand_of
from routing.following import expected_tokens, goes_on, subject_of
from routing.query import Query, Turn
from tests.builders import a_query

SUM = "Solve the equation 3x + 5 = 20, please, and show every step of it."


def after(text: str, *questions: str, answer: str = "Here it is.", **given: object) -> Query:
    turns = [
        turn for asked in questions for turn in (Turn("user", asked), Turn("assistant", answer))
    ]
    return a_query(text, history=tuple(turns), **given)


@pytest.mark.parametrize(
    "text",
    [
        "and in French?", "Why?", "What about 7?", "Is that right?", "who is he", "Peru?",
        "und auf Deutsch?", "a bit shorter", "explain it again",
    ],
)  # fmt: skip
def test_what_opens_with_a_link_or_points_back_goes_on(text: str) -> None:
    assert goes_on(text)


@pytest.mark.parametrize(
    "text",
    [
        "What is the capital of Peru?", "Thanks!", "ok thank you", "", "   ",
        "Write it as a poem", "and solve 3x = 5", "Translate that into French",
        "And " + "the story of this goes on for very long, " * 3,
    ],
    ids=[
        "its own question", "courtesy", "more courtesy", "nothing", "blanks",
        "writing", "a sum of its own", "extraction", "long",
    ],
)  # fmt: skip
def test_what_says_enough_itself_or_asks_nothing_does_not_go_on(text: str) -> None:
    assert not goes_on(text)


def test_a_question_that_goes_on_is_of_the_kind_of_the_one_before_it() -> None:
    demand = demand_of(after("and with 7 instead?", SUM), 4096)

    assert (demand.task, demand.goes_on) == (TaskClass.MATH, True)
    assert demand_of(a_query("and with 7 instead?"), 4096).task is TaskClass.GENERAL


def test_one_that_stands_for_itself_is_of_its_own_kind() -> None:
    demand = demand_of(after("Who wrote Faust, and when was it?", SUM), 4096)

    assert (demand.task, demand.goes_on) == (TaskClass.KNOWLEDGE, False)


def test_several_that_go_on_lead_back_to_the_one_that_stands_for_itself() -> None:
    query = after("why?", "Who wrote Faust, and when?", SUM, "and with 7?", "and with 8?")

    assert subject_of(query) == f"{SUM}\nwhy?"


def test_where_the_beginning_is_lost_the_oldest_question_known_stands_for_it() -> None:
    assert subject_of(after("why?", "and with 7?", "and with 8?")) == "and with 7?\nwhy?"


def test_what_comes_with_material_is_about_that() -> None:
    assert subject_of(after("Is that right?", SUM, material="File a: 2 + 2 = 5\n")) == (
        "Is that right?"
    )


def test_of_a_book_before_the_earlier_question_only_the_end_counts() -> None:
    assert len(subject_of(after("why?", "book " * 10_000 + SUM))) < 1100


def test_without_answers_before_it_an_answer_is_as_long_as_usual() -> None:
    assert expected_tokens(250, a_query()) == 250


@pytest.mark.parametrize(("answer", "least", "most"), [("No.", 20, 120), ("word " * 900, 350, 700)])
def test_answers_as_long_or_short_as_those_before_are_expected(
    answer: str, least: int, most: int
) -> None:
    query = after("Who wrote Faust?", "Who wrote Emma?", "Who wrote Ulysses?", answer=answer)

    assert least <= expected_tokens(250, query) <= most


def test_one_answer_tells_less_than_four() -> None:
    one = after("Who wrote Faust?", "a?", answer="No.")
    four = after("Who wrote Faust?", "a?", "b?", "c?", "d?", answer="No.")

    assert 250 > expected_tokens(250, one) > expected_tokens(250, four)


def test_of_many_answers_only_the_latest_tell() -> None:
    short, long = (Turn("user", "a?"), Turn("assistant", "No.")), Turn("assistant", "word " * 900)
    four = a_query("Who wrote Faust?", history=short * 4)
    more = a_query("Who wrote Faust?", history=(short[0], long) * 4 + short * 4)

    assert expected_tokens(250, more) == expected_tokens(250, four)


def test_no_answer_is_expected_to_be_longer_than_may_be() -> None:
    query = after("Who wrote Faust?", "a?", "b?", answer="word " * 3000)

    assert demand_of(query, 300).output_tokens == 300
