"""Finds what installed wheels bring besides Python code, without importing them."""

from importlib.util import find_spec
from pathlib import Path


def wheel_file(package: str, pattern: str) -> Path | None:
    """Return the first file in an installed package that matches a glob; None when there is none.

    The package's own code stays unread: importing it may take long, or more than is installed.
    """
    spec = find_spec(package)
    folders = (spec.submodule_search_locations if spec else None) or ()
    found = (path for folder in folders for path in sorted(Path(folder).glob(pattern)))
    return next(found, None)
