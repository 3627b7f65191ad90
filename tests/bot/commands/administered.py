"""A bot of two replicas over one store, run by admins from the chat."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

from bot.app import services_over
from bot.commands.everything import COMMANDS
from bot.commands.registry import Registry
from bot.directory import Directory
from bot.handler import Handler
from bot.platforms.port import Message, Notice
from config.rules import Rule
from config.settings import Settings
from routing.backends.stores import Stores, forgetful_stores
from routing.embedding import Embed, embed_nothing
from routing.learning import Learning
from routing.measuring import Measuring
from routing.ports import Conversation
from routing.router import Router
from routing.stop import Stop
from tests.builders import a_card, an_origin
from tests.fakes.ports import ScriptedCompleter, Step, spending

LLAMA = a_card("llama", licence="Llama 3.3", quality={"general": 0.7})
GPT = a_card("gpt", weights="closed", input_price=2, output_price=10, quality={"general": 0.9})


def a_rule(**given: Any) -> Rule:
    """Build a rule as the file has it."""
    return Rule.model_validate(given)


OFF_LIMITS = a_rule(name="gpt never", when={"places": ["C0000001"]}, deny={"names": ["gpt"]})


class Replica:
    """One process of the bot; each question is the first of its own conversation."""

    def __init__(
        self,
        settings: Settings,
        stores: Stores,
        script: list[Step] | str = "42",
        commands: Registry = COMMANDS,
        gpt: list[Step] | str = "",
        embed: Embed = embed_nothing,
    ) -> None:
        self.completer = ScriptedCompleter({"llama": script, "gpt": gpt or script})
        budgets = spending(stores.ledger)
        router = Router(
            settings,
            completer=self.completer,
            spending=budgets,
            cache=stores.cache,
            measuring=Measuring(stores.lengths),
        )
        services = services_over(
            settings, stores, router, Learning(settings, stores.votes, embed), Directory()
        )
        self.directory = services.directory
        self.handler = Handler(services, commands)
        self.orders = stores.orders
        self._said = 0

    @property
    def now(self) -> datetime:
        """Return what time it is."""
        return datetime.now(UTC)

    async def say(self, text: str, stop: Stop | None = None, **given: Any) -> list[Any]:
        """Say something in channel C0000001 of a server, unless told otherwise."""
        self._said += 1
        is_admin = given.pop("is_admin", False)
        there = {"platform": "discord", "tenant": "1", "place": "C0000001", "private": False}
        number = f"{id(self)} {self._said}"
        at = given.pop("at", self.now)
        topic = given.pop("topic", number)
        is_own = given.pop("own", False)
        handle = given.pop("handle", {"is_ephemeral": "1"})  # as behind a slash
        origin = an_origin(**(there | given))
        message = Message(
            message_id=number,
            origin=origin,
            conversation=Conversation(
                origin.platform,
                origin.tenant,
                origin.place,
                topic,
                person=origin.person if is_own else "",
            ),
            text=text,
            at=at,
            is_admin=is_admin,
            handle=handle,
        )
        return [event async for event in self.handler.answer(message, stop or Stop())]

    async def told(self, text: str, **given: Any) -> str:
        """Say something; return the one notice it gets."""
        (notice,) = await self.say(text, **given)
        assert isinstance(notice, Notice)
        return notice.markdown

    async def ordered(self, text: str, **given: Any) -> str:
        """Give a command as an admin; return what it says."""
        return await self.told(text, is_admin=True, **given)

    async def told_operator(self, text: str) -> str:
        """Give a command in the terminal; return what it says."""
        return await self.ordered(text, platform="terminal", tenant="local", place="terminal")


@asynccontextmanager
async def two_replicas(
    *rules: Rule, script: list[Step] | str = "42", commands: Registry = COMMANDS
) -> AsyncGenerator[tuple[Replica, Replica]]:
    """Open two processes over one store."""
    settings = Settings(models=(LLAMA, GPT), rules=rules)
    async with forgetful_stores(settings) as stores:
        first, second = (Replica(settings, stores, script, commands) for _ in range(2))
        yield first, second
