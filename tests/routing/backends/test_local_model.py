"""The model that comes along answers, to us alone, and goes when we go."""

import asyncio
import os
import shutil
import signal
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import aiohttp
import pytest

from config.settings import LocalModelSettings
from routing.backends.local_model import LocalModel
from routing.errors import ModelUnreachable
from tests.routing.backends.conftest import wait_until

pytestmark = pytest.mark.skipif(find_spec("xllamacpp") is None, reason="no wheel of xllamacpp")

QUESTION = {
    "model": "smollm2",
    "messages": [{"role": "user", "content": "What is the capital of France?"}],
    "max_tokens": 16,
    "temperature": 0,
}
OWNER = """
import asyncio, sys
from pathlib import Path
from config.settings import LocalModelSettings
from routing.backends.local_model import LocalModel

async def main():
    async with LocalModel(LocalModelSettings(), Path(sys.argv[1])) as model:
        print((await model.endpoint()).api_base, flush=True)
        await asyncio.Event().wait()

asyncio.run(main())
"""


async def status(url: str, api_key: str = "") -> int:
    """Return the status of a GET, 0 when nobody answers."""
    headers = {"Authorization": f"Bearer {api_key}"}
    try:
        async with aiohttp.ClientSession() as web, web.get(url, headers=headers) as answer:
            return answer.status
    except aiohttp.ClientConnectionError:
        return 0


def pid_of_the_server() -> int:
    """Return the pid of the child that serves a model; skips the test without `ps`."""
    ps = shutil.which("ps") or pytest.skip("ps lists the children")
    command = [ps, "-ww", "-A", "-o", "ppid=,pid=,command="]
    listed = subprocess.run(command, capture_output=True, text=True, check=True)
    rows = [line.split(maxsplit=2) for line in listed.stdout.splitlines()]
    (pid,) = [
        int(pid)
        for ppid, pid, words in rows
        if int(ppid) == os.getpid() and "local_model_server" in words
    ]
    return pid


async def test_the_shipped_model_answers_whoever_has_the_key(tmp_path: Path) -> None:
    async with LocalModel(LocalModelSettings(), tmp_path / "logs") as model:
        endpoint, same = await asyncio.gather(model.endpoint(), model.endpoint())
        assert endpoint == same
        assert endpoint.api_key not in repr(endpoint)

        headers = {"Authorization": f"Bearer {endpoint.api_key}"}
        url = f"{endpoint.api_base}/chat/completions"
        async with (
            aiohttp.ClientSession() as web,
            web.post(url, json=QUESTION, headers=headers) as answer,
        ):
            said = (await answer.json())["choices"][0]["message"]["content"]
        assert said.strip()

        root = endpoint.api_base.removesuffix("/v1")
        assert await status(f"{endpoint.api_base}/models", "wrong") == 401
        assert await status(f"{root}/", endpoint.api_key) == 404
        assert await status(f"{root}/slots", endpoint.api_key) in {404, 501}
        assert await status(f"{root}/metrics", endpoint.api_key) in {404, 501}

    assert await status(url) == 0
    assert "France" not in (tmp_path / "logs" / "local-model.log").read_text()


async def test_a_model_that_died_is_started_again(tmp_path: Path) -> None:
    async with LocalModel(LocalModelSettings(), tmp_path) as model:
        first = await model.endpoint()
        os.kill(pid_of_the_server(), signal.SIGKILL)
        async with asyncio.timeout(10):
            while await model.endpoint() == first:  # noqa: ASYNC110 - its death is noticed in passing
                await asyncio.sleep(0.01)

        second = await model.endpoint()
        assert await status(f"{second.api_base}/models", second.api_key) == 200


async def test_a_start_that_is_cancelled_leaves_nobody_behind(tmp_path: Path) -> None:
    async with LocalModel(LocalModelSettings(), tmp_path) as model:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.1):
                await model.endpoint()

        assert (await model.endpoint()).api_base


async def test_a_file_that_is_no_model_is_named_with_the_way_out(tmp_path: Path) -> None:
    gguf = tmp_path / "nonsense.gguf"
    gguf.write_text("nonsense")

    async with LocalModel(LocalModelSettings(gguf=gguf), tmp_path) as model:
        with pytest.raises(ModelUnreachable) as unreachable:
            await model.endpoint()

    assert str(gguf) in unreachable.value.reason
    assert str(tmp_path / "local-model.log") in unreachable.value.reason


async def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    settings = LocalModelSettings(gguf=tmp_path / "gone.gguf")

    async with LocalModel(settings, tmp_path) as model:
        with pytest.raises(ModelUnreachable, match=r"no file .*gone\.gguf.*LOCAL_GGUF"):
            await model.endpoint()


async def test_a_log_that_cannot_be_written_is_no_crash(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    async with LocalModel(LocalModelSettings(), tmp_path / "file") as model:
        with pytest.raises(ModelUnreachable, match="does not start"):
            await model.endpoint()


def test_the_model_is_gone_after_its_owner_is_killed(tmp_path: Path) -> None:
    command = [sys.executable, "-c", OWNER, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as owner:
        assert owner.stdout is not None
        address = owner.stdout.readline().strip()
        assert asyncio.run(status(f"{address}/models")) == 401

        owner.send_signal(signal.SIGKILL)
        owner.wait()

    wait_until(lambda: asyncio.run(status(f"{address}/models")) == 0)
