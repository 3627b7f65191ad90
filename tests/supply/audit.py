"""Asks osv.dev what is known against the locked packages: `python -m tests.supply.audit LOCK`.

pip-audit does the asking, in an environment of its own which uv makes: none of what it needs
gets into ours. Where it cannot be had, or osv.dev not be reached, that is said and is no failure:
the gate must pass where there is nothing but a package registry.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

_PIP_AUDIT: Final = (
    *("uv", "tool", "run", "pip-audit@2.10.1", "--vulnerability-service", "osv"),
    *("--disable-pip", "--require-hashes", "--format", "json", "--progress-spinner", "off"),
)
_PATIENCE_S: Final = 120


def findings(told: str) -> list[str] | None:
    """Return a line for each vulnerability in what pip-audit tells; None when it tells nothing."""
    try:
        report = json.loads(told)
    except ValueError:
        return None
    return list(_lines(report))


def _lines(report: dict[str, Any]) -> Iterator[str]:
    for package in report["dependencies"]:
        for known in package.get("vulns", ()):
            mended = ", ".join(known["fix_versions"]) or "not yet"
            names = " ".join((known["id"], *known["aliases"]))
            yield f"{package['name']} {package['version']}: {names}; mended in: {mended}"


def main(lock: Path) -> int:
    """Print what is known; return 1 when anything is, else 0."""
    try:
        asked = subprocess.run(
            [*_PIP_AUDIT, "-r", str(lock)],
            capture_output=True, text=True, timeout=_PATIENCE_S, check=False,
        )  # fmt: skip
        found, trouble = findings(asked.stdout), asked.stderr.strip().rpartition("\n")[2]
    except (OSError, subprocess.TimeoutExpired) as error:
        found, trouble = None, str(error)
    if found is None:
        sys.stdout.write(f"Not audited: the list of vulnerabilities cannot be asked ({trouble})\n")
        return 0
    sys.stdout.write("\n".join(found or ["Nothing is known against what is locked."]) + "\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
