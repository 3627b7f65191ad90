import asyncio
import os
import subprocess
import sys
from contextlib import aclosing
from typing import Any

import pytest

from config.settings import TimeoutSettings
from routing.backends.litellm import LiteLLMCompleter
from routing.backends.litellm_import import litellm_module
from routing.ports import Call, Completed, ReasoningPart, TextPart
from routing.pricing import Usage
from routing.query import Turn
from tests.builders import a_card
from tests.fakes.provider import KEY, USAGE, Answer, FakeProvider
from tests.routing.backends.litellm_host import HOSTS, QUESTION, SYSTEM_PROMPT, a_host

USED = Usage(input_tokens=11, output_tokens=5)


@pytest.mark.parametrize("litellm_id", HOSTS)
async def test_an_answer_comes_in_pieces_with_its_thinking_and_its_usage(litellm_id: str) -> None:
    answer = Answer("Goethe did.", reasoning="Faust: a play.", is_usage_unasked=True)

    async with a_host(answer, litellm_id=litellm_id) as host:
        *parts, completed = await host.ask()

    assert parts == [ReasoningPart("Faust: a play."), TextPart("Goethe"), TextPart(" did.")]
    assert isinstance(completed, Completed)
    assert completed.finish == "stop"
    assert completed.usage
    assert (completed.usage.input_tokens, completed.usage.output_tokens) == (11, 5)


@pytest.mark.parametrize("litellm_id", [host for host in HOSTS if "cerebras" not in host])
async def test_usage_is_asked_for_where_it_does_not_come_by_itself(litellm_id: str) -> None:
    async with a_host(Answer(), litellm_id=litellm_id) as host:
        completed = (await host.ask())[-1]

    assert completed == Completed("stop", USED)


@pytest.mark.parametrize("litellm_id", HOSTS)
@pytest.mark.parametrize("finish", ["length", "content_filter"])
async def test_the_host_says_why_the_answer_ends(litellm_id: str, finish: str) -> None:
    async with a_host(Answer(finish=finish), litellm_id=litellm_id) as host:
        completed = (await host.ask())[-1]

    assert isinstance(completed, Completed)
    assert completed.finish == finish


async def test_a_wish_to_use_a_tool_ends_an_answer_like_any_other() -> None:
    async with a_host(Answer(finish="tool_calls")) as host:
        assert (await host.ask())[-1] == Completed("stop", USED)


@pytest.mark.parametrize("litellm_id", HOSTS)
async def test_an_answer_that_explains_the_end_of_a_stream_is_not_ended_by_it(
    litellm_id: str,
) -> None:
    async with a_host(Answer("It ends in [DONE] then.", chunks=1), litellm_id=litellm_id) as host:
        parts = await host.ask()

    assert parts[0] == TextPart("It ends in [DONE] then.")


@pytest.mark.parametrize(
    ("litellm_id", "answer"),
    [
        pytest.param(
            "openrouter/llama",
            Answer(reasoning="Hm.", reasoning_key="reasoning"),
            id="under another name",
        ),
        pytest.param(
            "hosted_vllm/qwen",
            Answer(reasoning="Hm.", reasoning_key="reasoning"),
            id="under another name, self-hosted",
        ),
        pytest.param(
            "hosted_vllm/qwen", Answer("<think>Hm.</think>\n\nHello world", chunks=9), id="in tags"
        ),
    ],
)
async def test_thinking_is_told_from_the_answer(litellm_id: str, answer: Answer) -> None:
    async with a_host(answer, litellm_id=litellm_id) as host:
        parts = await host.ask()

    thinking = "".join(part.text for part in parts if isinstance(part, ReasoningPart))
    text = "".join(part.text for part in parts if isinstance(part, TextPart))
    assert (thinking, text) == ("Hm.", "Hello world")


async def test_the_question_is_sent_with_everything_that_shapes_its_answer() -> None:
    async with a_host(Answer()) as host:
        await host.ask(max_output_tokens=99, parameters={"temperature": 0.2, "top_k": 5})

    sent = host.request
    assert sent.headers["Authorization"] == f"Bearer {KEY}"
    assert sent.body["messages"] == [
        {"role": "system", "content": SYSTEM_PROMPT},
        {"role": "user", "content": QUESTION},
    ]
    assert sent.body["stream_options"] == {"include_usage": True}
    assert (sent.body["max_tokens"], sent.body["temperature"], sent.body["top_k"]) == (99, 0.2, 5)


async def test_an_empty_system_prompt_is_not_sent() -> None:
    async with a_host(Answer()) as host:
        card = a_card(litellm_id=host.litellm_id, api_base=host.provider.url)
        async for _ in host.completer.stream(Call(card, "", (Turn("user", QUESTION),), 64)):
            pass

    assert [message["role"] for message in host.request.body["messages"]] == ["user"]


@pytest.mark.parametrize("litellm_id", HOSTS)
async def test_what_the_operator_configures_is_sent_even_where_litellm_thinks_it_unknown(
    litellm_id: str,
) -> None:
    async with a_host(Answer(), litellm_id=litellm_id) as host:
        await host.ask(parameters={"frequency_penalty": 0.5})

    assert "0.5" in str(host.request.body)


@pytest.mark.parametrize("litellm_id", HOSTS)
async def test_nobody_is_asked_anything_but_the_question(litellm_id: str) -> None:
    async with a_host(Answer(), litellm_id=litellm_id) as host:
        await host.ask()
        await host.ask(api_base=f"{host.provider.url}/nowhere")

    assert len(host.provider.requests) + len(host.provider.strays) == 2


async def test_many_questions_are_asked_at_once() -> None:
    async with a_host(Answer("Hello world", chunks=5)) as host:
        answers = await asyncio.gather(*(host.ask() for _ in range(20)))

    assert all(parts[-1] == Completed("stop", USED) for parts in answers)


async def test_the_embedded_model_is_asked_where_it_was_started() -> None:
    async with FakeProvider() as provider:
        provider.script("smollm2", Answer("I am tiny."))

        async def endpoint() -> tuple[str, str]:
            return provider.url, KEY

        async with aclosing(LiteLLMCompleter(TimeoutSettings(), endpoint)) as completer:
            card = a_card(litellm_id="openai/smollm2", embedded=True, api_key=None)
            call = Call(card, "", (Turn("user", "Who are you?"),), 64)
            text = [part.text async for part in completer.stream(call) if type(part) is TextPart]

    assert "".join(text) == "I am tiny."


@pytest.mark.parametrize(
    ("reported", "usage"),
    [
        pytest.param(
            {"prompt_tokens_details": {"cached_tokens": 4}},
            Usage(11, 5, cached_input_tokens=4),
            id="cached, as OpenAI says it",
        ),
        pytest.param(
            {"prompt_cache_hit_tokens": 4, "prompt_cache_miss_tokens": 7},
            Usage(11, 5, cached_input_tokens=4),
            id="cached, as DeepSeek says it",
        ),
        pytest.param(
            {"completion_tokens_details": {"reasoning_tokens": 3}},
            Usage(11, 5, reasoning_tokens=3),
            id="reasoning",
        ),
        pytest.param({"completion_tokens": -5}, None, id="negative"),
        pytest.param({"completion_tokens": 10**9}, None, id="absurd"),
        pytest.param({"prompt_tokens": 0}, None, id="nothing sent"),
        pytest.param({"prompt_tokens": "many"}, None, id="a word"),
        pytest.param({"prompt_tokens": None}, None, id="null"),
    ],
)
@pytest.mark.parametrize("litellm_id", ["openai/gpt", "deepseek/deepseek-v4-flash"])
async def test_reported_usage_is_believed_as_far_as_it_is_possible(
    litellm_id: str, reported: dict[str, Any], usage: Usage | None
) -> None:
    async with a_host(Answer(usage=USAGE | reported), litellm_id=litellm_id) as host:
        parts = await host.ask()

    is_absurd = reported.get("completion_tokens") in {-5, 10**9}
    assert parts[-1] == Completed("stop", usage, is_absurd=is_absurd)


async def test_a_host_that_reports_no_usage_still_completes() -> None:
    async with a_host(Answer(usage=None)) as host:
        assert (await host.ask())[-1] == Completed("stop", None)


@pytest.mark.parametrize(
    ("cost", "microusd"),
    [
        pytest.param(0.000321, 321, id="told"),
        pytest.param(0, 0, id="free"),
        pytest.param(-1.0, None, id="negative"),
        pytest.param(None, None, id="not told"),
    ],
)
async def test_the_cost_is_taken_from_a_host_that_tells_it(
    cost: float | None, microusd: int | None
) -> None:
    async with a_host(Answer(usage=USAGE | {"cost": cost}), litellm_id="openrouter/m") as host:
        is_absurd = cost is not None and cost < 0
        completed = Completed("stop", USED, microusd, is_absurd=is_absurd)
        assert (await host.ask())[-1] == completed


def test_the_module_is_imported_without_litellm() -> None:
    program = "import sys, routing.backends.litellm; sys.exit('litellm' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


async def test_litellm_is_told_to_ask_nobody_and_to_say_nothing() -> None:
    litellm = await litellm_module()

    assert os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] == "True"
    assert litellm.disable_hf_tokenizer_download
    assert (litellm.cache, litellm.callbacks, litellm.failure_callback) == (None, [], [])
    assert litellm.verbose_logger.disabled
