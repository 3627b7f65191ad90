"""What places are called, told by who asks where."""

from dataclasses import replace

import pytest

from bot.platform_words import here_words
from routing.query import Origin

GENERAL = Origin("discord", "1", "2", "3")


@pytest.mark.parametrize(
    ("origin", "words"),
    [
        (GENERAL, "in this server"),
        (replace(GENERAL, tenant="dm-3", private=True), "in our direct messages"),
        (replace(GENERAL, tenant="group-2"), "in this group"),
        (Origin("slack", "T1", "D1", "U1", private=True), "in this workspace"),
        (Origin("terminal", "local", "terminal", "ada", private=True), "in this terminal"),
    ],
)
def test_it_is_said_where_usage_counts_together(origin: Origin, words: str) -> None:
    assert here_words(origin) == words
