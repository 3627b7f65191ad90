"""Pairs of questions that ask different things in much the same words, by what differs."""

from collections.abc import Iterator
from itertools import combinations, permutations

from tests.routing.near_miss_tables import CHOICES, SWAPS
from tests.routing.subtle_near_misses import GROUPS
from tests.routing.written_near_misses import FOREIGN, WRITTEN


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
    for kind, groups in (GROUPS | WRITTEN).items():
        for group in groups:
            for one, other in combinations(group.split("|"), 2):
                yield kind, one, other


def foreign_near_misses() -> Iterator[tuple[str, str]]:
    """Yield the like in other languages."""
    for group in FOREIGN:
        yield from combinations(group.split("|"), 2)
