"""The small pure parts: tokens, prices, tasks, history's tail."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.catalog import TaskClass
from routing.demand import demand_of, room_for_output, worst_microusd
from routing.policy import Circumstances, decide
from routing.pricing import Usage, cost_microusd, price_microusd
from routing.query import Turn, latest_turns
from routing.signals import task_of
from routing.tokens import estimate_tokens
from tests.builders import a_card, a_query


# The counts beside each are those of the o200k and cl100k tokenizers.
@pytest.mark.parametrize(
    ("text", "least", "most"),
    [
        pytest.param("", 0, 0, id="nothing"),
        pytest.param("x", 1, 1, id="one letter"),
        pytest.param("What is the capital of France?", 7, 9, id="english: 7"),
        pytest.param("今日はとても良い天気ですね。", 9, 16, id="japanese: 10 to 14"),
        pytest.param("Правительство решило продлить программу", 9, 24, id="russian: 8 to 17"),
        pytest.param("3.14159 2653589", 7, 12, id="numbers: 8"),
        pytest.param("for (int i = 0; i < n; i++) {\n}", 15, 25, id="code: 17"),
    ],
)
def test_tokens_are_estimated_near_what_tokenizers_count(text: str, least: int, most: int) -> None:
    assert least <= estimate_tokens(text) <= most


@given(st.text(max_size=300), st.text(max_size=300))
def test_more_text_is_never_fewer_tokens(one: str, other: str) -> None:
    assert estimate_tokens(one + other) + 1 >= estimate_tokens(one)


@given(
    st.integers(0, 10**7), st.integers(0, 10**7), st.integers(0, 10**7),
    st.decimals(0, 1000, places=4), st.decimals(0, 1000, places=4),
)  # fmt: skip
def test_a_cost_is_the_exact_sum_rounded_up_once(
    fresh: int, cached: int, output: int, input_price: Decimal, output_price: Decimal
) -> None:
    card = a_card(input_price=input_price, cached_input_price="0.01", output_price=output_price)

    cost = cost_microusd(card, Usage(fresh + cached, output, cached_input_tokens=cached))

    exact = fresh * input_price + cached * Decimal("0.01") + output * output_price
    assert 0 <= cost - exact < 1


def test_a_cost_is_never_below_zero() -> None:
    assert cost_microusd(a_card(), Usage(-5, -5, cached_input_tokens=-5)) == 0


def test_cached_tokens_cost_as_much_as_others_where_no_price_is_given() -> None:
    usage = Usage(input_tokens=100, cached_input_tokens=100)

    assert cost_microusd(a_card(input_price=2), usage) == 200


@given(
    st.decimals(0, 999_999, allow_nan=False, places=7),
    st.decimals(0, 999, allow_nan=False, places=3),
    st.integers(-1, 10**6),
    st.integers(-1, 10**6),
)
def test_a_price_is_what_the_same_tokens_cost_with_nothing_cached(
    input_price: Decimal, output_price: Decimal, sent: int, received: int
) -> None:
    card = a_card(input_price=input_price, output_price=output_price)

    assert price_microusd(card, sent, received) == cost_microusd(card, Usage(sent, received))


def test_the_worst_price_is_never_below_the_expected_one() -> None:
    query, card = a_query("write a story"), a_card()
    demand = demand_of(query, 4000)

    (candidate,) = decide(query, demand, [card], Circumstances()).candidates
    assert candidate.estimate_microusd < worst_microusd(card, demand)
    assert room_for_output(card, demand) == 4000


@pytest.mark.parametrize(
    ("text", "task"),
    [
        ("Hi there!", TaskClass.GENERAL),
        ("Write a haiku about rain", TaskClass.WRITING),
        ("Who wrote Faust?", TaskClass.KNOWLEDGE),
        ("Write a Python function that sorts a list", TaskClass.CODE),
        ("```\nx = 1\n```", TaskClass.CODE),
        ("What is 17 * 23?", TaskClass.MATH),
        ("Summarize this article: …", TaskClass.EXTRACTION),
        ("Translate into French: good morning", TaskClass.EXTRACTION),
        ("tl;dr please", TaskClass.EXTRACTION),
        ("An e-mail to my landlord", TaskClass.WRITING),
        ("So how  many? How many?", TaskClass.MATH),
        ("f(x) = open(path)", TaskClass.CODE),
        ("the stack trace of a unit test", TaskClass.CODE),
        ("is it called git?", TaskClass.CODE),
        ("digital apis", TaskClass.GENERAL),
    ],
)
def test_a_question_is_taken_for_its_task(text: str, task: TaskClass) -> None:
    assert task_of(text) is task


def test_a_pasted_book_is_judged_by_its_ends() -> None:
    assert task_of("Summarize this:\n" + "lorem ipsum " * 100_000) is TaskClass.EXTRACTION


def test_the_latest_turns_are_whole_and_open_with_the_asker() -> None:
    turns = [Turn("user", "a " * 50), Turn("assistant", "b"), Turn("user", "c")]

    assert latest_turns(turns, 1000) == tuple(turns)
    assert latest_turns(turns, 20) == (Turn("user", "c"),)
    assert latest_turns(turns, 0) == ()
