import subprocess
import sys

import discord
import pytest

from bot.platforms.discord import create_bot
from config.settings import Settings


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
