"""`pointsman run` as a process."""

import asyncio
import json
import logging
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from importlib.metadata import version
from pathlib import Path
from urllib.request import urlopen

import pytest

from bot.app import App
from bot.log import log_from
from bot.platforms.service import ChatService
from bot.running import Opener, run
from bot.station import Listening
from config.files import ConfigFiles
from config.observing import ObserveSettings
from config.settings import Settings
from routing.backends.schema import SCHEMA
from tests.bot.test_cli import pointsman
from tests.config.written import OWN_CARD, nothing_published
from tests.fakes.running_program import opened
from tests.fakes.service import ListService
from tests.fakes.sockets import free_port
from tests.fakes.surface import Wall


@contextmanager
def running(folder: Path, port: int) -> Iterator[subprocess.Popen[str]]:
    """Run a process that hears one command."""
    program = [sys.executable, "-m", "tests.fakes.running_program", str(folder), str(port)]
    with subprocess.Popen(
        program, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def told(port: int, page: str) -> str:
    """Return what a process tells of itself."""
    with urlopen(f"http://127.0.0.1:{port}{page}", timeout=5) as response:
        text: str = response.read().decode()
        return text


def test_a_process_answers_what_it_hears_tells_of_itself_and_ends_when_told_to(
    tmp_path: Path,
) -> None:
    port = free_port()
    with running(tmp_path, port) as process:
        assert process.stdout
        assert process.stderr
        shown = [process.stdout.readline() for _ in range(2)]
        ready = json.loads(told(port, "/ready"))
        numbers = told(port, "/metrics")
        process.send_signal(signal.SIGTERM)
        told_at_s = time.monotonic()
        code = process.wait(timeout=20)
        took_s = time.monotonic() - told_at_s
        log = [json.loads(line) for line in process.stderr]

    assert shown == ["…\n", "Ask anything, or:\n"]
    assert ready["ready"]
    assert ready["checks"]["discord"] == {"ok": True, "reason": "connected to Discord"}
    assert 'pointsman_commands_total{platform="discord"} 1.0' in numbers
    assert "pointsman_store_up 1.0" in numbers
    build = f'pointsman_build_info{{schema="{SCHEMA}",version="{version("pointsman")}"}} 1.0'
    assert build in numbers
    assert [each["what"] for each in log if "listens and answers on Discord" in each["what"]]
    assert code == 0
    assert took_s < 4  # of 20 s that an answer might have had


async def test_a_port_that_is_taken_ends_it_with_the_way_out(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        observe = ObserveSettings(port=taken.getsockname()[1])
        opener = Opener(is_wanted=lambda _: True, open=opened)
        settings = Settings(state_dir=tmp_path, observe=observe)

        assert await run(settings, Listening(), [opener]) == 2

    assert "set observe.port (POINTSMAN_OBSERVE_PORT)" in caplog.text


async def test_a_changed_file_is_gone_by_unless_nobody_could_answer_then(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    service = ListService(Wall())

    @asynccontextmanager
    async def its_opening(_settings: Settings, _app: App) -> AsyncIterator[ChatService]:
        yield service

    path = tmp_path / "pointsman.yaml"
    path.write_text(f"shipped_models: false\n{OWN_CARD}", encoding="utf-8")
    environ = {"POINTSMAN_STATE_DIR": str(tmp_path), "POINTSMAN_OBSERVE_PORT": "0"}
    files = ConfigFiles(path, environ, nothing_published)
    opener = Opener(is_wanted=lambda _: True, open=its_opening)
    running = asyncio.create_task(run(files.load(), Listening(), [opener], files))

    async def told(change: str, said: str) -> None:
        path.write_text(f"shipped_models: false\n{OWN_CARD}{change}", encoding="utf-8")
        signal.raise_signal(signal.SIGHUP)
        async with asyncio.timeout(10):
            while said not in caplog.text:  # noqa: ASYNC110 # the log is all that tells
                await asyncio.sleep(0.01)

    try:
        async with asyncio.timeout(10):
            while not service.vitals.is_heard:  # noqa: ASYNC110 # it tells nobody
                await asyncio.sleep(0.01)
        await told("    enabled: false\n", "models: none would be left to answer")
        await told("log: {level: debug}\n", "the configuration has changed")
        level = logging.getLogger("bot").level
    finally:
        running.cancel()
        await asyncio.wait([running])
        log_from("notset")

    assert [each.log.level for each in service.adopted] == ["debug"]
    assert level == logging.DEBUG


def test_without_a_token_it_says_what_to_set(tmp_path: Path) -> None:
    ran = pointsman("run", home=tmp_path)

    assert ran.returncode == 2
    assert "set DISCORD_TOKEN" in ran.stderr
    assert "SLACK_BOT_TOKEN and SLACK_APP_TOKEN" in ran.stderr
    assert "pointsman init" in ran.stderr
    assert not list(tmp_path.rglob("store"))


@pytest.mark.parametrize("shards", ["4-2/8", "0-8/8", "all"])
def test_shards_that_are_none_are_refused(shards: str, tmp_path: Path) -> None:
    ran = pointsman("run", "--shards", shards, home=tmp_path)

    assert ran.returncode == 2
    assert "--shards" in ran.stderr
