# ruff: noqa: E501 # a pair of questions reads best on a line
import json
from pathlib import Path
from time import process_time

import pytest

from routing.cache_words import reduced_question
from tests.routing.everyday_paraphrases import PAIRS as EVERYDAY
from tests.routing.near_misses import foreign_near_misses, near_misses

PAIRS = Path(__file__).parents[3] / "shared/data/cache/chat_near_misses.jsonl"

PARAPHRASES = (
    ("What is the capital of Peru?", "what's the capital of peru"),
    ("What is the capital of Peru?", "Can you tell me what the capital of Peru is?"),
    ("What is the capital of Peru?", "Name the capital of Peru, please"),
    ("What is the capital of Peru?", "Peru's capital?"),
    ("What is the capital of Peru?", "What is Peru's capital?"),
    ("What is the capital of Peru?", "Hi! Could you please tell me the capital of Peru? Thanks!"),
    ("What is the capital of Peru?", "Which city is the capital of Peru?"),
    ("What is the capital of Peru?", "Do you know what the capital city of Peru is?"),
    ("How do I boil an egg?", "How to boil eggs"),
    ("How do I boil an egg?", "how can I boil an egg"),
    ("How do I boil an egg?", "What is the best way to boil an egg?"),
    ("How do I boil an egg?", "Could you tell me how to boil an egg please?"),
    ("How do I boil an egg?", "What's a good way to boil eggs?"),
    ("How do I boil an egg?", "How does one boil an egg?"),
    ("How do I boil an egg?", "What should I do to boil an egg?"),
    ("How do I boil an egg?", "Please tell me how to boil an egg!"),
    ("How do I learn French quickly?", "What are some good ways to learn French quickly?"),
    ("How do I learn French quickly?", "What are the best ways to learn French quickly?"),
    ("How do I learn French quickly?", "How should I learn French quickly?"),
    ("How do I learn French quickly?", "How can we learn French quickly?"),
    ("How do I learn French quickly?", "I'd like to know how to learn French quickly"),
    ("How do I learn French quickly?", "How might one go about learning French quickly?"),
    ("What is the difference between TCP and UDP?", "What are the differences between TCP and UDP?"),
    ("What is the difference between TCP and UDP?", "How is TCP different from UDP?"),
    ("What is the difference between TCP and UDP?", "How does TCP differ from UDP?"),
    ("What is the difference between TCP and UDP?", "Please explain the difference between TCP and UDP."),
    ("What is the difference between TCP and UDP?", "TCP vs UDP, what's the difference?"),
    ("What is the difference between TCP and UDP?", "Compare TCP to UDP"),
    ("What is 15% of 240?", "15 percent of 240?"),
    ("What is 15% of 240?", "Compute fifteen percent of 240"),
    ("What is 15% of 240?", "how much is 15 % of two hundred forty"),
    ("What is 15% of 240?", "240 times 0.15?"),
    ("Convert 5 miles to kilometres", "How many km are in 5 miles?"),
    ("Convert 5 miles to kilometres", "5 miles in kilometers"),
    ("Convert 5 miles to kilometres", "what is five miles in km?"),
    ("Convert 5 miles to kilometres", "Please convert 5 mi into km"),
    ("How many feet are in a mile?", "how many feet in one mile"),
    ("How many feet are in a mile?", "How many feet are there in a mile?"),
    ("What does photosynthesis mean?", "Define photosynthesis"),
    ("What does photosynthesis mean?", "What is the definition of photosynthesis?"),
    ("What does photosynthesis mean?", "What is the meaning of photosynthesis?"),
    ("How does a vaccine work?", "Explain how vaccines work"),
    ("How does a vaccine work?", "Can someone explain how a vaccine works?"),
    ("How many planets are in the solar system?", "How many planets are there in the solar system?"),
    ("How many planets are in the solar system?", "What is the number of planets in the solar system?"),
    ("How long does it take to learn Go?", "How much time does it take to learn Go?"),
    ("How long does it take to learn Go?", "How long will it take me to learn Go?"),
    ("What are the advantages of solar power?", "What are the benefits of solar power?"),
    ("What are the advantages of solar power?", "Tell me the advantages of solar power"),
    ("What are the advantages of solar power?", "Why is solar power good?"),
    ("List three benefits of remote work", "What are 3 benefits of remote work?"),
    ("List three benefits of remote work", "Give me three advantages of remote work"),
    ("Can we travel faster than light?", "Is it possible to travel faster than light?"),
    ("Can we travel faster than light?", "Is there a way to travel faster than light?"),
    ("Which country has the biggest army?", "What country has the largest army?"),
    ("Why is the sky blue?", "Why's the sky blue"),
    ("Why is the sky blue?", "Does anyone know why the sky is blue?"),
    ("Where can I buy saffron?", "Where do I purchase saffron?"),
    ("What happened on 4 July 1776?", "What happened on July 4th 1776?"),
    ("What is it like to live in Japan?", "How does it feel to live in Japan?"),
    ("Give me a regex for UUIDs", "I need a regex for UUIDs"),
    ("What is the population of Lagos?", "Hello there, what is Lagos' population?"),
    ("Is TCP reliable?", "Hey, is TCP reliable"),
)  # fmt: skip
LEAST_PARAPHRASES_MET = 0.75


def _meet(one: str, other: str) -> bool:
    words = reduced_question(one)
    return words is not None and words == reduced_question(other)


def test_questions_that_ask_different_things_never_meet() -> None:
    pairs = list(near_misses())

    met = [pair for pair in pairs if _meet(*pair[1:])]

    assert met == []
    assert len(pairs) >= 1400
    assert len({kind for kind, *_ in pairs}) >= 30


def test_nor_do_they_in_other_languages() -> None:
    assert [pair for pair in foreign_near_misses() if _meet(*pair)] == []


def test_what_people_ask_twice_meets_often_enough() -> None:
    pairs = [pair.split("|") for pair in EVERYDAY]

    met = [pair for pair in pairs if _meet(*pair)]

    assert len(pairs) >= 200
    assert len(met) >= 0.4 * len(pairs)


def test_near_misses_are_reduced_and_so_put_to_the_test() -> None:
    pairs = list(near_misses())

    reduced = [pair for pair in pairs if None not in map(reduced_question, pair[1:])]

    assert len(reduced) > 0.9 * len(pairs)


def test_most_questions_with_other_filler_meet() -> None:
    met = [pair for pair in PARAPHRASES if _meet(*pair)]

    assert len(PARAPHRASES) >= 60
    assert len(met) >= LEAST_PARAPHRASES_MET * len(PARAPHRASES)


@pytest.mark.skipif(not PAIRS.exists(), reason="the shared pairs of questions are not here")
def test_shared_pairs_meet_where_they_ask_the_same_and_nowhere_else() -> None:
    pairs = [json.loads(line) for line in PAIRS.read_text("utf-8").splitlines()]
    same = [pair for pair in pairs if pair["same_answer"]]

    met = [pair for pair in pairs if _meet(pair["a"], pair["b"])]

    assert all(pair["same_answer"] for pair in met)
    assert len(met) >= 0.15 * len(same)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="nothing"),
        pytest.param("Please.", id="only filler"),
        pytest.param("Was ist die Hauptstadt von Peru?", id="german"),
        pytest.param("Quelle est la capitale du Pérou ?", id="french"),
        pytest.param("ペルーの首都はどこですか", id="japanese"),
        pytest.param("What does `x = 1` do?", id="code"),
        pytest.param("What is print() for?", id="a call"),
        pytest.param("Translate to French: the cat is here", id="translation"),
        pytest.param("What is the plural of ox?", id="about a word"),
        pytest.param("What is this?\nA list", id="lines"),
        pytest.param("what is " + "very " * 100 + "long", id="long"),
        pytest.param("WHAT IS WHO?", id="capitals only"),
    ],
)
def test_a_question_that_counts_to_the_letter_is_not_reduced(text: str) -> None:
    assert reduced_question(text) is None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("What is the matter?", "What is matter?", id="short with article"),
        pytest.param("How do you store messages?", "How do I store messages?", id="the bot or I"),
        pytest.param("Write a poster about rain", "How do I write a poster about rain?", id="do or tell"),
        pytest.param("What is God like?", "What does God like?", id="is and does"),
        pytest.param("What eats owls in winter?", "What do owls eat in winter?", id="eater and eaten"),
        pytest.param("Can I eat raw eggs?", "Can you eat raw eggs?", id="you may be the bot"),
        pytest.param("Is vitamin a good for eyes?", "Is vitamin good for eyes?", id="a is a name"),
        pytest.param("Give me a joke about owls", "What is a joke about owls?", id="give and define"),
        pytest.param("Hello Kitty is made where?", "Kitty is made where?", id="a name greets"),
        pytest.param("Well water is safe to drink?", "Water is safe to drink?", id="well is a noun"),
        pytest.param("What is the value of 5!?", "What is the value of 5?", id="factorial"),
        pytest.param("What city is near the capital of Peru?", "What is near the capital of Peru?", id="city or anything"),
        pytest.param("Can anyone convert to Judaism?", "Convert to Judaism", id="may and do"),
        pytest.param("Who sings thank you?", "Who sings?", id="thanks are the subject"),
    ],
)  # fmt: skip
def test_what_may_differ_is_kept_apart(one: str, other: str) -> None:
    assert not _meet(one, other)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("what is " + '"' * 390, id="quotes"),
        pytest.param("what is " + "'s " * 130, id="owners"),
        pytest.param("what " + "is " * 130, id="verbs"),
        pytest.param("please " * 57, id="politeness"),
        pytest.param("how is " + "and " * 95, id="conjunctions"),
    ],
)
def test_hostile_questions_take_no_longer_than_a_few_milliseconds(text: str) -> None:
    reduced_question(text)
    started = process_time()

    reduced_question(text)

    assert process_time() - started < 0.05
