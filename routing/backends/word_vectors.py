"""Static word vectors: the mean of 32,000 tokens' vectors, as the wordllama wheel brings them.

Only its two files are read: importing the package costs more and looks for them in the wrong
folder. No wheel exists for every Python; where there is none, there are no vectors.
"""

import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache
from itertools import chain, pairwise
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from routing.backends.wheel_files import wheel_file
from routing.embedding import VECTOR_SIZE, Embed, Vector, embed_nothing

_PACKAGE: Final = "wordllama"
_TENSOR: Final = "embedding.weight"
_HEADER_LENGTH_BYTES: Final = 8

# What a text is about stands at its beginning and end; a pasted book costs no more than a page.
_FIRST_CHARS: Final = 1500
_LAST_CHARS: Final = 500

# No token of this vocabulary goes on from letters to marks or digits or behind a line's end: pieces
# of ASCII that end there can be looked up one by one, and most are a single token.
_PIECE: Final = re.compile(r" *[A-Za-z]+| *[^A-Za-z0-9 \n]+|[0-9\n]| +")
_BLANK: Final = "\u2581"  # as the vocabulary spells it
_LINE_END: Final = 13

# Rarer words come again: of so many, of at most so many letters, the tokens are remembered.
_REMEMBERED: Final = 10_000
_LONGEST_REMEMBERED_CHARS: Final = 40

# The bits of a half-precision number, moved to where single precision has them: there the exponent
# counts from another point, which a power of two makes good.
_HALF_BITS: Final = 13
_SIGN_AND_HALF: Final = -0x70002000
_HALF_RANGE: Final = np.float32(2.0**112)


@cache
def open_word_vectors() -> Embed:
    """Return what embeds texts, after some 0.1 s the first time; without files, `embed_nothing`."""
    weights = wheel_file(_PACKAGE, "weights/*_256.safetensors")
    vocabulary = wheel_file(_PACKAGE, "tokenizers/*.json")
    if weights is None or vocabulary is None:
        return embed_nothing
    return WordVectors(Tokenizer.from_file(str(vocabulary)), read_vectors(weights))


class WordVectors:
    """An `Embed`: the mean of the vectors of a text's tokens, at unit length."""

    def __init__(self, tokenizer: Tokenizer, vectors: NDArray[np.float16]) -> None:
        self._tokenizer = tokenizer
        self._vectors = np.asarray(vectors).view(np.int16)
        self._pieces = {
            token.replace(_BLANK, " "): number for token, number in tokenizer.get_vocab().items()
        } | {"\n": _LINE_END}
        self._apart: dict[str, tuple[int, ...]] = {}

    def __call__(self, text: str) -> "Vector | None":
        """Embed the beginning and the end of a text; None when nothing in it has a vector."""
        if len(text) > _FIRST_CHARS + _LAST_CHARS:
            text = f"{text[:_FIRST_CHARS]}\n{text[-_LAST_CHARS:]}"
        # Half a surrogate pair, as a chat may send it, is no text to the tokenizer.
        whole = text if text.isascii() else text.encode(errors="replace").decode()
        if not whole or whole.isspace():
            return None
        # Widening half precision is what takes time, so each token is widened once.
        counts = Counter(self._tokens(whole))
        distinct = np.fromiter(counts, np.int64, len(counts))
        weights = np.fromiter(counts.values(), np.float32, len(counts))
        weights *= _HALF_RANGE
        total: Vector = weights @ self._halves(distinct)
        length = np.sqrt(total @ total)
        return total / length if length > 0 else None

    def _tokens(self, text: str) -> list[int]:
        """Return a text's tokens in any order; what is no single token is taken apart."""
        if not text.isascii():
            return self._taken_apart(text)
        pieces = _PIECE.findall(f" {text}")
        tokens = [token for token in map(self._pieces.get, pieces) if token is not None]
        if len(tokens) < len(pieces):
            others = [piece for piece in pieces if piece not in self._pieces]
            tokens += chain.from_iterable(map(self._parts_of(others).__getitem__, others))
        return tokens

    def _parts_of(self, pieces: Sequence[str]) -> Mapping[str, tuple[int, ...]]:
        """Return the tokens of each piece, so that new ones are taken apart in one go."""
        known = self._apart
        new = dict.fromkeys([piece for piece in pieces if piece not in known])
        if not new:
            return known
        # Before the first line's end stands the blank with which the tokenizer opens.
        tokens = self._taken_apart("\n".join(["", *new]))[1:]
        ends = [place for place, token in enumerate(tokens) if token == _LINE_END]
        spans = pairwise([*ends, len(tokens)])
        found = {
            piece: tuple(tokens[start + 1 : end])
            for piece, (start, end) in zip(new, spans, strict=True)
        }
        if len(known) + len(found) > _REMEMBERED:
            self._apart = {}
        self._apart.update(
            {
                piece: parts
                for piece, parts in found.items()
                if len(piece) <= _LONGEST_REMEMBERED_CHARS
            }
        )
        return known | found

    def _taken_apart(self, text: str) -> list[int]:
        tokens: list[int] = self._tokenizer.encode(text, add_special_tokens=False).ids
        return tokens

    def _halves(self, tokens: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return vectors in single precision, `_HALF_RANGE` times too small.

        This takes a quarter of the time of numpy's own way.
        """
        bits = self._vectors.take(tokens, axis=0).astype(np.int32)
        bits <<= _HALF_BITS
        bits &= _SIGN_AND_HALF
        return bits.view(np.float32)


def read_vectors(path: Path) -> NDArray[np.float16]:
    """Map the vectors of a safetensors file into memory: a row per token, read when it is used.

    Raises:
        ValueError: It is not the file we know.
    """
    with path.open("rb") as file:
        header_bytes = int.from_bytes(file.read(_HEADER_LENGTH_BYTES), "little")
        header: Mapping[str, Any] = json.loads(file.read(header_bytes))
    tensor = header.get(_TENSOR, {})
    rows, columns = tensor.get("shape", (0, 0))
    if tensor.get("dtype") != "F16" or columns != VECTOR_SIZE:
        raise ValueError(f"{path} has no {_TENSOR} of {VECTOR_SIZE} half-precision numbers a row")
    offset = _HEADER_LENGTH_BYTES + header_bytes + int(tensor["data_offsets"][0])
    return np.memmap(path, np.float16, mode="r", offset=offset, shape=(rows, columns))
