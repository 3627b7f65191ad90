"""What the dashboard asks Prometheus for."""

import json
import re
from pathlib import Path
from typing import Any, Final

COMPOSE: Final = Path(__file__).parents[3] / "config" / "compose"
DASHBOARD: Final = COMPOSE / "grafana" / "dashboards" / "pointsman.json"


def panels() -> list[dict[str, Any]]:
    """Return all that is shown."""
    shown: list[dict[str, Any]] = json.loads(DASHBOARD.read_text("utf-8"))["panels"]
    return shown


def queries() -> list[str]:
    """Return every query, in PromQL."""
    return [target["expr"] for panel in panels() for target in panel["targets"]]


def named_in(text: str) -> set[str]:
    """Return the names of series in a query, or in any other text."""
    return set(re.findall(r"\b(?:pointsman|process)_\w+", text))
