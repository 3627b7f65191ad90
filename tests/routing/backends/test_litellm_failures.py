"""Whatever goes wrong between us and a host, over real sockets, and what is made of it."""

import asyncio
from contextlib import aclosing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from config.references import Resolved
from config.settings import TimeoutSettings
from routing.errors import (
    AccessRefused,
    AnswerBroken,
    ModelBusy,
    ModelFailed,
    ModelUnreachable,
    QueryRefused,
    QueryTooLong,
    RequestInvalid,
)
from routing.ports import Completed, TextPart
from routing.pricing import Usage
from tests.fakes.provider import (
    CONTENT_FILTERED,
    CONTEXT_OVERFLOW,
    UNRESOLVABLE,
    Answer,
    Ending,
    Failure,
    HangUp,
    Page,
    Silence,
    Step,
    a_deaf_address,
    a_refusing_address,
)
from tests.routing.backends.litellm_host import DIALECTS, HOSTS, PATIENT, a_host

SOON_BEGUN = TimeoutSettings(connect_s=5, first_token_s=0.2, stall_s=20)
SOON_AGAIN = TimeoutSettings(connect_s=5, first_token_s=20, stall_s=0.2)
WRONG_KEY = "sk-wrong-0123456789abcdef"


@dataclass(frozen=True)
class Row:
    """What a host does, and what it is to us."""

    step: Step
    kind: type[ModelFailed]
    reason: str
    is_billed: bool = False


REFUSALS = {
    "the key is wrong": Row(Failure(401), AccessRefused, "401 something is wrong"),
    "no credit": Row(Failure(402), AccessRefused, "402 something is wrong"),
    "no credit, said as too often": Row(
        Failure(429, code="insufficient_quota"), AccessRefused, "429 something is wrong"
    ),
    "not for us": Row(Failure(403), AccessRefused, "403 something is wrong"),
    "no such model": Row(Failure(404), AccessRefused, "404 something is wrong"),
    "too slow": Row(Failure(408), ModelUnreachable, "408 something is wrong"),
    "too large": Row(Failure(413), QueryTooLong, "413 something is wrong"),
    "not understood": Row(Failure(422), RequestInvalid, "422 something is wrong"),
    "a bad request": Row(Failure(400, "top_q is unknown"), RequestInvalid, "400 top_q is unknown"),
    "too often": Row(Failure(429), ModelBusy, "429 something is wrong"),
    "broken down": Row(Failure(500), ModelUnreachable, "500 something is wrong"),
    "broken down behind": Row(Failure(502), ModelUnreachable, "502 something is wrong"),
    "busy": Row(Failure(503), ModelBusy, "503 something is wrong"),
    "overloaded": Row(Failure(529), ModelBusy, "529 something is wrong"),
    "without a word": Row(Failure(503, ""), ModelBusy, "503 Service Unavailable"),
    "too many tokens": Row(CONTEXT_OVERFLOW, QueryTooLong, f"400 {CONTEXT_OVERFLOW.message}"[:180]),
    "content filter": Row(CONTENT_FILTERED, QueryRefused, f"400 {CONTENT_FILTERED.message}"),
}
UNANSWERED = {
    "a web page": Row(Page("<html>Welcome</html>"), AnswerBroken, "", is_billed=True),
    "an empty page": Row(Page(""), AnswerBroken, "no answer in what came", is_billed=True),
    "an empty answer": Row(Answer(""), AnswerBroken, "empty answer", is_billed=True),
    "only white space": Row(Answer(" \n "), AnswerBroken, "empty answer", is_billed=True),
    "filtered away": Row(
        Answer("", finish="content_filter"), QueryRefused, "content filter", is_billed=True
    ),
    "hung up": Row(HangUp(), ModelUnreachable, "connection closed without", is_billed=True),
}
BREAKS = {
    Ending.CUT: (AnswerBroken, "cut off"),
    Ending.UNFINISHED: (AnswerBroken, "cut off"),
    Ending.MALFORMED: (AnswerBroken, "malformed chunk"),
    Ending.ERROR: (ModelBusy, "overloaded"),
}


def check(failure: ModelFailed, row: Row) -> None:
    """Compare a failure with what it should be."""
    assert type(failure) is row.kind
    assert failure.reason.startswith(row.reason)
    assert failure.billed is row.is_billed
    assert (failure.__cause__, failure.__context__) == (None, None)


@pytest.mark.parametrize(
    "litellm_id", ["openai/gpt", "deepseek/deepseek-v4-flash", "anthropic/claude-haiku-5-5"]
)
@pytest.mark.parametrize("row", REFUSALS.values(), ids=REFUSALS.keys())
async def test_a_refused_question_costs_nothing_and_says_who_can_help(
    litellm_id: str, row: Row
) -> None:
    async with a_host(row.step, litellm_id=litellm_id) as host:
        failure = await host.failure()

    check(failure, row)


@pytest.mark.parametrize("litellm_id", HOSTS)
@pytest.mark.parametrize("row", UNANSWERED.values(), ids=UNANSWERED.keys())
async def test_what_is_no_answer_is_never_called_one(litellm_id: str, row: Row) -> None:
    async with a_host(row.step, litellm_id=litellm_id) as host:
        failure = await host.failure()

    assert type(failure) is row.kind
    assert failure.reason.startswith(row.reason)
    assert failure.billed


@pytest.mark.parametrize("litellm_id", HOSTS)
@pytest.mark.parametrize("ending", BREAKS, ids=lambda ending: ending.name.lower())
async def test_an_answer_that_breaks_keeps_its_text_and_is_never_called_whole(
    litellm_id: str, ending: Ending
) -> None:
    read = asyncio.Event()
    step = Answer("Hello world", ending=ending, hold=read, hold_after=2)

    async with a_host(step, litellm_id=litellm_id) as host, aclosing(host.stream()) as answer:
        text = [await anext(answer), await anext(answer)]
        read.set()
        with pytest.raises(ModelFailed) as caught:
            await anext(answer)

    kind, reason = BREAKS[ending]
    if ending is Ending.ERROR and "ollama" in litellm_id:
        kind = ModelUnreachable  # its errors have no code
    assert text == [TextPart("Hello "), TextPart("world")]
    check(caught.value, Row(step, kind, reason, is_billed=True))
    assert caught.value.usage is None


@pytest.mark.parametrize(
    ("finish", "reason"),
    [
        pytest.param("insufficient_system_resource", "ended with insufficient", id="DeepSeek's"),
        pytest.param("abort", "ended with abort", id="vLLM's"),
    ],
)
async def test_a_host_may_finish_by_giving_up(finish: str, reason: str) -> None:
    async with a_host(Answer(finish=finish), litellm_id="hosted_vllm/qwen") as host:
        failure = await host.failure()

    assert isinstance(failure, AnswerBroken)
    assert failure.reason.startswith(reason)
    assert failure.usage == Usage(11, 5)


@pytest.mark.parametrize("litellm_id", DIALECTS)
async def test_a_host_that_is_done_but_does_not_hang_up_is_done(litellm_id: str) -> None:
    step = Answer("Hello", ending=Ending.LINGERING, is_usage_unasked=True)

    async with a_host(step, litellm_id=litellm_id) as host:
        parts = await host.ask()

    assert isinstance(parts[-1], Completed)


@pytest.mark.parametrize("litellm_id", DIALECTS)
@pytest.mark.parametrize(
    ("step", "timeouts", "texts", "reason"),
    [
        pytest.param(Silence(), SOON_BEGUN, [], "no first token within 0.2 s", id="silence"),
        pytest.param(
            Answer("", ending=Ending.STALLED),
            SOON_BEGUN,
            [],
            "no first token within 0.2 s",
            id="a bare start",
        ),
        pytest.param(
            Answer("Hello", chunks=1, ending=Ending.STALLED),
            SOON_AGAIN,
            [TextPart("Hello")],
            "stalled for 0.2 s",
            id="a stall",
        ),
    ],
)
async def test_a_silent_host_is_given_up_and_may_charge_for_it(
    litellm_id: str, step: Step, timeouts: TimeoutSettings, texts: list[TextPart], reason: str
) -> None:
    async with a_host(step, litellm_id=litellm_id, timeouts=timeouts) as host:
        *parts, failure = await host.ask()
        async with asyncio.timeout(5):
            await host.request.gone.wait()

    assert parts == texts
    assert isinstance(failure, ModelUnreachable)
    assert (failure.reason, failure.billed) == (reason, True)


@pytest.mark.parametrize("litellm_id", HOSTS)
async def test_a_refused_connection_is_told_from_a_broken_host(litellm_id: str) -> None:
    with a_refusing_address() as address:
        async with a_host(Answer(), litellm_id=litellm_id) as host:
            failure = await host.failure(api_base=address)

    check(failure, Row(Answer(), ModelUnreachable, "connection refused"))


async def test_an_unknown_host_name_is_named_as_the_reason() -> None:
    async with a_host(Answer()) as host:
        failure = await host.failure(api_base=UNRESOLVABLE)

    check(failure, Row(Answer(), ModelUnreachable, "host name not found"))


@pytest.mark.parametrize("litellm_id", DIALECTS)
async def test_a_host_that_takes_no_connection_is_given_up_soon_and_costs_nothing(
    litellm_id: str,
) -> None:
    brisk = PATIENT.model_copy(update={"connect_s": 0.2})

    async with a_deaf_address() as address, a_host(litellm_id=litellm_id, timeouts=brisk) as host:
        failure = await host.failure(api_base=address)

    check(failure, Row(Silence(), ModelUnreachable, "no connection within 0.2 s"))


@pytest.mark.parametrize(
    ("header", "least_s", "most_s"),
    [
        pytest.param("2", 2, 2, id="seconds"),
        pytest.param("0.5", 0.5, 0.5, id="half a second"),
        pytest.param("-5", 0, 0, id="negative"),
        pytest.param("999999999", 3600, 3600, id="for ever"),
        pytest.param("Wed, 21 Oct 2015 07:28:00 GMT", 0, 0, id="a date gone by"),
        pytest.param("soon", None, None, id="a word"),
        pytest.param("nan", None, None, id="not a number"),
        pytest.param(None, None, None, id="not told"),
    ],
)
async def test_a_busy_host_says_how_long_it_wants_to_be_left_alone(
    header: str | None, least_s: float | None, most_s: float | None
) -> None:
    async with a_host(Failure(429, retry_after=header)) as host:
        failure = await host.failure()

    assert isinstance(failure, ModelBusy)
    if least_s is None or most_s is None:
        assert failure.retry_after_s is None
    else:
        assert failure.retry_after_s is not None
        assert least_s <= failure.retry_after_s <= most_s


async def test_a_busy_host_may_name_the_moment_it_wants_to_be_left_alone_until() -> None:
    until = datetime.now(UTC) + timedelta(minutes=50)
    async with a_host(Failure(429, retry_after=format_datetime(until))) as host:
        failure = await host.failure()

    assert isinstance(failure, ModelBusy)
    assert failure.retry_after_s == pytest.approx(3000, abs=500)


@pytest.mark.parametrize("litellm_id", ["openai/gpt", "anthropic/claude-haiku-5-5", "gemini/g"])
async def test_a_wrong_key_is_refused_without_a_piece_of_it_in_the_reason(litellm_id: str) -> None:
    async with a_host(Answer(), litellm_id=litellm_id) as host:
        failure = await host.failure(api_key=Resolved(WRONG_KEY, "env:WRONG"))

    assert isinstance(failure, AccessRefused)
    assert failure.reason == "401 Unauthorized"


async def test_an_unknown_model_is_refused() -> None:
    async with a_host(Answer()) as host:
        failure = await host.failure(litellm_id="openai/gpt-0")

    check(failure, Row(Answer(), AccessRefused, "404 The model `gpt-0` does not exist"))


async def test_a_provider_litellm_does_not_know_is_never_asked() -> None:
    async with a_host(Answer()) as host:
        failure = await host.failure(litellm_id="nobody-has-this/model")

    assert type(failure) in {RequestInvalid, AccessRefused}
    assert not failure.billed
    assert host.provider.requests == []
