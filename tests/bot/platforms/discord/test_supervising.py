from typing import Any
from unittest.mock import Mock

import discord
import pytest

from bot.platforms.discord.errors import DiscordRefuses
from bot.platforms.discord.supervising import refusal
from config.references import Secret


def closed(code: int) -> discord.ConnectionClosed:
    """Build what discord.py raises when Discord closes with a code; the socket is not looked at."""
    return discord.ConnectionClosed(Mock(close_code=code), shard_id=0, code=code)


@pytest.mark.parametrize(
    ("error", "way_out"),
    [
        pytest.param(closed(4004), "set DISCORD_TOKEN", id="4004"),
        pytest.param(discord.LoginFailure("x"), "set DISCORD_TOKEN", id="401 at login"),
        pytest.param(closed(4010), "--shards", id="4010"),
        pytest.param(closed(4011), "--shards", id="4011"),
        pytest.param(closed(4012), "newer Pointsman", id="4012"),
        pytest.param(closed(4013), "newer Pointsman", id="4013"),
        pytest.param(closed(4014), "MESSAGE CONTENT INTENT", id="4014"),
        pytest.param(
            discord.PrivilegedIntentsRequired(0), "discord.message_content: false", id="4014 told"
        ),
    ],
)
def test_what_waiting_cannot_mend_ends_the_bot_with_the_way_out(
    error: Exception, way_out: str
) -> None:
    refused = refusal(error)

    assert isinstance(refused, DiscordRefuses)
    assert way_out in str(refused)


@pytest.mark.parametrize("error", [closed(4004), discord.LoginFailure("x")], ids=["4004", "401"])
def test_a_refused_token_is_to_be_put_where_it_was_taken_from(error: Exception) -> None:
    refused = refusal(error, Secret("file:secrets/discord_token", "wrong"))

    assert str(refused).endswith("and write it into secrets/discord_token.")


@pytest.mark.parametrize("error", [closed(1000), closed(4000), OSError(), ValueError()], ids=repr)
def test_anything_else_may_pass(error: Any) -> None:
    assert refusal(error) is None
