from collections.abc import Iterator

import pytest
from discord.asset import Asset
from discord.gateway import DiscordWebSocket
from discord.http import Route

from bot.platforms.discord.addresses import api_address, point_at
from config.chats import DiscordSettings


@pytest.fixture(autouse=True)
def _discord_itself_again() -> Iterator[None]:
    yield
    point_at(DiscordSettings())


def test_all_of_discord_can_be_somewhere_else() -> None:
    point_at(
        DiscordSettings.model_validate(
            {
                "api_url": "http://127.0.0.1:1/api/v10/",
                "gateway_url": "ws://127.0.0.1:2/",
                "cdn_url": "http://127.0.0.1:3",
            }
        )
    )

    assert Route("GET", "/users/@me").url == "http://127.0.0.1:1/api/v10/users/@me"
    assert str(DiscordWebSocket.DEFAULT_GATEWAY) == "ws://127.0.0.1:2/"
    assert Asset.BASE == "http://127.0.0.1:3"


def test_without_settings_it_is_discord_itself() -> None:
    point_at(DiscordSettings())

    assert api_address(DiscordSettings()) == Route.BASE == "https://discord.com/api/v10"
    assert str(DiscordWebSocket.DEFAULT_GATEWAY) == "wss://gateway.discord.gg/"
    assert Asset.BASE == "https://cdn.discordapp.com"
