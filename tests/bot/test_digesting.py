"""Digests are asked for when due, and posted once, whoever asks and however often."""

from datetime import timedelta

import pytest

from bot.commands.everything import COMMANDS
from bot.commands.finding import find
from bot.digesting import COMMAND, Digesting, digest_message
from bot.draft import Draft
from bot.message_lines import message_from_line, message_to_line
from bot.platforms.discord.rest import open_rest
from bot.platforms.discord.surface import DiscordSurface
from bot.platforms.port import NamedFile, Notice
from config.chats import DiscordSettings
from config.references import Resolved
from routing.digests import Digest, to_line
from routing.errors import StoreUnavailable
from routing.orders import ALL, Order, Realm, Subject
from tests.bot.office import Office, ScriptedAnswers, an_office
from tests.bot.platforms.discord.posted import ListPosts
from tests.bot.platforms.slack.indoors import Stage
from tests.fakes.discord import FakeDiscord
from tests.fakes.orders import DictOrders
from tests.fakes.surface import as_it_is
from tests.fakes.told_time import START
from tests.fakes.virtual_time import in_virtual_time

REALM = Realm("discord", "guild")
DUE_AT = START + timedelta(hours=1)
DIGEST = Digest("general", DUE_AT.weekday(), DUE_AT.hour, "UTC", "eve", START)
USED = Notice("Used: **much**.", files=(NamedFile("usage.png", b"\x89PNG", "image/png", "bars"),))


async def ordered(*realms: Realm) -> DictOrders:
    """Return orders to post a digest."""
    orders = DictOrders()
    for realm in realms:
        await orders.give(realm, Order(Subject.DIGEST, ALL, to_line(DIGEST)), "discord:eve")
    return orders


def looking(office: Office, orders: DictOrders) -> Digesting:
    """Return what looks for digests in one more process."""
    return Digesting(orders, office.an_inbox(office.client), {"discord"}, office.time.clock())


async def test_of_several_processes_that_look_all_day_one_has_it_posted_once() -> None:
    orders = await ordered(REALM)
    async with an_office() as office:
        processes = [looking(office, orders) for _ in range(3)]
        await office.time.pass_by(3600)
        for each in processes:
            await each.ask_for_due()
        worker = office.start(ScriptedAnswers(USED))
        await office.time.until(lambda: bool(office.shown) and worker.running == 0)
        await office.kill(worker)

        for _ in range(26):
            await office.time.pass_by(3600)
            for each in processes:
                await each.ask_for_due()

        assert await office.inbox.waiting() == 0
        (shown,) = office.shown
        assert shown.startswith("Used: **much**.")


async def test_only_what_is_due_here_is_asked_for() -> None:
    orders = await ordered(REALM, Realm("slack", "T1"))
    async with an_office() as office:
        await looking(office, orders).ask_for_due()
        assert await office.inbox.waiting() == 0

        await office.time.pass_by(3600)
        await looking(office, orders).ask_for_due()
        (claim,) = await office.inbox.claim("worker", 8)

    message = message_from_line(claim.content)
    assert message == digest_message(REALM, DIGEST, DUE_AT)
    assert (message.text, message.origin.place, message.is_admin) == (COMMAND, "general", True)


async def test_with_the_store_away_it_is_left_for_later() -> None:
    orders = await ordered(REALM)
    orders.is_away = True
    async with an_office() as office:
        with pytest.raises(StoreUnavailable):
            await looking(office, orders).ask_for_due()


def test_what_is_asked_for_is_a_command() -> None:
    by_name = {each.name: each for each in COMMANDS.commands}

    found = find(COMMAND, by_name)
    assert found is not None
    assert found.command.run is not None


async def test_on_discord_it_stands_in_the_channel_with_its_picture() -> None:
    async with FakeDiscord() as fake:
        channel = fake.add_guild().add_channel()
        token = Resolved(fake.token, "env:DISCORD_TOKEN")
        given = {"token": token, "api_url": fake.api_url}
        settings = DiscordSettings.model_validate(given)
        message = digest_message(REALM, _in(str(channel.id)), DUE_AT)
        message = message_from_line(message_to_line(message))
        async with open_rest(settings) as rest:
            surface = DiscordSurface(rest, settings, as_it_is)
            draft = Draft()
            draft.take(USED)
            reply = surface.reply(message, ListPosts())
            await reply.begin("…")
            await reply.run(draft)

        (post,) = channel.messages.values()
        assert post.content == "Used: **much**."
        assert [each.upload.name for each in post.attachments] == ["usage.png"]
        assert fake.violations == []


@in_virtual_time
async def test_on_slack_it_stands_in_the_channel_with_its_picture() -> None:
    stage = Stage()
    stage.world.host_url = "https://slack.com"
    digest = _in(stage.channel.id)
    message = digest_message(Realm("slack", stage.team.id), digest, DUE_AT)
    draft = Draft()
    draft.take(USED)

    reply = stage.surface.reply(message, ListPosts())
    await reply.begin("…")
    await reply.run(draft)

    ours = [each for each in stage.channel.messages.values() if each.user is stage.team.bot]
    assert any("much" in each.shown for each in ours)
    assert [file.upload.name for each in ours for file in each.files] == ["usage.png"]
    assert stage.world.violations == []


def _in(place: str) -> Digest:
    return Digest(place, DIGEST.weekday, DIGEST.hour, "UTC", "eve", START)
