import pytest

from bot.shards import ShardRange, parse_shards


@pytest.mark.parametrize(
    ("text", "shards"),
    [
        pytest.param("0-3/8", ShardRange(0, 3, 8), id="the first half"),
        pytest.param(" 4-7/8 ", ShardRange(4, 7, 8), id="the second, with spaces"),
        pytest.param("2/8", ShardRange(2, 2, 8), id="one"),
        pytest.param("0/1", ShardRange(0, 0, 1), id="all there is"),
    ],
)
def test_shards_are_written_as_first_last_and_all(text: str, shards: ShardRange) -> None:
    assert parse_shards(text) == shards


def test_a_range_has_both_ends() -> None:
    assert list(parse_shards("2-4/8").ids) == [2, 3, 4]


@pytest.mark.parametrize("text", ["", "all", "1-2", "0-8/8", "8/8", "-1/8", "0-3/"])
def test_what_names_no_shards_is_refused_with_how_to_write_it(text: str) -> None:
    with pytest.raises(ValueError, match=r"0-3/8|the first is 0"):
        parse_shards(text)


def test_what_is_wrong_with_shards_is_named() -> None:
    with pytest.raises(ValueError, match="the first one first: 1-3/8"):
        parse_shards("3-1/8")
    with pytest.raises(ValueError, match="at least one shard"):
        parse_shards("0-3/0")
