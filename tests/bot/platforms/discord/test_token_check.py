from pathlib import Path
from typing import Any

import pytest

from bot.platforms.discord.invitation import application_of, invitation, lacking
from bot.platforms.discord.token_check import check_discord
from config.references import Resolved
from tests.bot.platforms.discord.ear import settings_for
from tests.fakes.discord import FakeDiscord, Status
from tests.fakes.discord.permissions import Permission
from tests.pages import text_of


async def checked(fake: FakeDiscord, folder: Path, **settings: Any) -> list[tuple[str, str]]:
    found = await check_discord(settings_for(fake, folder, **settings).discord, timeout_s=5)
    return [(mark, text) for mark, text in found]


async def test_a_good_token_is_told_with_what_the_bot_cannot_see(tmp_path: Path) -> None:
    async with FakeDiscord() as fake:
        fake.add_guild()
        (good, blind) = await checked(fake, tmp_path)

    assert good[0] == "ok"
    assert blind[0] == "note"
    assert "message content intent" in blind[1]


@pytest.mark.parametrize(
    ("is_switched_on", "marks"),
    [pytest.param(True, ["ok"], id="on"), pytest.param(False, ["ok", "problem"], id="off")],
)
async def test_an_intent_that_is_asked_for_must_be_switched_on(
    tmp_path: Path, marks: list[str], *, is_switched_on: bool
) -> None:
    async with FakeDiscord(message_content=is_switched_on) as fake:
        fake.add_guild()
        found = await checked(fake, tmp_path, message_content=True)

    assert [mark for mark, _ in found] == marks


@pytest.mark.parametrize(
    ("reference", "way_out"),
    [
        ("env:DISCORD_TOKEN", "set DISCORD_TOKEN to it"),
        ("file:secrets/discord_token", "write it into secrets/discord_token"),
    ],
)
@pytest.mark.parametrize("written", ["wrong", "two\nlines", "t\u00f6ken"])
async def test_a_wrong_token_is_told_with_the_way_out(
    tmp_path: Path, written: str, reference: str, way_out: str
) -> None:
    async with FakeDiscord() as fake:
        wrong = Resolved(written, reference)
        ((mark, text),) = await checked(fake, tmp_path, token=wrong)

    assert mark == "problem"
    assert way_out in text


async def test_discord_may_fail_itself(tmp_path: Path) -> None:
    async with FakeDiscord() as fake:
        fake.faults.next("GET", "/applications/@me", Status(503))
        ((mark, text),) = await checked(fake, tmp_path)

    assert (mark, "503" in text) == ("problem", True)


async def test_or_not_be_there(tmp_path: Path) -> None:
    async with FakeDiscord() as fake:
        settings = settings_for(fake, tmp_path)

    ((mark, text),) = await check_discord(settings.discord, timeout_s=5)

    assert (mark, "cannot be reached" in text) == ("problem", True)


async def test_a_bot_in_no_server_is_told_how_to_get_into_one(tmp_path: Path) -> None:
    async with FakeDiscord() as fake:
        found = await checked(fake, tmp_path)
        link = invitation(application_of(fake.token))

    assert found[-1] == ("note", f"the bot is in no server yet: open {link}")


async def test_permissions_that_a_server_does_not_give_are_named(tmp_path: Path) -> None:
    async with FakeDiscord() as fake:
        guild = fake.add_guild()
        guild.everyone.permissions &= ~(Permission.ATTACH_FILES | Permission.EMBED_LINKS)
        for role in guild.members[fake.bot.id].roles:
            role.permissions = Permission(0)
        mark, text = (await checked(fake, tmp_path))[-1]

    assert mark == "warning"
    assert f"in {guild.name} the bot lacks Embed Links, Attach Files: give them" in text


async def test_of_many_such_servers_a_few_are_named_and_the_rest_counted(tmp_path: Path) -> None:
    async with FakeDiscord() as fake:
        for _ in range(7):
            guild = fake.add_guild()
            guild.everyone.permissions = Permission(0)
            for role in guild.members[fake.bot.id].roles:
                role.permissions = Permission(0)
        told = [text for mark, text in await checked(fake, tmp_path) if mark == "warning"]

    assert (len(told), told[-1]) == (6, "in 2 more servers the bot lacks something")


def test_the_invitation_asks_for_what_the_guide_says_and_no_more() -> None:
    link = invitation("ID")

    assert link in text_of("discord.md")
    assert int(link.rpartition("=")[2]) == 309237763072
    assert lacking(309237763072) == []
    assert lacking(1 << 3) == []
    assert "Send Messages" in lacking(309237763072 & ~(1 << 11))


@pytest.mark.parametrize("token", ["", "a.b.c", "MTIz", "MTIz.x", "\u00f6.b.c", "YWJj.b.c"])
def test_a_text_that_is_no_token_tells_no_application(token: str) -> None:
    assert application_of(token) == ""
    assert application_of("MTIz.b.c") == "123"
