import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import discord
import pytest

from bot.platforms.discord import create_bot
from bot.platforms.discord.errors import DiscordRefuses
from config.references import Secret
from config.settings import Settings
from routing.backends.embedded_store import embedded_store
from routing.backends.keys import Keys
from routing.backends.redis_versions import RedisVersions
from routing.backends.schema import SCHEMA
from routing.errors import StoreNotUnderstood
from routing.versions import Speaks
from tests.bot.platforms.discord.program import Program
from tests.bot.platforms.running import MODEL, WHOLE
from tests.fakes.discord import Channel, Held, User
from tests.fakes.provider import Answer
from tests.routing.backends.conftest import connection_to, valkey


def test_importing_the_package_imports_no_library() -> None:
    code = "import bot.platforms.discord, sys; sys.exit('discord' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=60).returncode == 0


@pytest.mark.parametrize("has_intent", [False, True], ids=["without intent", "with intent"])
def test_the_bot_is_built_but_not_started(*, has_intent: bool) -> None:
    bot = create_bot(Settings.model_validate({"discord": {"message_content": has_intent}}))

    assert isinstance(bot, discord.Client)
    assert bot.user is None
    assert not bot.is_ready()
    assert bot.intents.message_content is has_intent
    assert not bot.intents.members
    assert not bot.intents.presences


def test_nothing_it_says_pings_unless_it_is_told_so() -> None:
    allowed = create_bot(Settings()).allowed_mentions

    assert allowed is not None
    assert dict(allowed.to_dict()) == {"parse": []}


class TestStarted:
    """The bot, started by discord.py's own means at the fake."""

    @pytest.mark.parametrize("has_token", [True, False], ids=["token set", "token given"])
    async def test_a_mention_is_answered_whole(
        self, program: Program, ada: User, channel: Channel, *, has_token: bool
    ) -> None:
        program.provider.script(MODEL, Answer(WHOLE))
        async with started(program, program.settings(has_token=has_token)):
            await program.fake.say(ada, channel, "6 x 7?", mention_bot=True)
            await program.answered()

        assert len(program.shown) == 1

    async def test_a_direct_message_and_a_command_are_answered(
        self, program: Program, ada: User, channel: Channel
    ) -> None:
        program.provider.script(MODEL, Answer(WHOLE))
        async with started(program, program.settings()):
            dm = program.fake.add_dm(ada)
            await program.fake.say(ada, dm, "6 x 7?")
            await program.answered(in_channel=dm)
            asked = await program.fake.slash(ada, channel, "help")
            await program.fake.until(lambda: asked.original and "Ask" in asked.original.content)

    async def test_closed_in_the_middle_of_an_answer_the_next_one_ends_it_in_the_same_post(
        self, program: Program, ada: User, channel: Channel
    ) -> None:
        program.stall_once()
        async with started(program, program.settings(grace_s=0)):
            await program.fake.say(ada, channel, "6 x 7?", mention_bot=True)
            await program.half_answered()

        async with started(program, program.settings()):
            await program.answered()

        assert len(program.shown) == 1

    async def test_closed_it_lets_an_answer_end_that_needs_no_more_than_the_grace(
        self, program: Program, ada: User, channel: Channel
    ) -> None:
        more = asyncio.Event()
        program.provider.script(MODEL, Answer(WHOLE, chunks=2, hold=more, hold_after=1))
        async with started(program, program.settings(grace_s=60)) as bot:
            await program.fake.say(ada, channel, "6 x 7?", mention_bot=True)
            await program.half_answered()
            closing = asyncio.create_task(bot.close())
            await program.fake.until(lambda: not program.fake.gateway.is_connected)
            more.set()
            await closing

        await program.answered()

    async def test_a_wrong_token_leaves_nothing_open(self, program: Program) -> None:
        bot = create_bot(program.settings(has_token=False))
        before = asyncio.all_tasks()

        with pytest.raises(discord.LoginFailure):
            await bot.start("wrong")

        assert bot.is_closed()
        assert asyncio.all_tasks() == before
        assert not list(program.folder.rglob("store"))

    async def test_a_wrong_token_in_the_settings_leaves_nothing_open(
        self, program: Program
    ) -> None:
        settings = program.settings()
        wrong = settings.discord.model_copy(update={"token": Secret("env:DISCORD_TOKEN", "wrong")})
        bot = create_bot(settings.model_copy(update={"discord": wrong}))
        before = asyncio.all_tasks()

        with pytest.raises(DiscordRefuses, match="DISCORD_TOKEN"):
            await bot.start(program.fake.token)

        assert bot.is_closed()
        assert asyncio.all_tasks() == before

    async def test_what_is_too_old_for_the_store_does_not_start_and_leaves_nothing_open(
        self, program: Program
    ) -> None:
        settings = program.settings()
        newer = Speaks("9.0", SCHEMA, SCHEMA + 1)
        async with (
            embedded_store(valkey(), settings.state_dir) as url,
            connection_to(url) as connection,
        ):
            await RedisVersions(connection, Keys(settings.store.hash_tag), newer).attend()
        bot = create_bot(settings)
        before = asyncio.all_tasks()

        with pytest.raises(StoreNotUnderstood, match=f"schema {SCHEMA + 1}"):
            await bot.start(program.fake.token)

        assert bot.is_closed()
        assert asyncio.all_tasks() == before

    async def test_login_cut_short_leaves_nothing_open(self, program: Program) -> None:
        stuck = asyncio.Event()
        program.fake.faults.next("GET", "^/applications/@me", Held(stuck))
        bot = create_bot(program.settings())
        before = asyncio.all_tasks()

        with pytest.raises(TimeoutError):
            await asyncio.wait_for(bot.login(program.fake.token), 1.0)

        stuck.set()  # for the fake
        assert bot.is_closed()
        await program.fake.until(lambda: asyncio.all_tasks() <= before)

    async def test_run_works_once_and_again(
        self, program: Program, ada: User, channel: Channel
    ) -> None:
        program.provider.script(MODEL, Answer(WHOLE))
        for number in (1, 2):
            bot = create_bot(program.settings())
            running = asyncio.create_task(
                asyncio.to_thread(bot.run, program.fake.token, log_handler=None)
            )
            await program.connected()
            question = await program.fake.say(ada, channel, f"{number} x 42?", mention_bot=True)
            await program.answer_to(question)
            asyncio.run_coroutine_threadsafe(bot.close(), bot.loop)
            await asyncio.wait_for(running, 20)


@asynccontextmanager
async def started(program: Program, settings: Settings) -> AsyncIterator[discord.Client]:
    """Run a bot; it listens when the block begins, and all of it has ended after it."""
    before = asyncio.all_tasks()
    async with create_bot(settings) as bot:
        running = asyncio.create_task(bot.start(program.fake.token))
        await program.connected()
        yield bot
    await running
    await program.fake.until(lambda: asyncio.all_tasks() <= before)
