import inspect
from types import ModuleType

import pytest

from routing.backends.litellm_errors import KINDS, failure_of
from routing.backends.litellm_import import litellm_module
from routing.errors import AnswerBroken, ModelBusy, ModelFailed
from routing.ports import Call
from routing.query import Turn
from tests.builders import a_card
from tests.fakes.provider import Answer, Failure
from tests.routing.backends.litellm_host import a_host

SECRET_QUESTION = "My PIN is 0815-4711, keep it to yourself"


def exceptions_of(module: ModuleType) -> set[str]:
    return {
        name
        for name, value in inspect.getmembers(module, inspect.isclass)
        if issubclass(value, BaseException) and value.__module__.startswith("litellm")
    }


async def test_every_exception_litellm_exports_has_a_place() -> None:
    litellm = await litellm_module()

    exported = exceptions_of(litellm.exceptions) | exceptions_of(litellm)

    assert len(exported) > 30
    assert exported == KINDS.keys()


async def test_an_error_wrapped_in_mid_stream_is_told_by_what_it_wraps() -> None:
    litellm = await litellm_module()
    cause = litellm.RateLimitError("slow down", "provider", "model")
    wrapped = litellm.exceptions.MidStreamFallbackError(
        "broke", model="model", llm_provider="provider", original_exception=cause
    )

    failure = a_failure(wrapped)

    assert type(failure) is ModelBusy


def a_failure(error: Exception) -> ModelFailed:
    call = Call(a_card(), "", (Turn("user", "hello"),), 64)
    return failure_of(error, call, "", is_sent=True, is_open=False)


async def test_what_litellm_itself_complains_about_is_named_without_its_words() -> None:
    litellm = await litellm_module()

    failure = a_failure(litellm.UnsupportedParamsError(SECRET_QUESTION, "provider", "model"))

    assert failure.reason == "LiteLLM: UnsupportedParamsError"


async def test_an_answer_in_pieces_breaks_whatever_the_error() -> None:
    call = Call(a_card(), "", (Turn("user", "hello"),), 64)

    failure = failure_of(KeyError("id"), call, "", is_sent=True, is_open=True)

    assert type(failure) is AnswerBroken
    assert failure.billed


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        pytest.param("the model is loading", "500 the model is loading", id="harmless"),
        pytest.param("two\n\n  lines", "500 two lines", id="two lines"),
        pytest.param("x y " * 100, f"500 {'x y ' * 45}", id="long"),
        pytest.param(f"cannot parse '{SECRET_QUESTION}'", "500 Internal Server Error", id="all"),
        pytest.param("near '0815-4711, ke'", "500 Internal Server Error", id="a piece"),
        pytest.param("bad key sk-test", "500 Internal Server Error", id="our key"),
        pytest.param("bad key sk-AbCdEf123", "500 bad key …", id="a key"),
        pytest.param("Bearer abc.def is wrong", "500 … is wrong", id="a token"),
        pytest.param("key abcd****wxyz is wrong", "500 key … is wrong", id="a masked key"),
        pytest.param("AIzaSyD-1234567890 is wrong", "500 … is wrong", id="a Google key"),
        pytest.param(f"wrong: {'a1B2' * 12}", "500 wrong: …", id="a long key"),
        pytest.param("", "500 Internal Server Error", id="none"),
    ],
)
async def test_a_reason_is_one_short_line_without_keys_and_without_the_question(
    message: str, reason: str
) -> None:
    async with a_host(Failure(500, message)) as host:
        failure = await host.failure(SECRET_QUESTION)

    assert failure.reason == reason.strip()
    assert len(failure.reason) <= 200


async def test_what_was_sent_does_not_hang_on_the_failure() -> None:
    async with a_host(Failure(400, SECRET_QUESTION), Answer()) as host:
        failure = await host.failure(SECRET_QUESTION)

    assert failure.__cause__ is None
    assert "PIN" not in repr(failure) + str(failure) + str(vars(failure))
