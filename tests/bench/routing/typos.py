"""Slips of the finger, as people make them and recorders do not."""

import random
import string
from itertools import count
from typing import Final

import pandas as pd

TYPOS: Final = 0.04
"""Share of letters mistyped."""

_LETTERS: Final = string.ascii_lowercase


def with_typos(text: str, share: float, seed: int) -> str:
    """Return a text in which so many of its letters are swapped, lost, doubled or mistaken."""
    chance = random.Random(seed)  # noqa: S311 # no secret
    typed = list(text)
    for place, letter in enumerate(text):
        if not letter.isalpha() or chance.random() >= share:
            continue
        follower = typed[place + 1] if place + 1 < len(typed) else ""
        match chance.randrange(4):
            case 0 if follower.isalpha():
                typed[place], typed[place + 1] = follower, typed[place]
            case 1:
                typed[place] = ""
            case 2:
                typed[place] = letter * 2
            case _:
                typed[place] = chance.choice(_LETTERS)
    return "".join(typed)


def typed_too(queries: pd.DataFrame, share: float, times: int = 1) -> pd.DataFrame:
    """Return queries, and after them the same with typos, so many times, each with others."""
    seeds = count()
    typed = (
        queries.assign(prompt=[with_typos(each, share, next(seeds)) for each in queries["prompt"]])
        for _ in range(times)
    )
    return pd.concat([queries, *typed], ignore_index=True)
