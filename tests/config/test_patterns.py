"""Patterns of rules are searched in linear time, or refused with the reason."""

from pathlib import Path

import pytest

from config.patterns import MAX_PATTERN_CHARS, checked_pattern, is_found, word_pattern
from tests.config.written import loaded, problems


def rule_with(pattern: str) -> str:
    return (
        f"rules:\n  - name: r\n    when:\n      patterns:\n        - '{pattern}'\n    ceiling: 1\n"
    )


@pytest.mark.parametrize(
    ("pattern", "told"),
    [
        pytest.param("(?<!a)b", "is no RE2 pattern: invalid perl operator", id="look-around"),
        pytest.param(r"(a)\1", "is no RE2 pattern: invalid escape sequence", id="back-reference"),
        pytest.param("(a", "is no RE2 pattern: missing )", id="open bracket"),
        pytest.param("a{1001}", "is no RE2 pattern: invalid repetition size", id="repetition"),
        pytest.param(r"\pL\pL\pL\pL", "is too large: repeat less, or split it", id="steps"),
        pytest.param("a" * 501, "must have at most 500 characters", id="characters"),
        pytest.param("", "must not be empty", id="empty"),
    ],
)
def test_a_pattern_that_cannot_be_searched_is_a_problem_with_its_line(
    tmp_path: Path, pattern: str, told: str
) -> None:
    key = "rules[r].when.patterns[0]"

    assert problems(tmp_path, rule_with(pattern)) == [f"p:5: {key}: {told}"]


def test_a_pattern_that_is_catastrophic_elsewhere_is_searched_at_once(tmp_path: Path) -> None:
    (pattern,) = loaded(tmp_path, rule_with("^(a+)+$")).rules[0].when.patterns

    assert not is_found(pattern, "a" * 100_000 + "b")
    assert is_found(pattern, "a" * 100_000)


def test_classes_of_letters_fit() -> None:
    assert checked_pattern(r"\pL+ \pN+")
    assert len(checked_pattern("|".join(["word"] * 100))) <= MAX_PATTERN_CHARS


@pytest.mark.parametrize(
    ("words", "text", "expected"),
    [
        pytest.param({"contract"}, "The CONTRACT, please", True, id="case"),
        pytest.param({"tract"}, "contract", False, id="part of a word"),
        pytest.param({"straße"}, "In der STRASSE, Straße", True, id="letters with marks"),
        pytest.param({"stra"}, "Straße", False, id="a letter with a mark is a letter"),
        pytest.param({"red", "blue"}, "a blue one", True, id="one of several"),
        pytest.param({"read  this"}, "read\u00a0\n this", True, id="any white space"),
        pytest.param({"c++"}, "in c++, not c", True, id="signs"),
        pytest.param({".*"}, "anything", False, id="no pattern"),
        pytest.param({r"\E(a"}, r"say \e(A now", True, id="a quotation's end"),
        pytest.param({"red"}, "red", True, id="all there is"),
        pytest.param({"red"}, "red \ud83d", True, id="half a character in the text"),
    ],
)
def test_words_are_found_whole_in_any_case(words: set[str], text: str, expected: bool) -> None:
    assert is_found(word_pattern(words), text) is expected
