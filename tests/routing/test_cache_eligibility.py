from time import process_time
from typing import Any

import pytest

from config.catalog import AttachmentKind, Capability
from routing.cache_eligibility import (
    LONGEST_ANSWER_CHARS,
    NotCached,
    not_cacheable,
    not_keepable,
)
from routing.pricing import Usage
from routing.query import Attachment, Turn
from routing.reply import Attempt, Outcome, Receipt
from tests.builders import a_query

FINE = Attempt("llama", Usage(1, 1), 1, is_reported=True)


def _receipt(**changes: Any) -> Receipt:
    given: dict[str, Any] = {"outcome": Outcome.COMPLETE, "attempts": (FINE,)}
    return Receipt(reply_id="1", model="llama", reason="", **(given | changes))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        pytest.param(" ?! ", NotCached.EMPTY, id="empty"),
        pytest.param("What does <@123> think of Go?", NotCached.MENTION, id="discord mention"),
        pytest.param("Who is <@U0AB12>?", NotCached.MENTION, id="slack mention"),
        pytest.param("Is @ada in Rome?", NotCached.MENTION, id="at name"),
        pytest.param("Sum up https://a.example/b", NotCached.LINK, id="address"),
        pytest.param("What is www.python.org?", NotCached.LINK, id="bare address"),
        pytest.param("How do I reset my password?", NotCached.PERSONAL, id="my"),
        pytest.param("Am I too old to run?", NotCached.PERSONAL, id="am I"),
        pytest.param("I'm 30, may one skydive?", NotCached.PERSONAL, id="I am"),
        pytest.param("Who are our customers?", NotCached.PERSONAL, id="our"),
        pytest.param("Wie heißt meine Katze?", NotCached.PERSONAL, id="german my"),
        pytest.param("Où est mon chat ?", NotCached.PERSONAL, id="french my"),
        pytest.param("¿Dónde está mi gato?", NotCached.PERSONAL, id="spanish my"),
        pytest.param("What is on TV today?", NotCached.TIME, id="today"),
        pytest.param("What is the latest Python?", NotCached.TIME, id="latest"),
        pytest.param("Who is the current pope?", NotCached.TIME, id="current"),
        pytest.param("What is the price of gold?", NotCached.TIME, id="price"),
        pytest.param("Convert 10 dollars to euros", NotCached.TIME, id="exchange"),
        pytest.param("How many yen is 5 EUR?", NotCached.TIME, id="exchange of few"),
        pytest.param("What is the bitcoin price?", NotCached.TIME, id="bitcoin"),
        pytest.param("Are interest rates high?", NotCached.TIME, id="interest"),
        pytest.param("WHAT IS THE LATEST PYTHON?", NotCached.TIME, id="in capitals"),
        pytest.param("What happened last week?", NotCached.TIME, id="last week"),
        pytest.param("What time is it in Rome?", NotCached.TIME, id="time"),
        pytest.param("Wie wird das Wetter?", NotCached.TIME, id="german weather"),
        pytest.param("¿Qué pasó hoy?", NotCached.TIME, id="spanish today"),
        pytest.param("Quelle heure à Rome aujourd'hui ?", NotCached.TIME, id="french today"),
        pytest.param("Pick a random number", NotCached.VARIETY, id="random"),
        pytest.param("Tell me a joke", NotCached.VARIETY, id="joke"),
        pytest.param("Another one", NotCached.VARIETY, id="another"),
        pytest.param("Roll a die", NotCached.VARIETY, id="die"),
        pytest.param("Remember that tea is green", NotCached.MEMORY, id="remember"),
        pytest.param("Summarise the message above", NotCached.POINTS_BACK, id="above"),
        pytest.param("What does this mean?", NotCached.POINTS_BACK, id="this"),
        pytest.param("Why?", NotCached.POINTS_BACK, id="why"),
        pytest.param("continue", NotCached.POINTS_BACK, id="continue"),
        pytest.param("Is sk-abcdefghijklmnop1234 valid?", NotCached.SECRET, id="key"),
        pytest.param("Who is ada@corp.com?", NotCached.CONTACT, id="mail address"),
    ],
)  # fmt: skip
def test_a_question_that_may_have_another_answer_is_not_cached(
    text: str, reason: NotCached
) -> None:
    assert not_cacheable(a_query(text)) is reason


@pytest.mark.parametrize(
    "text",
    [
        "What is the theme of Hamlet?",
        "Can you tell me what the capital of Peru is?",
        "Give me a regex for dates",
        "Explain to me how vaccines work",
        "How do I boil an egg?",
        "I'm looking for a synonym of big",
        "Does the US have a king?",
        "Convert 10 pounds to ounces",
        "What is a gold mine?",
        "What is alternating current?",
        "Where do pandas live?",
        "How does a random forest work?",
        "How many people know the moon?",
        "What does continue do in Python?",
        "How high above sea level is Quito?",
        "Convert 10 mi to km",
        "How do I undo the last git commit?",
        "What is the time complexity of quicksort?",
        "Who was Weatherby?",
        "How do I remember names?",
        "Wie kocht man ein Ei?",
        "Quelle est la capitale du Pérou ?",
    ],
)
def test_a_question_for_anybody_at_any_time_is_cached(text: str) -> None:
    assert not_cacheable(a_query(text)) is None


def test_earlier_turns_and_needs_keep_a_question_out() -> None:
    with_history = a_query("Who wrote Faust?", history=(Turn("user", "hi"),))
    with_needs = a_query("Who wrote Faust?", needs=frozenset(Capability))

    assert not_cacheable(with_history) is NotCached.HISTORY
    assert not_cacheable(with_needs) is NotCached.NEEDS


def test_an_attachment_keeps_a_question_out_since_it_is_in_no_key() -> None:
    picture = (Attachment(AttachmentKind.IMAGE),)

    assert not_cacheable(a_query("What is this?", attachments=picture)) is NotCached.NEEDS


def test_a_whole_answer_of_the_first_model_is_kept() -> None:
    assert not_keepable("Lima.", _receipt(), is_embedded=False) is None


@pytest.mark.parametrize(
    ("receipt", "reason"),
    [
        pytest.param(_receipt(outcome=Outcome.LIMIT), NotCached.NOT_COMPLETE, id="limit"),
        pytest.param(_receipt(outcome=Outcome.FILTERED), NotCached.NOT_COMPLETE, id="filtered"),
        pytest.param(_receipt(outcome=Outcome.STOPPED), NotCached.NOT_COMPLETE, id="stopped"),
        pytest.param(_receipt(attempts=(FINE, FINE)), NotCached.NOT_FIRST_TRY, id="fallback"),
        pytest.param(_receipt(attempts=()), NotCached.NOT_FIRST_TRY, id="no attempt"),
        pytest.param(_receipt(cached_age_s=5.0), NotCached.ALREADY_CACHED, id="a hit"),
    ],
)
def test_an_answer_that_went_another_way_is_not_kept(receipt: Receipt, reason: NotCached) -> None:
    assert not_keepable("Lima.", receipt, is_embedded=False) is reason


def test_an_answer_of_the_built_in_model_is_not_kept() -> None:
    assert not_keepable("Lima.", _receipt(), is_embedded=True) is NotCached.STAND_IN


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        pytest.param(" \n", NotCached.NO_TEXT, id="empty"),
        pytest.param("a " * LONGEST_ANSWER_CHARS, NotCached.TOO_LONG, id="huge"),
        pytest.param("Use AKIAIOSFODNN7EXAMPLE", NotCached.SECRET, id="cloud key"),
        pytest.param("ghp_" + "a1B2" * 9, NotCached.SECRET, id="forge token"),
        pytest.param("xoxb-" + "1234567890-abc", NotCached.SECRET, id="chat token"),
        pytest.param("-----BEGIN RSA PRIVATE KEY-----", NotCached.SECRET, id="private key"),
        pytest.param("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.x", NotCached.SECRET, id="jwt"),
        pytest.param("The password is hunter2", NotCached.SECRET, id="password"),
        pytest.param('{"api_key": "abc123def"}', NotCached.SECRET, id="key in json"),
        pytest.param("**Password:** s3cret99", NotCached.SECRET, id="password in bold"),
        pytest.param("redis://user:pw@host/0", NotCached.SECRET, id="login in an address"),
        pytest.param("It is " + "aB3dE5gH" * 5, NotCached.SECRET, id="mixed run"),
        pytest.param("Ask ada@corp.com", NotCached.CONTACT, id="mail"),
        pytest.param("Call +49 170 1234567", NotCached.CONTACT, id="telephone"),
        pytest.param("Card 4111 1111 1111 1111", NotCached.CONTACT, id="card"),
    ],
)
def test_an_answer_with_something_private_or_no_use_is_not_kept(
    text: str, reason: NotCached
) -> None:
    assert not_keepable(text, _receipt(), is_embedded=False) is reason


@pytest.mark.parametrize(
    "text",
    [
        "A password should be long and random.",
        "Write to user@example.com in the example.",
        "A token is about 4 characters.",
        "In 2024 there were 1,234,567 of them; 3 + 4 = 7.",
        "def f(x):\n    return x_with_a_very_long_name_in_snake_case_of_many_words",
        "The sha1 is da39a3ee5e6b4b0d3255bfef95601890afd80709.",
    ],
)
def test_an_ordinary_answer_is_kept(text: str) -> None:
    assert not_keepable(text, _receipt(), is_embedded=False) is None


@pytest.mark.parametrize(
    "piece", ["a", "a ", "1", "1 ", "@", "+1", "token ", "://a", "a@a.", "eyJ", "x"]
)
def test_the_longest_answers_are_looked_through_quickly(piece: str) -> None:
    text = (piece * LONGEST_ANSWER_CHARS)[:LONGEST_ANSWER_CHARS]
    started = process_time()

    not_keepable(text, _receipt(), is_embedded=False)
    not_cacheable(a_query(text[:4000]))

    assert process_time() - started < 1
