"""Writes what was set up: all of it or nothing, readable to its owner alone."""

import os
from collections.abc import Mapping
from pathlib import Path


def existing(files: Mapping[Path, str]) -> list[Path]:
    """Return which of the files are there already with something else in them, by name."""
    return sorted(path for path, text in files.items() if path.exists() and _differs(path, text))


def _differs(path: Path, text: str) -> bool:
    try:
        return path.read_text(encoding="utf-8") != text
    except (OSError, UnicodeError):
        return True


def write_together(files: Mapping[Path, str]) -> None:
    """Write files of mode 600, each folder made with mode 700; the last of them counts last.

    Whoever is interrupted before the end leaves nothing new, or whole files only.

    Raises:
        OSError: They cannot be written; those that were there are as they were.
    """
    written: list[tuple[Path, Path]] = []
    try:
        for path, text in files.items():
            if not path.parent.exists():
                path.parent.mkdir(mode=0o700, parents=True)
            draft = path.with_name(f".{path.name}.new")
            written.append((draft, path))
            _write(draft, text)
        for draft, path in written:
            draft.replace(path)
    finally:
        for draft, _ in written:
            draft.unlink(missing_ok=True)


def _write(path: Path, text: str) -> None:
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
