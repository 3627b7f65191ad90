"""Wiring and lifetimes: what is opened, in which order, and how it ends. Nothing else."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from functools import cache

from bot.commands.command import Services
from bot.commands.everything import COMMANDS
from bot.directory import Directory
from bot.handler import Handler
from bot.latest import Latest
from bot.platforms.inward import Answers
from bot.reading.reader import Reader
from bot.reading.sources import discord_source
from config.catalog import Catalog, ModelCard
from config.settings import Settings
from routing.backends.learned_files import LearnedPredictor
from routing.backends.litellm import LiteLLMCompleter
from routing.backends.local_model import LocalModel
from routing.backends.stores import Stores, open_stores
from routing.backends.unsettled import UnsettledFiles
from routing.background import beside
from routing.clock import Clock
from routing.embedding import Embed, Vector, embed_nothing
from routing.errors import StoreNotUnderstood, StoreUnavailable
from routing.heeding import Heeding
from routing.learning import Learning
from routing.measuring import Measuring
from routing.rests import Rests
from routing.router import Router
from routing.spending import Spending
from routing.upkeep import keep_tidy
from routing.versions import Presence, Versions
from routing.watching import Watch


@dataclass(slots=True)
class App:
    """Everything that answers, open and ready.

    Attributes:
        settings: What is gone by.
        handler: Answers, each question by the settings of the moment it begins in.
        at_once: Answers commands likewise in the process that hears them.
    """

    settings: Settings
    stores: Stores
    completer: LiteLLMCompleter
    unsettled: UnsettledFiles
    spending: Spending
    reader: Reader
    directory: Directory
    rests: Rests
    heeding: Heeding
    predict: LearnedPredictor
    measuring: Measuring
    watch: Watch | None
    presence: Presence
    handler: Latest = field(init=False)
    at_once: Answers = field(init=False)

    def __post_init__(self) -> None:
        self.handler = Latest(self._handler(self.settings, self.rests))
        self.at_once = self.handler

    def adopt(self, settings: Settings) -> None:
        """Answer by other settings from the next question on; what runs ends by those before.

        Where the stores are and how the local model is run stays.
        """
        others = _reached_otherwise(self.settings.models, settings.models)
        rests = self.rests.without(others) if others else self.rests
        newest = self._handler(settings, rests)  # first: where it cannot be made, nothing changes
        self.settings, self.rests = settings, rests
        self.stores.adopt(settings)
        self.unsettled.adopt(settings.quotas)
        self.spending.adopt(settings.quotas)
        self.completer.adopt(settings.timeouts)
        self.reader.adopt(settings.attachments)
        self.handler.newest = newest

    def _handler(self, settings: Settings, rests: Rests) -> Handler:
        """Make what hangs on the settings and keeps nothing."""
        stores = self.stores
        embed = _word_vectors() if settings.house.enabled else embed_nothing
        learning = Learning(settings, stores.votes, embed)
        router = Router(
            settings,
            completer=self.completer,
            spending=self.spending,
            cache=stores.cache,
            learning=learning,
            predict=self.predict,
            measuring=self.measuring,
            watch=self.watch,
            rests=rests,
        )
        services = services_over(settings, stores, router, learning, self.directory)
        return Handler(services, COMMANDS, self.reader, self.heeding)


def services_over(
    settings: Settings, stores: Stores, router: Router, learning: Learning, directory: Directory
) -> Services:
    """Return what commands work with, over everything that a store keeps."""
    return Services(
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


@asynccontextmanager
async def open_app(settings: Settings, watch: Watch | None = None) -> AsyncIterator[App]:
    """Open the stores and the models' side; close them in reverse order.

    Nothing slow happens here: LiteLLM is imported when `App.completer.preload` is called or the
    first question comes, the local model starts with its first question.

    Raises:
        StoreUnavailable: The embedded store cannot be started.
        StoreNotUnderstood: What is kept in the store is for another version.
    """
    async with AsyncExitStack() as stack:
        stores = await stack.enter_async_context(open_stores(settings))
        await _require_understood(stores.versions)
        presence = Presence(stores.versions)
        await stack.enter_async_context(beside(presence.keep()))
        local_model = await stack.enter_async_context(
            LocalModel(settings.local_model, log_dir=settings.state_dir)
        )
        completer = LiteLLMCompleter(settings.timeouts, local_model.endpoint)
        stack.push_async_callback(completer.aclose)
        unsettled = UnsettledFiles(settings.state_dir / "unsettled", settings.quotas, Clock())
        spending = Spending(settings.quotas, stores.ledger, unsettled)
        await stack.enter_async_context(beside(keep_tidy(stores.ledger, spending)))
        yield App(
            settings,
            stores,
            completer,
            unsettled,
            spending,
            reader=Reader(settings.attachments, {"discord": discord_source(settings.discord)}),
            directory=Directory(),
            rests=Rests(),
            heeding=Heeding(stores.orders),
            predict=LearnedPredictor(embed=_embed),
            measuring=Measuring(stores.lengths),
            watch=watch,
            presence=presence,
        )


async def _require_understood(versions: Versions) -> None:
    try:
        await versions.look()
    except StoreNotUnderstood:
        raise
    except StoreUnavailable:
        pass  # nothing is asked of it before it has been looked at


def _reached_otherwise(before: Catalog, after: Catalog) -> frozenset[str]:
    """Name the models that are asked elsewhere, or with another key, than before."""
    known = {card.name: _way_to(card) for card in before}
    return frozenset(card.name for card in after if known.get(card.name) != _way_to(card))


def _way_to(card: ModelCard) -> tuple[object, ...]:
    return card.litellm_id, card.api_key, card.api_base, card.needs, card.parameters


def _embed(text: str) -> "Vector | None":
    return _word_vectors()(text)


@cache
def _word_vectors() -> Embed:
    from routing.backends.word_vectors import open_word_vectors  # 20 MB, for those who need them

    return open_word_vectors()
