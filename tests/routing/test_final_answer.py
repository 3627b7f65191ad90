import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.checkable import AnswerShape
from routing.final_answer import agrees, final_answer

SAME = [
    pytest.param("She makes **$18.00**.", "3 * 6 = 18", AnswerShape.NUMBER, id="dollars"),
    pytest.param("The total is 1,250.50", r"\boxed{1250.5}", AnswerShape.NUMBER, id="thousands"),
    pytest.param(r"\boxed{\frac{2}{4}}", "Answer: 1/2", AnswerShape.NUMBER, id="fractions"),
    pytest.param("#### 70", "So 70 % of them", AnswerShape.NUMBER, id="per cent"),
    pytest.param("it is \u22127", "The answer is x = -7.", AnswerShape.NUMBER, id="a minus sign"),
    pytest.param("1.23e+4", "12300", AnswerShape.NUMBER, id="an exponent"),
    pytest.param("1" * 40, "the total is " + "1" * 40, AnswerShape.NUMBER, id="many digits"),
    pytest.param("0x1F", "The result is 31", AnswerShape.NUMBER, id="hexadecimal"),
    pytest.param("It took 09:30.", "9:30", AnswerShape.NUMBER, id="a time"),
    pytest.param("<think>12</think>5", "5", AnswerShape.NUMBER, id="thinking is no answer"),
    pytest.param('{"reasoning": "2+2", "answer": "4"}', "4", AnswerShape.NUMBER, id="JSON"),
    pytest.param("The answer is (B) apple", "**B.** apple", AnswerShape.CHOICE, id="letters"),
    pytest.param("Yes, it is.", "The answer is **yes**", AnswerShape.YES_NO, id="yes"),
    pytest.param("False", "No, they cannot.", AnswerShape.YES_NO, id="false is no"),
    pytest.param(
        "```python\nassert f(1) == [1,2]\n```", "so\n`[1, 2]`", AnswerShape.LITERAL, id="a list"
    ),
    pytest.param('The output is "a"', "'a'", AnswerShape.LITERAL, id="quotes"),
    pytest.param("The answer is **Paris**.", "paris", AnswerShape.NAME, id="a name"),
    pytest.param("The Sun", "sun.", AnswerShape.NAME, id="an article"),
]


@pytest.mark.parametrize(("one", "other", "shape"), SAME)
def test_the_same_answer_in_other_words_agrees(one: str, other: str, shape: AnswerShape) -> None:
    assert agrees(final_answer(one, shape), final_answer(other, shape))


@pytest.mark.parametrize(
    ("one", "other", "shape"),
    [
        pytest.param("18", "19", AnswerShape.NUMBER, id="numbers"),
        pytest.param("18", "-18", AnswerShape.NUMBER, id="a sign"),
        pytest.param("1.5", "15", AnswerShape.NUMBER, id="a point"),
        pytest.param("10:41", "41", AnswerShape.NUMBER, id="a time and its minutes"),
        pytest.param("A", "B", AnswerShape.CHOICE, id="letters"),
        pytest.param("yes", "no", AnswerShape.YES_NO, id="yes and no"),
        pytest.param("'1'", "1", AnswerShape.LITERAL, id="text and number"),
        pytest.param("Rome", "Paris", AnswerShape.NAME, id="names"),
    ],
)
def test_other_answers_do_not_agree(one: str, other: str, shape: AnswerShape) -> None:
    assert not agrees(final_answer(one, shape), final_answer(other, shape))


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        pytest.param("I cannot say.", AnswerShape.NUMBER, id="no number"),
        pytest.param("A. stone\nB. apple\nboth fit", AnswerShape.CHOICE, id="two letters"),
        pytest.param("It depends.", AnswerShape.YES_NO, id="neither"),
        pytest.param("x + y", AnswerShape.LITERAL, id="no literal"),
        pytest.param("It was somebody whom I do not know by name.", AnswerShape.NAME, id="no name"),
        pytest.param("", AnswerShape.NAME, id="nothing"),
    ],
)
def test_an_answer_that_is_not_there_agrees_with_nothing(text: str, shape: AnswerShape) -> None:
    found = final_answer(text, shape)

    assert found == ""
    assert not agrees(found, found)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(r"\boxed{" * 5000, id="boxes that never close"),
        pytest.param("<think>" * 5000, id="thoughts that never end"),
        pytest.param("[" * 1500, id="brackets"),
        pytest.param("'\\d'", id="an odd escape"),
        pytest.param("the answer is " * 3000, id="announcements"),
        pytest.param("1e999999999 1/0 9" + "9" * 6000, id="numbers"),
    ],
)
@pytest.mark.parametrize("shape", AnswerShape)
def test_a_text_made_to_be_hard_is_read_all_the_same(text: str, shape: AnswerShape) -> None:
    assert isinstance(final_answer(text, shape), str)


@given(st.text(), st.sampled_from(AnswerShape))
def test_no_text_is_too_odd_to_be_read(text: str, shape: AnswerShape) -> None:
    assert isinstance(final_answer(text, shape), str)


@given(st.integers(-(10**12), 10**12))
def test_a_number_agrees_with_itself_however_it_is_grouped(number: int) -> None:
    plain, grouped = f"The answer is {number}.", f"**{number:,}**"

    assert final_answer(plain, AnswerShape.NUMBER) == str(number)
    assert final_answer(grouped, AnswerShape.NUMBER) == str(number)
