import json
from pathlib import Path
from string import ascii_lowercase

import numpy as np
import pytest
from tokenizers import Tokenizer

from routing.backends.wheel_files import wheel_file
from routing.backends.word_vectors import open_word_vectors, read_vectors
from routing.embedding import VECTOR_SIZE, Embed, Vector, embed_nothing

needs_vectors = pytest.mark.skipif(
    wheel_file("wordllama", "weights/*_256.safetensors") is None,
    reason="no wheel with word vectors for this Python",
)


def _letters(number: int) -> list[str]:
    first, second = divmod(number, 26)
    return [f"{ascii_lowercase[first]}{ascii_lowercase[second]}{last}" for last in ascii_lowercase]


@pytest.fixture(scope="module")
def embed() -> Embed:
    return open_word_vectors()


def vector_of(embed: Embed, text: str) -> Vector:
    vector = embed(text)
    assert vector is not None
    return vector


@needs_vectors
def test_a_vector_has_unit_length(embed: Embed) -> None:
    vector = vector_of(embed, "How many apples are left?")

    assert vector.shape == (VECTOR_SIZE,)
    assert vector.dtype == np.float32
    assert np.linalg.norm(vector) == pytest.approx(1)


@needs_vectors
def test_texts_about_the_same_are_nearer_than_others(embed: Embed) -> None:
    asked = vector_of(embed, "How do I reverse a list in Python?")

    near = vector_of(embed, "Reversing a Python array")
    far = vector_of(embed, "The queen's garden is lovely in spring")

    assert asked @ near > asked @ far


@needs_vectors
@pytest.mark.parametrize("text", ["", "   ", "\n\t"], ids=["empty", "blank", "only white space"])
def test_a_text_without_words_has_no_vector(embed: Embed, text: str) -> None:
    assert embed(text) is None


@needs_vectors
def test_half_a_surrogate_pair_is_embedded_like_any_text(embed: Embed) -> None:
    assert embed("a broken emoji \ud83d here") is not None


@needs_vectors
def test_what_stands_in_the_middle_of_a_long_text_does_not_count(embed: Embed) -> None:
    one, other = ("word " * 400 + middle * 9999 + " end" * 200 for middle in ("x", "y"))

    assert np.array_equal(vector_of(embed, one), vector_of(embed, other))


@needs_vectors
@pytest.mark.parametrize(
    "text",
    [
        "What is the capital of France?",
        "def f(x):\n    return x**2  # squared\n\n\tprint(f(1_000))",
        "  Indented,\r\nwith 3.14 and 2,000 \u2014 that's antidisestablishmentarianism!?",
        "Stra\u00dfenbahn na\u00efve \u65e5\u672c\u8a9e",
        "$$\\frac{1}{2}$$ <p>&nbsp;</p> []{}() ... -- == !=",
    ],
    ids=["a question", "code", "marks and numbers", "beyond ascii", "formulae"],
)
def test_a_vector_is_the_mean_of_what_the_tokenizer_finds(embed: Embed, text: str) -> None:
    path = wheel_file("wordllama", "tokenizers/*.json")
    weights = wheel_file("wordllama", "weights/*_256.safetensors")
    assert path is not None
    assert weights is not None
    tokens = Tokenizer.from_file(str(path)).encode(text, add_special_tokens=False).ids

    total = read_vectors(weights)[tokens].astype(np.float64).sum(axis=0)

    assert vector_of(embed, text) == pytest.approx(total / np.linalg.norm(total), abs=1e-6)


@needs_vectors
def test_a_vector_is_the_same_however_often_its_words_were_met(embed: Embed) -> None:
    text = "floccinaucinihilipilification and 17 pneumonoultramicroscopic zyzzyvas, floccinauci"

    first, again = vector_of(embed, text), vector_of(embed, text)
    among_others = vector_of(open_word_vectors(), text)

    assert np.array_equal(first, again)
    assert np.array_equal(first, among_others)


@needs_vectors
def test_a_vector_is_the_same_after_more_rare_words_than_are_remembered(embed: Embed) -> None:
    text = "xqzt yqzt zqzt"
    first = vector_of(embed, text)

    for number in range(120):
        embed(" ".join(f"x{a}q{b}z" for a in ascii_lowercase[:10] for b in _letters(number)))

    assert np.array_equal(vector_of(embed, text), first)


def test_without_vectors_nothing_is_embedded() -> None:
    assert embed_nothing("What is asked?") is None


def test_a_file_of_another_shape_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.safetensors"
    header = {"embedding.weight": {"dtype": "F32", "shape": [2, 4], "data_offsets": [0, 32]}}
    text = json.dumps(header).encode()
    path.write_bytes(len(text).to_bytes(8, "little") + text + bytes(32))

    with pytest.raises(ValueError, match="half-precision"):
        read_vectors(path)
