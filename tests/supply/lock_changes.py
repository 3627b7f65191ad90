"""Prints what a renewed lock changes: `python -m tests.supply.lock_changes BEFORE AFTER`."""

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from tests.supply.locks import Pin, read_lock


def changes(before: Mapping[str, Pin], after: Mapping[str, Pin]) -> Iterator[str]:
    """Yield a line for each package that comes, goes, moves or has other files, by name.

    The same version with other files is worth a look: a release is not changed afterwards,
    but for wheels of further platforms.
    """
    for name in sorted(before.keys() | after.keys()):
        old, new = before.get(name), after.get(name)
        if old is None and new is not None:
            yield f"+ {name} {new.version}"
        elif new is None and old is not None:
            yield f"- {name} {old.version}"
        elif old is not None and new is not None and old.version != new.version:
            yield f"  {name} {old.version} -> {new.version}"
        elif old is not None and new is not None and old.hashes != new.hashes:
            gone, come = len(old.hashes - new.hashes), len(new.hashes - old.hashes)
            yield f"! {name} {old.version}: {gone} files gone, {come} new, same version"


def main(before: Path, after: Path) -> None:
    """Print the changes, or that there are none."""
    lines = list(changes(read_lock(before), read_lock(after)))
    sys.stdout.write("\n".join(lines or ["The lock is as it was."]) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
