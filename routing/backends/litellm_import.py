"""The one place LiteLLM is imported: late, in a thread of its own, and told to ask nobody."""

import asyncio
import importlib
import logging
import os
import sys
import warnings
from concurrent.futures import Future
from contextlib import suppress
from contextvars import Context, copy_context
from functools import cache
from threading import Thread
from typing import Any, Final
from weakref import WeakSet

from routing.backends.litellm_contact import Contact, current, request_trace

_ENVIRONMENT: Final = {
    "LITELLM_LOCAL_MODEL_COST_MAP": "True",  # else importing it downloads a price list
    "LITELLM_MODE": "PRODUCTION",  # else importing it loads the `.env` of the current folder
    "HF_HUB_OFFLINE": "1",  # else a model's name alone may download a tokenizer
}

# By such variables LiteLLM would send a question, and the key, elsewhere than its card says.
_ADDRESSES: Final = ("_API_BASE", "_BASE_URL", "_API_URL")

# It logs what people ask; whatever matters of it becomes an error of ours.
_LOGGERS: Final = ("LiteLLM", "LiteLLM Router", "LiteLLM Proxy")

Untyped = Any
"""What LiteLLM and the libraries beneath it hand out: typed too loosely to check against."""

_SWITCH_S: Final = 0.0005

_NOWHERE: Final = "http://127.0.0.1:0"
"""Connecting to port 0 fails at once, on this machine."""

_sessions: Final[WeakSet[Untyped]] = WeakSet()


@cache
def preload() -> Future[Untyped]:
    """Begin to import LiteLLM in a thread, so that no question waits for it; once is enough."""
    loading: Future[Untyped] = Future()
    loading.set_running_or_notify_cancel()  # who stops waiting for it must not end it for others
    Thread(target=_load, args=(loading,), name="import-litellm", daemon=True).start()
    return loading


async def litellm_module() -> Untyped:
    """Return the module, waiting until it is imported."""
    loading = preload()
    return loading.result() if loading.done() else await asyncio.wrap_future(loading)


def calling_context(contact: Contact | None) -> Context:
    """Return a context in which LiteLLM's calls are watched and LiteLLM does not log them.

    Its logging would go as far as asking an Ollama about itself while the event loop waits.
    """
    context = copy_context()
    internal = importlib.import_module("litellm._internal_context").is_internal_call
    context.run(internal.set, True)
    context.run(current.set, contact)
    return context


async def close_sessions() -> None:
    """Close every connection LiteLLM holds; it opens new ones if it is used again."""
    for session in tuple(_sessions):
        await session.close()


def _load(loading: Future[Untyped]) -> None:
    # The event loop wants the interpreter often and briefly: with the usual interval each step of
    # a question to the store waits for its turn ten times as long.
    interval_s = sys.getswitchinterval()
    sys.setswitchinterval(_SWITCH_S)
    try:
        loading.set_result(_imported())
    except Exception as error:  # noqa: BLE001 # raised where the module is needed
        loading.set_exception(error)
    finally:
        sys.setswitchinterval(interval_s)


def _imported() -> Untyped:
    os.environ.update(_ENVIRONMENT)
    for name in [name for name in os.environ if name.endswith(_ADDRESSES)]:
        del os.environ[name]
    warnings.filterwarnings("ignore", r"Item '\w+' on TypedDict class")  # a matter of its authors
    litellm: Untyped = importlib.import_module("litellm")
    litellm.suppress_debug_info = True
    litellm.disable_hf_tokenizer_download = True
    for name in _LOGGERS:
        logging.getLogger(name).disabled = True
    _watch_requests()
    calling_context(None).run(asyncio.run, _rehearse(litellm))
    return litellm


def _watch_requests() -> None:
    """Trace every HTTP session LiteLLM opens.

    It takes a session of ours only for some hosts, so this reaches into the transport of all.
    """
    module = importlib.import_module("litellm.llms.custom_httpx.aiohttp_transport")
    transport = module.LiteLLMAiohttpTransport
    open_session = transport._rebuild_session  # noqa: SLF001 # there is no other way to all of them

    def open_traced_session(self: object) -> Untyped:
        session = open_session(self)
        session.trace_configs.append(request_trace())
        _sessions.add(session)
        return session

    transport._rebuild_session = open_traced_session  # noqa: SLF001 # as above


async def _rehearse(litellm: Untyped) -> None:
    """Load what LiteLLM loads in its first call, which would take the event loop a second."""
    litellm.token_counter(model="gpt-4", text="")
    litellm.ModelResponseStream()
    with suppress(litellm.APIError, litellm.InternalServerError):
        await litellm.acompletion(
            model="openai/rehearsal",
            messages=[{"role": "user", "content": "hello"}],
            stream=True,
            api_base=_NOWHERE,
            api_key="none",
            max_retries=0,
        )
    await close_sessions()
