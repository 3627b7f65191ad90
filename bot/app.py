"""Wiring and lifetimes: what is opened, in which order, and how it ends. Nothing else."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from bot.commands.command import Services
from bot.commands.everything import COMMANDS
from bot.directory import Directory
from bot.handler import Handler
from bot.reading.reader import Reader
from bot.reading.sources import discord_source
from config.settings import Settings
from routing.backends.learned_files import LearnedPredictor
from routing.backends.litellm import LiteLLMCompleter
from routing.backends.local_model import LocalModel
from routing.backends.stores import Stores, open_stores
from routing.backends.unsettled import UnsettledFiles
from routing.background import beside
from routing.clock import Clock
from routing.embedding import Embed, embed_nothing
from routing.learning import Learning
from routing.router import Router
from routing.spending import Spending
from routing.upkeep import keep_tidy
from routing.watching import Watch


@dataclass(frozen=True, slots=True)
class App:
    """Everything that answers, open and ready."""

    handler: Handler
    reader: Reader
    directory: Directory
    completer: LiteLLMCompleter
    stores: Stores
    router: Router
    spending: Spending


@asynccontextmanager
async def open_app(settings: Settings, watch: Watch | None = None) -> AsyncIterator[App]:
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
        unsettled = UnsettledFiles(settings.state_dir / "unsettled", settings.quotas, Clock())
        spending = Spending(settings.quotas, stores.ledger, unsettled)
        await stack.enter_async_context(beside(keep_tidy(stores.ledger, spending)))
        embed = _word_vectors() if settings.house.enabled else None
        learning = Learning(settings, stores.votes, embed or embed_nothing)
        router = Router(
            settings,
            completer=completer,
            spending=spending,
            cache=stores.cache,
            learning=learning,
            predict=LearnedPredictor(embed=embed),
            watch=watch,
        )
        directory = Directory()
        services = Services(
            settings,
            router,
            stores.history,
            stores.ledger,
            stores.accounts,
            stores.limits,
            learning,
            stores.posts,
            stores.orders,
            stores.audit,
            stores.link_codes,
            stores.comparisons,
            directory,
        )
        reader = Reader(settings.attachments, {"discord": discord_source(settings.discord)})
        handler = Handler(services, COMMANDS, reader)
        yield App(handler, reader, directory, completer, stores, router, spending)


def _word_vectors() -> Embed:
    from routing.backends.word_vectors import open_word_vectors  # 20 MB, for those who vote

    return open_word_vectors()
