"""The main job from outside: the real program, a question in, an answer and its receipt out."""

import asyncio
import json
import sys
from pathlib import Path

from tests.fakes.provider import Answer, Failure, FakeProvider


async def pointsman(
    home: Path, *arguments: str, stdin: str = "", **environ: str
) -> tuple[int, str, str]:
    """Run the command in a clean environment; return exit code, stdout and stderr."""
    running = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", *arguments,
        env={"HOME": str(home), "PATH": "/usr/bin:/bin", **environ},
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    async with asyncio.timeout(90):
        out, err = await running.communicate(stdin.encode())
    return running.returncode or 0, out.decode(), err.decode()


def a_config(home: Path, provider: FakeProvider) -> str:
    """Point three shipped cards at a provider on this machine; return the file's path."""
    path = home / "pointsman.yaml"
    cards = [
        {"name": name, "litellm_id": litellm_id, "api_base": provider.url, "api_key": "env:KEY"}
        for name, litellm_id in (
            ("llama-cerebras", "openai/llama-a"),
            ("llama-deepinfra", "openai/llama-b"),
            ("gpt-sol", "openai/gpt-sol"),
        )
    ]
    path.write_text(json.dumps({"models": cards, "routing": {"preset": "thrifty"}}))
    return str(path)


async def test_without_a_key_the_embedded_model_answers_and_the_receipt_says_so(
    tmp_path: Path,
) -> None:
    code, out, err = await pointsman(tmp_path, "chat", stdin="What is the capital of France?\n")

    assert (code, "Paris" in out) == (0, True)
    assert "smollm2 (tiny local model) · no other model configured" in err
    assert "free" in err


async def test_with_a_key_the_provider_answers_for_the_price_on_its_card(tmp_path: Path) -> None:
    async with FakeProvider() as provider:
        provider.script("llama-b", Answer("Hello **world**"))
        provider.script("llama-a", Answer("no"))
        provider.script("gpt-sol", Answer("no"))
        config = a_config(tmp_path, provider)

        code, out, err = await pointsman(tmp_path, "--config", config, "chat", "hi", KEY="sk-test")

    assert (code, out) == (0, "Hello **world**\n")
    assert err.startswith("llama-deepinfra · cheapest good enough · 11 in, 5 out · $0.000005 · ")
    assert "against gpt-sol" in err


async def test_a_host_that_is_busy_hands_over_to_the_other_host_of_the_model(
    tmp_path: Path,
) -> None:
    async with FakeProvider() as provider:
        provider.script("llama-b", Failure(429))
        provider.script("llama-a", Answer("Hello"))
        config = a_config(tmp_path, provider)

        code, out, err = await pointsman(
            tmp_path, "--config", config, "chat", "--model", "llama", "hi", KEY="sk-test"
        )

    assert (code, out) == (0, "Hello\n")
    assert err.startswith("llama-deepinfra is busy, asking llama-cerebras …\nllama-cerebras · next")


async def test_a_question_nobody_answers_ends_with_1_and_the_way_out(tmp_path: Path) -> None:
    async with FakeProvider() as provider:
        for name in ("llama-a", "llama-b", "gpt-sol"):
            provider.script(name, Failure(401))
        config = a_config(tmp_path, provider)

        code, out, err = await pointsman(tmp_path, "--config", config, "chat", "hi", KEY="sk-test")

    assert (code, out) == (1, "")
    assert "llama-deepinfra refuses us" in err
    assert "pointsman check" in err
    assert "sk-test" not in err


async def test_a_store_address_that_is_none_ends_with_2(tmp_path: Path) -> None:
    code, _, err = await pointsman(tmp_path, "chat", "hi", REDIS_URL="ftp://somewhere")

    assert code == 2
    assert "store.url" in err


async def test_no_variable_sends_a_question_elsewhere_than_its_card_says(tmp_path: Path) -> None:
    program = (
        "import os\nfrom routing.backends.litellm_import import preload\n"
        "preload().result()\nprint(os.environ.get('OPENAI_BASE_URL'))"
    )

    running = await asyncio.create_subprocess_exec(
        sys.executable, "-c", program,
        env={"HOME": str(tmp_path), "OPENAI_BASE_URL": "http://127.0.0.1:1"},
        stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    out, _ = await running.communicate()

    assert out == b"None\n"


async def test_a_question_that_is_terminated_is_settled_before_the_program_ends(
    tmp_path: Path,
) -> None:
    async with FakeProvider() as provider:
        for name in ("llama-a", "llama-b", "gpt-sol"):
            provider.script(name, Answer("Hello world", hold=asyncio.Event(), hold_after=1))
        config = a_config(tmp_path, provider)
        environ = {"HOME": str(tmp_path), "PATH": "/usr/bin:/bin", "KEY": "sk-test"}
        asking = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", "--config", config, "chat", "hi",
            env=environ, stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        assert asking.stdout is not None
        async with asyncio.timeout(60):
            await asking.stdout.read(1)
            asking.terminate()
            await asking.communicate()
        _, records, _ = await pointsman(
            tmp_path, "--config", config, "usage", "--records", KEY="sk-test"
        )

    assert asking.returncode == 143
    (row,) = records.splitlines()[1:]
    assert row.startswith("settled,")
    assert ",stopped," in row
