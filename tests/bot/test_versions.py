"""What people are told where the store is for another version."""

from collections.abc import Generator
from pathlib import Path
from secrets import token_hex
from typing import Any

import pytest

from bot.chatting import chat
from bot.checking import check
from bot.running import Opener, run
from bot.station import Listening
from config.settings import Settings
from routing.backends.keys import Keys
from routing.backends.redis_versions import RedisVersions
from routing.backends.schema import SCHEMA
from routing.versions import Speaks
from tests.builders import a_card
from tests.fakes.running_program import opened
from tests.fakes.sockets import free_port
from tests.routing.backends.conftest import connection_to, server

NEWER = Speaks("9.0", SCHEMA, SCHEMA + 1)
SAID = f"what is kept in the store has schema {SCHEMA + 1}"


@pytest.fixture(scope="module")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Generator[str]:
    port = free_port()
    with server(tmp_path_factory.mktemp("redis"), port):
        yield f"redis://127.0.0.1:{port}"


@pytest.fixture
async def settings(redis_url: str, tmp_path: Path) -> Settings:
    """Return what leads to a store where a newer version has been alone."""
    store = {"url": redis_url, "hash_tag": token_hex(8)}
    async with connection_to(redis_url) as connection:
        await RedisVersions(connection, Keys(store["hash_tag"]), NEWER).attend()
    return Settings.model_validate({"state_dir": tmp_path, "store": store, "models": (a_card(),)})


async def test_chat_refuses_to_begin(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await chat(settings, "hello", "") == 2
    assert SAID in capsys.readouterr().err


async def test_run_refuses_to_begin(settings: Settings, caplog: pytest.LogCaptureFixture) -> None:
    opener = Opener(is_wanted=lambda _: True, open=opened)

    assert await run(settings, Listening(), [opener]) == 2
    assert SAID in caplog.text


async def test_check_says_so_and_what_to_run(
    settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = tmp_path / "pointsman.yaml"
    config.write_text(f"store: {{hash_tag: {settings.store.hash_tag}}}", "utf-8")
    environ: dict[str, Any] = {"REDIS_URL": str(settings.store.url and settings.store.url.reveal())}

    assert not await check(str(config), environ, is_offline=False)
    assert f"✗ store: {SAID}" in capsys.readouterr().out


async def test_check_counts_who_uses_the_store(
    redis_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tag, config = token_hex(8), tmp_path / "pointsman.yaml"
    config.write_text(f"store: {{hash_tag: {tag}}}", "utf-8")
    async with connection_to(redis_url) as connection:
        for speaks in (Speaks("0.9", 1, 1), Speaks("0.9", 1, 1), Speaks("1.0", 1, 1)):
            await RedisVersions(connection, Keys(tag), speaks).attend()

    await check(str(config), {"REDIS_URL": redis_url}, is_offline=False)

    shown = capsys.readouterr().out
    assert "· Pointsman 0.9: 2 running on it" in shown
    assert "· Pointsman 1.0: 1 running on it" in shown
