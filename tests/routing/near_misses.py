"""Pairs of questions one word apart that ask different things, by the kind of difference."""

from collections.abc import Iterator
from itertools import permutations

from tests.routing.near_miss_tables import CHOICES, SWAPS


def near_misses() -> Iterator[tuple[str, str, str]]:
    """Yield the kind of difference and two questions that must never share an answer."""
    for kind, (templates, choices) in CHOICES.items():
        for template in templates:
            for group in choices:
                first, *others = group.split("|")
                for other in others:
                    yield kind, template.replace("*", first), template.replace("*", other)
    for template, names in SWAPS:
        for one, other in permutations(names.split("|"), 2):
            if one < other:
                yield "order", template.format(one, other), template.format(other, one)
