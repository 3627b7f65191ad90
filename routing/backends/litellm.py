"""Calls models through LiteLLM. No rules: which model, and what after a failure, others decide.

LiteLLM is used for what it knows about the hosts: how each wants to be asked and what its chunks
mean. Its retries, fallbacks, cache, budgets, callbacks and logging stay off.
"""

import asyncio
from base64 import b64encode
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import aclosing
from typing import Any, Final

from config.catalog import ModelCard
from config.settings import TimeoutSettings
from routing.backends.litellm_contact import Contact
from routing.backends.litellm_errors import failure_of
from routing.backends.litellm_import import (
    Untyped,
    calling_context,
    close_sessions,
    litellm_module,
    preload,
)
from routing.backends.litellm_reading import AnswerReader
from routing.errors import ModelFailed
from routing.ports import Call, Part
from routing.query import Image, Turn

_PREPARING_S: Final = 1.0
"""LiteLLM prepares a request in milliseconds; it is not waited for longer than this."""


class LiteLLMCompleter:
    """Calls any model LiteLLM knows; to be closed on the event loop it was used on.

    Args:
        timeouts: How long a model is waited for.
        endpoint: Starts the embedded model if need be and returns its address and key.
    """

    def __init__(
        self,
        timeouts: TimeoutSettings,
        endpoint: Callable[[], Awaitable[tuple[str, str]]] | None = None,
    ) -> None:
        self._timeouts = timeouts
        self._endpoint = endpoint

    def adopt(self, timeouts: TimeoutSettings) -> None:
        """Wait for the models asked from now on as long as other settings say."""
        self._timeouts = timeouts

    def preload(self) -> None:
        """Begin to import LiteLLM in a thread, so that no question waits for it."""
        preload()

    async def ready(self) -> None:
        """Wait until LiteLLM is imported; `stream` does so by itself."""
        await litellm_module()

    async def stream(self, call: Call) -> AsyncGenerator[Part]:
        """Yield the parts of one answer; the last one is `Completed`, or it raises.

        Closing the generator early ends the call at the host, which saves its tokens. Once the
        host said it is done, nothing that follows can spoil the answer.

        Raises:
            ModelFailed: The subclass says what to do next.
        """
        # While LiteLLM is imported in its thread, the embedded model may start.
        api_base, key = await self._access(call.card)
        litellm = await litellm_module()
        request = _request(call) | {"api_base": api_base, "api_key": key}
        contact = Contact(call.card.name, self._timeouts)
        reader: AnswerReader | None = None
        failure: ModelFailed | None = None
        try:
            reader = AnswerReader(await self._ask(litellm, request, contact), call)
            async with aclosing(reader.parts(contact)) as parts:
                async for part in parts:
                    yield part
        except Exception as error:  # noqa: BLE001 # whatever it is becomes a ModelFailed
            if reader is None or not reader.is_finished:
                failure = _failure(error, call, key, contact, reader)
        finally:
            contact.hang_up()
        if failure is not None:
            raise failure  # out here, where the error does not stay with it as its context
        if reader is not None:
            for part in reader.close():
                yield part

    async def aclose(self) -> None:
        """Close every connection to the hosts."""
        await close_sessions()

    async def _access(self, card: ModelCard) -> tuple[str | None, str | None]:
        """Return where to ask and with which key; None leaves it to LiteLLM."""
        if card.embedded and self._endpoint is not None:
            try:
                return await self._endpoint()
            except ModelFailed as failure:
                failure.model = card.name
                raise
        api_base = card.api_base.reveal() if card.api_base else None
        return api_base, card.api_key.reveal() if card.api_key else None

    async def _ask(self, litellm: Untyped, request: Mapping[str, Any], contact: Contact) -> Untyped:
        """Send a request; the host has begun to answer when this returns LiteLLM's stream."""
        # Later than any deadline of ours: only those know what was waited for.
        timeout_s = self._timeouts.first_token_s + self._timeouts.stall_s
        asking = asyncio.create_task(
            _open(litellm, {**request, "timeout": timeout_s}), context=calling_context(contact)
        )
        try:
            async with contact.asking:
                return await asyncio.shield(asking)
        except (asyncio.CancelledError, TimeoutError):
            await _give_up(asking, contact)
            raise


def _request(call: Call) -> dict[str, Any]:
    messages = [{"role": turn.role, "content": _content(turn)} for turn in call.turns]
    if call.system_prompt:
        messages.insert(0, {"role": "system", "content": call.system_prompt})
    parameters = call.card.parameters
    return {
        "model": call.card.litellm_id,
        "messages": messages,
        "stream": True,
        "stream_options": {"include_usage": True},
        "max_tokens": call.max_output_tokens,
        "num_retries": 0,
        "max_retries": 0,
        "drop_params": True,  # ours that a host does not know; the operator's are always sent
        "allowed_openai_params": list(parameters),
        **parameters,
    }


def _content(turn: Turn) -> str | list[dict[str, Any]]:
    """Return a turn's content in OpenAI's form, which LiteLLM puts into each host's own."""
    if not turn.images:
        return turn.text
    shown = [{"type": "image_url", "image_url": {"url": _data_url(each)}} for each in turn.images]
    return [{"type": "text", "text": turn.text}, *shown]


def _data_url(image: Image) -> str:
    return f"data:{image.media_type};base64,{b64encode(image.content).decode()}"


async def _open(litellm: Untyped, request: Mapping[str, Any]) -> Untyped:
    answer = await litellm.acompletion(**request)
    try:
        await answer.fetch_stream()  # for some, as Gemini, LiteLLM asks the host only now
    except Exception as error:
        litellm.exception_type(request["model"], error, answer.custom_llm_provider)
        raise
    return answer


async def _give_up(asking: asyncio.Task[Untyped], contact: Contact) -> None:
    """End a call nobody waits for any more.

    Not before the request is made: LiteLLM does that in a thread, and what it made would be
    left lying around.
    """
    underway = asyncio.create_task(contact.underway.wait())
    await asyncio.wait(
        {asking, underway}, timeout=_PREPARING_S, return_when=asyncio.FIRST_COMPLETED
    )
    underway.cancel()
    asking.cancel()
    await asyncio.wait({asking})
    if not asking.cancelled():
        asking.exception()  # seen, so that nobody warns of it


def _failure(
    error: Exception,
    call: Call,
    key: str | None,
    contact: Contact,
    reader: AnswerReader | None,
) -> ModelFailed:
    if isinstance(error, TimeoutError):
        failure: ModelFailed = contact.lost()
    else:
        failure = failure_of(
            error, call, key or "", is_sent=contact.is_sent, is_open=reader is not None
        )
    if reader is not None:
        failure.usage = reader.usage
    return failure
