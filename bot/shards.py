"""Which of Discord's shards a process takes: `0-3/8`. Pure."""

import re
from dataclasses import dataclass
from typing import Final

_WRITTEN: Final = re.compile(r"(\d{1,5})(?:-(\d{1,5}))?/(\d{1,5})")


@dataclass(frozen=True, slots=True)
class ShardRange:
    """Some of all shards.

    Attributes:
        first: The first one taken, from 0.
        last: The last one taken.
        count: How many there are in all; every process is told the same.
    """

    first: int
    last: int
    count: int

    @property
    def ids(self) -> range:
        """Return the shards taken."""
        return range(self.first, self.last + 1)


def parse_shards(text: str) -> ShardRange:
    """Return the shards that `0-3/8` or `2/8` means.

    Raises:
        ValueError: It means none; the message says how to write it.
    """
    found = _WRITTEN.fullmatch(text.strip())
    if found is None:
        raise ValueError("write first, last and how many there are in all, such as 0-3/8")
    first, last, count = int(found[1]), int(found[2] or found[1]), int(found[3])
    if not count:
        raise ValueError("there is at least one shard in all, such as 0/1")
    if last < first:
        raise ValueError(f"write the first one first: {last}-{first}/{count}")
    if last >= count:
        raise ValueError(f"of {count} shards, the first is 0 and the last {count - 1}")
    return ShardRange(first, last, count)
