import pytest

from routing.checkable import AnswerShape, shape_of


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        pytest.param("What is 17 * 23?", AnswerShape.NUMBER, id="a sum"),
        pytest.param(
            "Ada buys 3 pens for $2 each. How much does she pay?", AnswerShape.NUMBER, id="a story"
        ),
        pytest.param("Find the GCD of 12 and 18.", AnswerShape.NUMBER, id="a divisor"),
        pytest.param(
            "Which is a fruit?\nA. stone\nB. apple\nC. sand", AnswerShape.CHOICE, id="letters"
        ),
        pytest.param("Is Mars larger than Venus?", AnswerShape.YES_NO, id="yes or no by form"),
        pytest.param(
            "Some cats are grey. Does it follow that all are? (Answer Yes or No)",
            AnswerShape.YES_NO,
            id="yes or no by wish",
        ),
        pytest.param(
            "def f(x):\n    return x + 1\nassert f(1) == ??", AnswerShape.LITERAL, id="code to run"
        ),
        pytest.param("What is the capital of Chile?", AnswerShape.NAME, id="a name"),
        pytest.param("Who ate it? Reply only with a name.", AnswerShape.NAME, id="a name by wish"),
    ],
)
def test_a_question_with_a_short_answer_is_checkable(text: str, shape: AnswerShape) -> None:
    found = shape_of(text)

    assert found is shape
    assert shape_of(text) is not None


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("hello", id="a greeting"),
        pytest.param("Write a poem about 12 months", id="a poem"),
        pytest.param("How do I cook rice for 4 people?", id="advice with a number"),
        pytest.param("Should I learn Rust or Go?", id="an opinion"),
        pytest.param("Is Rust or Go better?", id="an alternative"),
        pytest.param("Explain why 7 * 8 = 56?", id="an explanation"),
        pytest.param("Calculate the antiderivative of 3*x", id="a formula"),
        pytest.param("def f(x):\n    return x\nHow can this be faster?", id="code to improve"),
        pytest.param("How many people live there?", id="no number to reckon with"),
        pytest.param("What is 2 + 2? " + "x" * 5000, id="a pasted book"),
        pytest.param("", id="nothing"),
    ],
)
def test_anything_else_is_not_checkable(text: str) -> None:
    assert shape_of(text) is None
