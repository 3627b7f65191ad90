"""What a text looks like to the rules that compare texts: one vector of fixed size. Pure values.

Where the vectors come from is a backend's business; without any, what compares texts does without.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Final, TypeAlias

if TYPE_CHECKING:  # a deployment that compares no texts never loads it
    import numpy as np
    from numpy.typing import NDArray

VECTOR_SIZE: Final = 256

Vector: TypeAlias = "NDArray[np.float32]"
"""`VECTOR_SIZE` numbers of unit length: the dot product of two is their cosine."""

Embed: TypeAlias = Callable[[str], "Vector | None"]
"""Turns a text into its vector in microseconds; None where there are no vectors, or no words."""


def embed_nothing(_text: str) -> "Vector | None":
    """Say that there is no vector: the `Embed` of an installation without word vectors."""
    return None
