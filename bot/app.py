"""Wiring and lifetimes: what is opened, in which order, and how it ends. Nothing else."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from bot.commands.everything import COMMANDS
from bot.commands.registry import Services
from bot.handler import Handler
from config.settings import Settings
from routing.backends.litellm import LiteLLMCompleter
from routing.backends.local_model import LocalModel
from routing.backends.stores import Stores, open_stores
from routing.router import Router


@dataclass(frozen=True, slots=True)
class App:
    """Everything that answers, open and ready."""

    handler: Handler
    completer: LiteLLMCompleter
    stores: Stores


@asynccontextmanager
async def open_app(settings: Settings) -> AsyncIterator[App]:
    """Open the stores and the models' side; close them in reverse order.

    Nothing slow happens here: LiteLLM is imported when `App.completer.preload` is called or the
    first question comes, the local model starts with its first question.

    Raises:
        StoreUnavailable: The embedded store cannot be started.
    """
    async with AsyncExitStack() as stack:
        stores = await stack.enter_async_context(open_stores(settings))
        local_model = await stack.enter_async_context(
            LocalModel(settings.local_model, log_dir=settings.state_dir)
        )
        completer = LiteLLMCompleter(settings.timeouts, local_model.endpoint)
        stack.push_async_callback(completer.aclose)
        router = Router(settings, completer=completer, ledger=stores.ledger, cache=stores.cache)
        services = Services(settings, router, stores.history, stores.ledger)
        yield App(Handler(services, COMMANDS), completer, stores)
