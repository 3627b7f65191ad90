"""`pointsman run` on a chat service that hears one command.

`python -m tests.fakes.running_program FOLDER PORT`; health and numbers are told at the port.
"""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

from bot.app import App
from bot.log import log_to_stderr
from bot.platforms.port import Message
from bot.platforms.service import ChatService
from bot.running import Opener, run
from bot.station import Listening
from config.chats import DiscordSettings
from config.observing import ObserveSettings
from config.references import Secret
from config.settings import Settings
from routing.ports import Conversation
from tests.builders import a_card, an_origin
from tests.fakes.service import ListService
from tests.fakes.surface import Wall

QUESTION = Message(
    message_id="1",
    origin=an_origin(platform="discord", tenant="guild", place="general"),
    conversation=Conversation("discord", "guild", "general", thread="r1"),
    text="/help",
    at=datetime.now(UTC),
)


class PrintedWall(Wall):
    """Says on stdout what is to be seen."""

    def write(self, post_id: str | None, nonce: str, text: str) -> str:
        sys.stdout.write(f"{text.splitlines()[0]}\n")
        sys.stdout.flush()
        return super().write(post_id, nonce, text)


@asynccontextmanager
async def opened(_settings: Settings, _app: App) -> AsyncIterator[ChatService]:
    """Open the service."""
    yield ListService(PrintedWall(), QUESTION)


def main(folder: Path, port: int) -> int:
    """Run until told to end."""
    token = Secret("env:TOKEN", "token")
    discord = DiscordSettings().model_copy(update={"token": token})
    settings = Settings(
        state_dir=folder,
        discord=discord,
        observe=ObserveSettings(port=port),
        models=(a_card(),),
    )
    log_to_stderr(settings.log)
    opener = Opener(is_wanted=lambda _chosen: True, open=opened)
    return asyncio.run(run(settings, Listening(), (opener,)))


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), int(sys.argv[2])))
