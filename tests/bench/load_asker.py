"""One process of many askers who share budgets: `python -m tests.bench.load_asker JSON`.

It prints what each person really spent, in micro-dollars: nothing a ledger says is believed.
Every subject is asked the same way: may this call be made, at most so long; and is told, when it
is over, what it used.
"""

import asyncio
import json
import os
import random
import sys
import tempfile
from collections import Counter
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Protocol

from limits import RateLimitItemPerMonth
from limits.aio.storage import RedisClusterStorage, RedisStorage
from limits.aio.strategies import FixedWindowRateLimiter

from config.quotas import Quota
from config.settings import Settings
from routing.backends.keys import Keys
from routing.backends.litellm_import import litellm_module
from routing.backends.redis import Connection
from routing.backends.redis_ledger import RedisLedger
from routing.backends.redis_policies import RedisPolicies
from routing.clock import Clock
from routing.demand import demand_of, sent_tokens
from routing.errors import QuotaExceeded
from routing.holds import Entry, Hold, Spent
from routing.pricing import Usage, cost_microusd
from routing.query import Origin
from routing.reserving import no_reservation, reservation_for
from tests.builders import a_card, a_query, an_origin
from tests.routing.backends.conftest import connection_to

CARD: Final = a_card(litellm_id="openai/bench", context_tokens=100_000)
PLACES: Final = 4
FLOOR_TOKENS: Final = 256
_CANCELLED: Final = 0.05


@dataclass(frozen=True)
class Load:
    """What one process does.

    Attributes:
        url: Of the store; of limits' own kind where that differs.
        tag: Of all keys.
        subject: Who keeps the budgets.
        name: Of the process.
        askers: How many ask at the same time.
        persons: Among how many they are shared out.
        budget_microusd: Of each person.
        output_tokens: The longest answer that is asked for.
        least_share, most_share: Of its hold that a call uses.
        patience: After so many refusals in a row an asker goes home.
        call_ms: How long a call takes, at most.
    """

    url: str
    tag: str
    subject: str
    name: str
    askers: int
    persons: int
    budget_microusd: int
    output_tokens: int
    least_share: float
    most_share: float
    patience: int = 8
    call_ms: float = 10


class Subject(Protocol):
    """Somebody who keeps budgets."""

    async def ask(self, call_id: str, person: int) -> tuple[object, int] | None:
        """Return a handle and how long the answer may be, in tokens; None: not now."""
        ...

    async def tell(self, handle: object, person: int, usage: Usage) -> None:
        """Say what a call used; said twice, as after a lost answer, where that is safe."""
        ...


def origin_of(person: int) -> Origin:
    """Return where a person asks."""
    return an_origin(tenant="guild", place=f"place{person % PLACES}", person=str(person))


def quotas_of(persons: int, budget_microusd: int) -> tuple[Quota, ...]:
    """Return limits that all end at the same time: of each person, place, tenant, and of all."""
    of = {"asker": 1, "place": persons // PLACES, "tenant": persons, "everyone": persons}
    spent = [
        {"of": scope, "usd": f"{count * budget_microusd / 10**6:.6f}", "per": per}
        for scope, count in of.items()
        for per in ("hour", "month", "lifetime")
    ]
    loose = [{"of": scope, "requests": 10**9, "per": "week"} for scope in ("asker", "everyone")]
    return tuple(map(Quota.model_validate, (*spent, *loose, {"of": "asker", "at_once": 10**6})))


def settings_of(load: Load) -> Settings:
    """Return the settings all processes share."""
    limits = quotas_of(load.persons, load.budget_microusd)
    return Settings.model_validate({"quotas": {"limits": limits, "lease_s": 600}})


def ledger_of(connection: Connection, load: Load) -> RedisLedger:
    """Build a process's own ledger on the shared store."""
    keys, settings = Keys(load.tag), settings_of(load)
    policies = RedisPolicies(connection, keys, settings.quotas)
    return RedisLedger(connection, keys, settings, policies, Clock())


class Pointsman:
    """Ours: reserves and settles, every settle sent twice."""

    def __init__(self, connection: Connection, load: Load) -> None:
        self._ledger = ledger_of(connection, load)
        self._demand = demand_of(a_query("What is it that a pointsman does?"), load.output_tokens)

    async def ask(self, call_id: str, person: int) -> tuple[object, int] | None:
        entry = Entry(reply_id=call_id, model=CARD.name)
        nothing = no_reservation(call_id, origin_of(person), datetime.now(UTC), entry, requests=1)
        wish = reservation_for(CARD, self._demand, FLOOR_TOKENS, nothing)
        try:
            hold = await self._ledger.reserve(wish)
        except QuotaExceeded:
            return None
        return hold, hold.output_tokens

    async def tell(self, handle: object, person: int, usage: Usage) -> None:
        assert isinstance(handle, Hold)
        del person
        spent = Spent(cost_microusd(CARD, usage), usage, requests=int(usage != Usage()))
        for _ in range(2):
            await self._ledger.settle(handle, spent, handle.reservation.entry)


class Limits:
    """The library `limits`: as its documentation says, by a cost in whole units, over one month.

    Args:
        load: What is to be done.
        is_before: Whether the worst price is taken before the call, and never given back, or it is
            looked whether there is room, and what was used is taken after.
    """

    def __init__(self, load: Load, *, is_before: bool) -> None:
        kind = RedisClusterStorage if "cluster" in load.url else RedisStorage
        storage = kind(
            load.url, implementation="redispy", key_prefix=load.tag, max_connections=load.askers
        )
        self._limiter = FixedWindowRateLimiter(storage)
        self._item = RateLimitItemPerMonth(load.budget_microusd)
        self._is_before = is_before
        self._output_tokens = load.output_tokens
        self._worst_microusd = worst_microusd(load.output_tokens)

    async def ask(self, call_id: str, person: int) -> tuple[object, int] | None:
        del call_id
        if self._is_before:
            may = await self._limiter.hit(self._item, str(person), cost=self._worst_microusd)
        else:
            may = await self._limiter.test(self._item, str(person))
        return (None, self._output_tokens) if may else None

    async def tell(self, handle: object, person: int, usage: Usage) -> None:
        del handle
        cost = cost_microusd(CARD, usage)
        if not self._is_before and cost:
            await self._limiter.hit(self._item, str(person), cost=cost)


class BudgetManager:
    """LiteLLM's, as its documentation says: look at the cost so far, call, tell the cost.

    It knows its own process only, with a file that is read at the start.
    """

    def __init__(self, litellm: object, load: Load) -> None:
        self._manager = litellm.BudgetManager(project_name=load.tag)  # type: ignore[attr-defined] # a module
        self._response = litellm.ModelResponse  # type: ignore[attr-defined] # the same
        self._usage = litellm.Usage  # type: ignore[attr-defined] # the same
        price = {"input_cost_per_token": 0.5e-6, "output_cost_per_token": 1.5e-6}
        named = {"openai/bench": {"litellm_provider": "openai", "mode": "chat", **price}}
        litellm.register_model(named)  # type: ignore[attr-defined] # the same
        for person in range(load.persons):
            budget_usd = load.budget_microusd / 10**6
            self._manager.create_budget(total_budget=budget_usd, user=str(person))
        self._output_tokens = load.output_tokens

    async def ask(self, call_id: str, person: int) -> tuple[object, int] | None:
        del call_id
        user = str(person)
        spent = self._manager.get_current_cost(user)
        return (None, self._output_tokens) if spent < self._manager.get_total_budget(user) else None

    async def tell(self, handle: object, person: int, usage: Usage) -> None:
        del handle
        used = self._usage(prompt_tokens=usage.input_tokens, completion_tokens=usage.output_tokens)
        told = self._response(model="openai/bench", usage=used)
        self._manager.update_cost(user=str(person), completion_obj=told)


def worst_microusd(output_tokens: int) -> int:
    """Return what the longest answer costs."""
    return cost_microusd(CARD, Usage(_sent(), output_tokens))


def _sent() -> int:
    return sent_tokens(CARD, demand_of(a_query("What is it that a pointsman does?"), 64))


@asynccontextmanager
async def _ours(load: Load) -> AsyncGenerator[Subject]:
    async with connection_to(load.url) as connection:
        yield Pointsman(connection, load)


@asynccontextmanager
async def _limits_before(load: Load) -> AsyncGenerator[Subject]:
    yield Limits(load, is_before=True)


@asynccontextmanager
async def _limits_after(load: Load) -> AsyncGenerator[Subject]:
    yield Limits(load, is_before=False)


@asynccontextmanager
async def _budget_manager(load: Load) -> AsyncGenerator[Subject]:
    litellm = await litellm_module()
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)  # it writes a file where it stands
        yield BudgetManager(litellm, load)
        os.chdir(Path(folder).parent)


SUBJECTS: Final[dict[str, Callable[[Load], AbstractAsyncContextManager[Subject]]]] = {
    "pointsman": _ours,
    "limits, worst price taken before": _limits_before,
    "limits, real price taken after": _limits_after,
    "litellm BudgetManager": _budget_manager,
}


async def ask_all(load: Load) -> Counter[int]:
    """Let all askers ask until they are refused; return what each person spent."""
    spent: Counter[int] = Counter()
    async with SUBJECTS[load.subject](load) as subject, asyncio.TaskGroup() as group:
        for asker in range(load.askers):
            group.create_task(_ask(subject, load, asker, spent))
    return spent


async def _ask(subject: Subject, load: Load, asker: int, spent: Counter[int]) -> None:
    chance = random.Random(f"{load.name} {asker}")  # noqa: S311 - no secret
    person, refused, calls = asker % load.persons, 0, 0
    while refused < load.patience:
        calls += 1
        granted = await subject.ask(f"{load.name}-{asker}-{calls}", person)
        await asyncio.sleep(chance.uniform(0, load.call_ms) / 1000)
        if granted is None:
            refused += 1
            continue
        refused, (handle, output_tokens) = 0, granted
        usage = Usage()
        if chance.random() >= _CANCELLED:
            share = chance.uniform(load.least_share, load.most_share)
            usage = Usage(_sent(), int(output_tokens * share))
        spent[person] += cost_microusd(CARD, usage)
        await subject.tell(handle, person, usage)


def to_json(load: Load) -> str:
    """Write a load as this program reads it."""
    return json.dumps(asdict(load))


if __name__ == "__main__":
    print(json.dumps(asyncio.run(ask_all(Load(**json.loads(sys.argv[1]))))))
