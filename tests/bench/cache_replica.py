"""One of several bots that are asked the same at once: started by `tests.bench.cache_stampede`.

It says `{"ready": …}`; each line it is given is a question, which as many people ask it at once as
told. It says when text comes, what came of each, and `{"done": …}` when all are answered.
"""

import argparse
import asyncio
import json
import sys
from contextlib import aclosing

from config.settings import Settings, StoreSettings, TimeoutSettings
from routing.backends.keys import Keys
from routing.backends.litellm import LiteLLMCompleter
from routing.backends.redis_cache import RedisCache
from routing.backends.store_address import parse_store_address
from routing.backends.stores import named_stores
from routing.query import Origin
from routing.reply import Finished, TextDelta
from routing.router import Router
from tests.builders import a_card, a_query, an_origin
from tests.fakes.ports import spending
from tests.routing.backends.conftest import connection_to


def asker(person: str) -> Origin:
    """Return one of those who ask, all in the same channel."""
    return an_origin(place="general", private=False, person=person)


def say(**told: object) -> None:
    """Tell the bench something."""
    print(json.dumps(told), flush=True)


async def ask(router: Router, question: str, person: str) -> None:
    """Ask once, and say when text comes and what came of it in the end."""
    text, query = "", a_query(question, origin=asker(person), wanted="llama")
    async with aclosing(router.answer(query)) as events:
        async for event in events:
            match event:
                case TextDelta(more):
                    if not text:
                        say(began=person)
                    text += more
                case Finished():
                    say(text=text, person=person)
                case _:
                    pass


async def main() -> None:
    """Be a replica until there are no more questions."""
    parser = argparse.ArgumentParser()
    parser.add_argument("name")
    parser.add_argument("store_url")
    parser.add_argument("provider_url")
    parser.add_argument("--askers", type=int)
    parser.add_argument("--turn-s", type=float)
    given = parser.parse_args()
    cards = [a_card(name, api_base=given.provider_url) for name in ("llama", "warm")]
    settings = Settings(models=tuple(cards), store=StoreSettings(timeout_s=2.0))
    async with (
        named_stores(settings, parse_store_address(given.store_url)) as stores,
        connection_to(given.store_url) as connection,
        aclosing(LiteLLMCompleter(TimeoutSettings())) as completer,
    ):
        cache = RedisCache(connection, Keys(settings.store.hash_tag), turn_s=given.turn_s)
        router = Router(
            settings, completer=completer, spending=spending(stores.ledger), cache=cache
        )
        # LiteLLM's first call takes seconds in which nothing else is done; nobody shares this one.
        async for _ in router.answer(a_query("What is my name?", wanted="warm")):
            pass
        say(ready=given.name)
        while question := (await asyncio.to_thread(sys.stdin.readline)).strip():
            async with asyncio.TaskGroup() as group:
                for number in range(given.askers):
                    group.create_task(ask(router, question, f"{given.name}-{number}: {question}"))
            say(done=question)


if __name__ == "__main__":
    asyncio.run(main())
