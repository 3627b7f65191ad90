"""A thread remembers who answered, and what its host may still have."""

from datetime import UTC, datetime, timedelta

import pytest

from routing.ports import Exchange
from routing.query import Answered, LastAnswer
from routing.thread import answered, last_answer
from tests.builders import a_card

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
CATALOG = [a_card("llama-a", alias="llama")]
LONG = Exchange("word " * 3000, "fine", "r1", NOON, "llama-a")
SHORT = Exchange("hi", "hello", "r1", NOON, "llama-a")
UNKNOWN = Exchange("again", "fine", "r2", NOON + timedelta(seconds=60))


def last(*exchanges: Exchange, after_s: float = 60, is_whole: bool = True) -> LastAnswer | None:
    at = NOON + timedelta(seconds=after_s)
    return last_answer(exchanges, CATALOG, system_prompt="Be kind.", at=at, is_whole=is_whole)


def test_a_long_beginning_sent_lately_is_expected_in_the_hosts_cache() -> None:
    found = last(LONG)

    assert found is not None
    assert (found.model, found.alias) == ("llama-a", "llama")
    assert 3000 <= found.cached_tokens <= 3100


@pytest.mark.parametrize(
    "found",
    [
        pytest.param(last(SHORT), id="too short for any host's cache"),
        pytest.param(last(LONG, after_s=301), id="too long ago"),
        pytest.param(last(LONG, is_whole=False), id="its head is no longer sent"),
    ],
)
def test_without_a_cache_the_thread_still_knows_its_model(found: LastAnswer | None) -> None:
    assert found == LastAnswer("llama-a", "llama", 0)


def test_an_answer_of_nobody_known_does_not_change_who_answered_last() -> None:
    assert last(LONG, UNKNOWN) == last(LONG)


def test_a_conversation_without_a_known_model_has_none() -> None:
    assert last() is None
    assert last(UNKNOWN) is None


def test_a_model_that_has_gone_is_known_by_its_name() -> None:
    gone = Exchange("hi", "hello", "r1", NOON, "gone")

    assert last(gone) == LastAnswer("gone", "gone", 0)


def exchange(reply_id: str, again_of: str = "", model: str = "llama-a") -> Exchange:
    return Exchange("why?", "so", reply_id, NOON, model, again_of=again_of)


def redone(*exchanges: Exchange, again: Exchange | None = None) -> list[str]:
    found = answered(exchanges, CATALOG, again)
    return [each.reply_id for each in found if each.is_redone]


def test_of_the_latest_answers_is_known_who_gave_them() -> None:
    exchanges = [exchange(f"r{number}") for number in range(8)] + [exchange("r8", model="")]

    found = answered(exchanges, CATALOG, None)

    assert found == tuple(Answered(f"r{number}", "llama") for number in range(3, 8))


def test_every_answer_but_the_last_to_a_question_asked_again_is_redone() -> None:
    assert redone(exchange("a"), exchange("b"), exchange("c", "b"), exchange("d", "b")) == [
        "b",
        "c",
    ]


def test_what_is_asked_again_now_is_redone() -> None:
    first, second = exchange("a"), exchange("b", "a")

    assert redone(first, again=first) == ["a"]
    assert redone(first, second, again=second) == ["a", "b"]
    assert redone(first, again=exchange("forgotten")) == []
