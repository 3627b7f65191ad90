"""Whom an asker may ask for, and how that is said at the head of a message."""

import pytest

from routing.wishes import addressed, meant, names_known, unknown_wish
from tests.builders import a_card

CATALOG = (
    a_card("llama-a", alias="llama"),
    a_card("llama-b", alias="llama"),
    a_card("llama-scout"),
    a_card("gpt-luna"),
    a_card("gpt-sol"),
    a_card("deepseek-flash", alias="deepseek-v4"),
)


@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        pytest.param("gpt-sol", {"gpt-sol"}, id="a name"),
        pytest.param("llama", {"llama-a", "llama-b"}, id="an alias is not a family"),
        pytest.param("gpt", {"gpt-luna", "gpt-sol"}, id="a family"),
        pytest.param("deepseek", {"deepseek-flash"}, id="a family of one"),
        pytest.param("gp", set(), id="part of a word"),
        pytest.param("", set(), id="nothing"),
    ],
)
def test_a_wish_means_a_model_its_hosts_or_a_family(wanted: str, names: set[str]) -> None:
    assert meant(wanted, CATALOG) == names


def test_every_name_that_is_known_means_a_model() -> None:
    assert {"gpt", "llama", "deepseek-v4", "gpt-sol"} <= names_known(CATALOG)
    assert all(meant(name, CATALOG) for name in names_known(CATALOG))


@pytest.mark.parametrize(
    ("text", "wanted", "question"),
    [
        pytest.param("ask gpt: why?", "gpt", "why?", id="a colon"),
        pytest.param("Ask DeepSeek, please: why?", "deepseek", "please: why?", id="a comma"),
        pytest.param("  ask llama-a:\n why?", "llama-a", "why?", id="white space"),
        pytest.param("ask best: why?", "best", "why?", id="a preset"),
        pytest.param("ask Bob, he knows", "", "ask Bob, he knows", id="somebody unknown"),
        pytest.param("ask gpt why", "", "ask gpt why", id="no sign behind it"),
        pytest.param("ask gpt:", "", "ask gpt:", id="nothing to ask"),
        pytest.param("Do ask gpt: why?", "", "Do ask gpt: why?", id="not at the head"),
        pytest.param("task gpt: why?", "", "task gpt: why?", id="another word"),
    ],
)
def test_a_message_may_say_whom_it_is_for(text: str, wanted: str, question: str) -> None:
    assert addressed(text, CATALOG) == (wanted, question)


@pytest.mark.parametrize(
    ("text", "unknown"),
    [
        pytest.param("ask Lama: why?", "lama", id="nobody of that name"),
        pytest.param("ask llama: why?", "", id="somebody"),
        pytest.param("ask best: why?", "", id="a preset"),
        pytest.param("ask Bob, he knows: everything", "", id="a comma"),
        pytest.param("ask what he knows: everything", "", id="a sentence"),
    ],
)
def test_a_wish_for_nobody_is_known_by_its_colon(text: str, unknown: str) -> None:
    assert unknown_wish(text, CATALOG) == unknown
