"""What is shown of the numbers, and what the guide names of them, exists."""

import re
from pathlib import Path
from typing import Final

import pytest
import yaml

from bot.observing.metrics import Metrics
from bot.observing.readings import Readings, Traffic
from config.observing import USUAL_PORT
from tests.bot.observing.dashboard import COMPOSE, named_in, panels, queries
from tests.pages import section_of, text_of

OF_PROCESS: Final = {"process_resident_memory_bytes", "process_cpu_seconds_total"}
"""Where there is no /proc, these are missing in /metrics and on the dashboard."""

READINGS: Final = Readings(
    is_store_up=True,
    waiting=1,
    oldest_s=1.0,
    held_microusd=1,
    resting={"gpt": False},
    traffic={"slack": Traffic({"append": 3}, 1, is_heard=True)},
)


def told() -> set[str]:
    """Return the name of every series there may be."""
    text = Metrics().text(READINGS).decode()
    kinds = dict(re.findall(r"# TYPE (\w+) (\w+)", text))
    parts = {name for name, kind in kinds.items() if kind == "histogram"}
    of_process = set() if Path("/proc/self/stat").exists() else OF_PROCESS
    return (
        set(kinds)
        | of_process
        | {f"{name}_{part}" for name in parts for part in ("bucket", "sum", "count")}
    )


@pytest.mark.parametrize("query", queries())
def test_a_query_of_the_dashboard_asks_for_what_there_is(query: str) -> None:
    assert named_in(query)
    assert named_in(query) - told() == set()


def test_every_number_of_ours_is_on_the_dashboard() -> None:
    shown = {re.sub(r"_(bucket|sum|count)$", "", each) for each in named_in("\n".join(queries()))}
    ours = set(re.findall(r"# TYPE (pointsman_\w+) ", Metrics().text(READINGS).decode()))

    assert {each for each in ours if not each.endswith("_created")} - shown == set()


def test_the_guide_names_numbers_that_there_are() -> None:
    section = section_of(text_of("scaling.md"), "What to watch")

    assert len(named_in(section)) > 5
    assert named_in(section) - told() == set()


def test_prometheus_asks_where_the_bot_tells() -> None:
    told_to = yaml.safe_load((COMPOSE / "prometheus.yml").read_text())

    (job,) = told_to["scrape_configs"]
    (names,) = job["dns_sd_configs"]
    assert (names["names"], names["port"]) == (["bot"], USUAL_PORT)


def test_grafana_finds_prometheus_and_the_dashboard() -> None:
    provisioning = COMPOSE / "grafana" / "provisioning"
    (source,) = yaml.safe_load((provisioning / "datasources" / "prometheus.yml").read_text())[
        "datasources"
    ]
    (provider,) = yaml.safe_load((provisioning / "dashboards" / "pointsman.yml").read_text())[
        "providers"
    ]
    shown = panels()

    assert {panel["datasource"]["uid"] for panel in shown} == {source["uid"]}
    assert len({panel["id"] for panel in shown}) == len(shown)
    assert provider["options"]["path"] == "/var/lib/grafana/dashboards"
