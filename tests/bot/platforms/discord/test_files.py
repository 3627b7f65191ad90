"""Files whose address has expired, at the fake Discord."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.app import App, open_app
from bot.platforms.discord.reading import attachments_in
from bot.platforms.opening import open_discord_for
from bot.reading.outcomes import Read, ReadText, Unread
from config.settings import Settings
from routing.query import Attachment
from tests.bot.platforms.discord.ear import settings_for
from tests.fakes.discord import Channel, FakeDiscord, Message, Upload, User
from tests.fakes.discord.payloads import attachment_json
from tests.fakes.discord.posts import remove

NAME = "tea.txt"


@pytest.fixture
def settings(fake: FakeDiscord, tmp_path: Path) -> Settings:
    return settings_for(fake, tmp_path)


@pytest.fixture
async def app(settings: Settings) -> AsyncIterator[App]:
    async with open_app(settings) as opened, open_discord_for(settings, opened):
        yield opened


@pytest.fixture
async def post(fake: FakeDiscord, ada: User, channel: Channel) -> Message:
    fake.world.sees_content = True
    upload = Upload(NAME, b"It is green.", "text/plain")
    return await fake.say(ada, channel, "see", attachments=[upload])


def expired(fake: FakeDiscord, post: Message) -> Attachment:
    """Return the file of a post as it was told a day ago."""
    (file,) = (attachment_json(each, fake.world) for each in post.attachments)
    (attachment,) = attachments_in([file], str(post.channel.id), str(post.id))
    return replace(attachment, url=attachment.url.replace("ex=", "ex=0", 1))


async def test_its_file_is_fetched_from_where_it_is_now(
    fake: FakeDiscord, app: App, post: Message
) -> None:
    read = await app.reader.read([expired(fake, post)], "discord")

    assert read == Read(texts=(ReadText(NAME, "It is green."),))


@pytest.mark.parametrize("is_deleted", [True, False], ids=["deleted", "of a command"])
async def test_what_cannot_be_found_again_is_no_longer_there(
    fake: FakeDiscord, app: App, post: Message, *, is_deleted: bool
) -> None:
    file = expired(fake, post)
    if is_deleted:
        remove(fake.world, post)

    read = await app.reader.read([file if is_deleted else replace(file, reference="")], "discord")

    assert read == Read(unread=(Unread(NAME, "it is no longer there"),))
