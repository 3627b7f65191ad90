"""A question's language is told by few signs, or not at all."""

# ruff: noqa: RUF001 # letters of other scripts are the point

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.languages import language_of


@pytest.mark.parametrize(
    ("text", "language"),
    [
        pytest.param("What is the capital of France?", "en", id="English"),
        pytest.param("Was ist die Hauptstadt von Frankreich?", "de", id="German"),
        pytest.param("Quelle est la capitale de la France et pourquoi ?", "fr", id="French"),
        pytest.param("¿Cuál es la capital de Francia y por qué?", "es", id="Spanish"),
        pytest.param("Qual è la capitale della Francia e perché?", "it", id="Italian"),
        pytest.param("Qual é a capital da França e como você sabe?", "pt", id="Portuguese"),
        pytest.param("Wat is de hoofdstad van het land?", "nl", id="Dutch"),
        pytest.param("Vad är huvudstaden och varför är det så?", "sv", id="Swedish"),
        pytest.param("Jaka jest stolica i dlaczego to jest ważne?", "pl", id="Polish"),
        pytest.param("Bu nedir ve neden çok önemli?", "tr", id="Turkish"),
        pytest.param("Почему небо голубое и что это значит?", "ru", id="Russian"),
        pytest.param("Чому небо блакитне і що це означає?", "uk", id="Ukrainian"),
        pytest.param("Ποια είναι η πρωτεύουσα;", "el", id="Greek"),
        pytest.param("מהי בירת צרפת?", "he", id="Hebrew"),
        pytest.param("ما هي عاصمة فرنسا؟", "ar", id="Arabic"),
        pytest.param("फ्रांस की राजधानी क्या है?", "hi", id="Hindi"),
        pytest.param("เมืองหลวงของฝรั่งเศสคืออะไร", "th", id="Thai"),
        pytest.param("프랑스의 수도는 어디입니까?", "ko", id="Korean"),
        pytest.param("フランスの首都はどこですか?", "ja", id="Japanese"),
        pytest.param("法国的首都是哪里?", "zh", id="Chinese"),
        pytest.param("Python の list とは何ですか", "ja", id="a Latin name in Japanese"),
        pytest.param("Translate 法国 into English, and tell me what it is", "en", id="a quotation"),
    ],
)
def test_a_language_is_told_by_its_script_or_commonest_words(text: str, language: str) -> None:
    assert language_of(text) == language


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="nothing"),
        pytest.param("Paris", id="a name"),
        pytest.param("x = [1, 2, 3]", id="code"),
        pytest.param("ok", id="a word"),
        pytest.param("Столицата на България", id="a language it does not know"),
        pytest.param("پایتخت فرانسه کجاست؟", id="Persian is not Arabic"),
        pytest.param("Hej!", id="too little"),
    ],
)
def test_what_cannot_be_told_has_no_language(text: str) -> None:
    assert language_of(text) is None


@given(st.text(max_size=200))
def test_any_text_is_looked_at_without_trouble(text: str) -> None:
    language_of(text)
