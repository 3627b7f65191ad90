"""Static word vectors: the mean of 32,000 tokens' vectors, as the wordllama wheel brings them.

Only its two files are read: importing the package costs more and looks for them in the wrong
folder. No wheel exists for every Python; where there is none, there are no vectors.
"""

import json
from collections.abc import Mapping
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


def open_word_vectors() -> Embed:
    """Return what embeds texts, after some 0.1 s; without the files, `embed_nothing`."""
    weights = wheel_file(_PACKAGE, "weights/*_256.safetensors")
    vocabulary = wheel_file(_PACKAGE, "tokenizers/*.json")
    if weights is None or vocabulary is None:
        return embed_nothing
    return WordVectors(Tokenizer.from_file(str(vocabulary)), read_vectors(weights))


class WordVectors:
    """An `Embed`: the mean of the vectors of a text's tokens, at unit length."""

    def __init__(self, tokenizer: Tokenizer, vectors: NDArray[np.float16]) -> None:
        self._tokenizer = tokenizer
        self._vectors = vectors

    def __call__(self, text: str) -> "Vector | None":
        """Embed the beginning and the end of a text; None when nothing in it has a vector."""
        if len(text) > _FIRST_CHARS + _LAST_CHARS:
            text = f"{text[:_FIRST_CHARS]}\n{text[-_LAST_CHARS:]}"
        # Half a surrogate pair, as a chat may send it, is no text to the tokenizer.
        whole = text.encode(errors="replace").decode()
        tokens = self._tokenizer.encode(whole, add_special_tokens=False).ids
        if not tokens or not whole.strip():
            return None
        # Widening half precision is what takes time, so each token is widened once.
        distinct, counts = np.unique(np.array(tokens), return_counts=True)
        total = counts.astype(np.float32) @ self._vectors[distinct].astype(np.float32)
        length = np.sqrt(total @ total)
        unit: Vector = total / (length or 1.0)
        return unit if length > 0 else None


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
