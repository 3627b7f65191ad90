"""`pointsman run` as a process."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.bot.test_cli import pointsman


def test_a_process_answers_what_it_hears_and_ends_when_told_to(tmp_path: Path) -> None:
    program = [sys.executable, "-m", "tests.fakes.running_program", str(tmp_path)]
    with subprocess.Popen(program, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        shown = [process.stdout.readline() for _ in range(2)]
        process.send_signal(signal.SIGTERM)
        told_at_s = time.monotonic()
        code = process.wait(timeout=20)

    assert shown == ["…\n", "Ask anything, or:\n"]
    assert code == 0
    assert time.monotonic() - told_at_s < 4  # of 20 s that an answer might have had


def test_without_a_token_it_says_what_to_set(tmp_path: Path) -> None:
    ran = pointsman("run", home=tmp_path)

    assert ran.returncode == 2
    assert "set DISCORD_TOKEN" in ran.stderr
    assert "SLACK_BOT_TOKEN and SLACK_APP_TOKEN" in ran.stderr
    assert not list(tmp_path.rglob("store"))


@pytest.mark.parametrize("shards", ["4-2/8", "0-8/8", "all"])
def test_shards_that_are_none_are_refused(shards: str, tmp_path: Path) -> None:
    ran = pointsman("run", "--shards", shards, home=tmp_path)

    assert ran.returncode == 2
    assert "--shards" in ran.stderr
