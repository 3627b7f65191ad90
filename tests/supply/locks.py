"""Reads lock files: which package stands at which version, under which hashes."""

import re
from pathlib import Path
from typing import Final, NamedTuple

ROOT: Final = Path(__file__).parents[2]
"""The top of the repository."""

_PIN: Final = re.compile(r"^([A-Za-z0-9._-]+)==(\S+?)(?: ; ([^\\]+?))? \\$", re.MULTILINE)
_HASH: Final = re.compile(r"--hash=(sha256:[0-9a-f]{64})")


class Pin(NamedTuple):
    """One package as it is locked."""

    version: str
    marker: str
    hashes: frozenset[str]


def read_lock(path: Path) -> dict[str, Pin]:
    """Return what is pinned, by name; markers tell versions of one package apart."""
    text = path.read_text(encoding="utf-8")
    found = list(_PIN.finditer(text))
    ends = [*(each.start() for each in found[1:]), len(text)]
    pins: dict[str, Pin] = {}
    for each, end in zip(found, ends, strict=True):
        name, version, marker = each[1], each[2], each[3] or ""
        key = name if name not in pins else f"{name} ; {marker}"
        pins[key] = Pin(version, marker, frozenset(_HASH.findall(text, each.end(), end)))
    return pins
