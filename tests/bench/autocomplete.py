"""How long suggestions take in a server of many channels: `python -m tests.bench.autocomplete`.

Every channel has a limit of its own, in the configuration or set at run time, and somebody types
`/quota remove limit:` letter by letter. What is printed is from the question to the choices, with
the store asked each time; Discord shows nothing that takes longer than three seconds, and people
type a letter every 200 ms.
"""

import argparse
import asyncio
import statistics
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from bot.app import services_over
from bot.commands.command import Services
from bot.commands.everything import COMMANDS
from bot.directory import Directory
from bot.handler import Handler
from bot.platforms.port import Message
from bot.platforms.terminal_identity import terminal_conversation
from config.quotas import Quota
from config.settings import Settings
from routing.backends.stores import Stores, forgetful_stores, open_stores
from routing.embedding import embed_nothing
from routing.learning import Learning
from routing.router import Router
from tests.builders import a_card, an_origin
from tests.fakes.ports import DictCache, ScriptedCompleter, spending

_TYPED: Final = "place 49"


@dataclass(frozen=True, slots=True)
class Found:
    """What was measured.

    Attributes:
        suggested: How much was offered at last.
        median_s: Of all times something was typed.
        slowest_s: Of all times something was typed.
    """

    suggested: int
    median_s: float
    slowest_s: float


async def measure(channels: int, *, set_here: int, rounds: int, is_forgetful: bool) -> Found:
    """Type into a command in a server of so many channels with a limit each.

    Args:
        channels: How many.
        set_here: How many of them have their limit from a command.
        rounds: How often the same is typed.
        is_forgetful: Whether the store is one in this process.
    """
    async with _a_handler(channels, set_here, is_forgetful=is_forgetful) as handler:
        took_s, suggested = list[float](), 0
        for _ in range(rounds):
            for chars in range(len(_TYPED) + 1):
                before_s = time.perf_counter()
                found = await handler.suggest(_message(), "limit", _TYPED[:chars])
                took_s.append(time.perf_counter() - before_s)
                suggested = len(found)
    return Found(suggested, statistics.median(took_s), max(took_s))


def _message() -> Message:
    origin = an_origin(platform="discord", tenant="guild")
    here, now = terminal_conversation(origin), datetime.now(UTC)
    return Message("1", origin, here, "/quota remove", now, is_admin=True)


@asynccontextmanager
async def _a_handler(channels: int, set_here: int, *, is_forgetful: bool) -> AsyncIterator[Handler]:
    limits = [_limit(channel) for channel in range(channels)]
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings.model_validate(
            {
                "models": [a_card()],
                "state_dir": Path(folder),
                "quotas": {"limits": limits[set_here:]},
            }
        )
        opening = forgetful_stores(settings) if is_forgetful else open_stores(settings)
        async with opening as stores:
            for limit in limits[:set_here]:
                await stores.limits.set(Quota.model_validate(limit), "discord:1")
            yield Handler(_services(settings, stores), COMMANDS)


def _limit(channel: int) -> dict[str, object]:
    return {"of": "place", "ids": [str(channel)], "tenant": "guild", "usd": 1, "per": "day"}


def _services(settings: Settings, stores: Stores) -> Services:
    router = Router(
        settings,
        completer=ScriptedCompleter({}),
        spending=spending(stores.ledger),
        cache=DictCache(),
    )
    return services_over(
        settings, stores, router, Learning(settings, stores.votes, embed_nothing), Directory()
    )


def main() -> None:
    """Read the arguments, measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--channels", type=int, default=5000)
    parser.add_argument("--set-here", type=int, default=50)
    asked = parser.parse_args()
    found = asyncio.run(
        measure(asked.channels, set_here=asked.set_here, rounds=20, is_forgetful=False)
    )
    median_ms, slowest_ms = found.median_s * 1000, found.slowest_s * 1000
    print(f"median {median_ms:.1f} ms, slowest {slowest_ms:.1f} ms")


if __name__ == "__main__":
    main()
