"""How the fake Discord takes answers to commands, menus, buttons and modals."""

from collections.abc import AsyncIterator
from typing import Any

import discord
import pytest
from discord import app_commands

from tests.fakes.discord import Channel, FakeDiscord, Permission, Upload
from tests.fakes.discord.interactions import NotOffered
from tests.fakes.discord_bot import Bot, a_connected_bot, raw
from tests.fakes.ports import ToldClock


@pytest.fixture
def told() -> ToldClock:
    return ToldClock()


@pytest.fixture
async def fake(told: ToldClock) -> AsyncIterator[FakeDiscord]:
    async with FakeDiscord(told.clock()) as fake:
        fake.rest.judges_answers = True
        yield fake
    assert not [each for each in fake.violations if each.what == "the fake is wrong"]


@pytest.fixture
async def bot(fake: FakeDiscord, channel: Channel) -> AsyncIterator[Bot]:
    """A bot with commands that answer nothing by themselves: each test does."""
    assert channel.guild
    async with a_connected_bot(fake) as bot:
        add_commands(bot.tree)
        await bot.tree.sync()
        yield bot


def add_commands(tree: app_commands.CommandTree) -> None:
    @tree.command(description="ask something")
    @app_commands.allowed_installs(guilds=True, users=True)
    @app_commands.allowed_contexts(guilds=True, dms=True, private_channels=True)
    async def ask(
        interaction: discord.Interaction, question: str, file: discord.Attachment | None = None
    ) -> None:
        interaction.extras["asked"] = (question, file.filename if file else None)

    @ask.autocomplete("question")
    async def complete(_: discord.Interaction, current: str) -> list[app_commands.Choice[str]]:
        return [app_commands.Choice(name=current + "?", value=current + "?")]

    @tree.context_menu(name="Ask about this")
    async def about(interaction: discord.Interaction, message: discord.Message) -> None:
        interaction.extras["about"] = message.content

    quota = app_commands.Group(
        name="quota",
        description="budgets",
        default_permissions=discord.Permissions(manage_guild=True),
        guild_only=True,
    )

    @quota.command(name="set", description="set a budget")
    async def set_quota(interaction: discord.Interaction, amount: int) -> None:
        interaction.extras["amount"] = amount

    tree.add_command(quota)


async def test_a_command_is_answered_with_a_message(
    fake: FakeDiscord, bot: Bot, channel: Channel
) -> None:
    ada = fake.add_user("ada")

    asked = await fake.slash(ada, channel, "ask", {"question": "6 x 7?"})
    interaction = await bot.be_asked()
    await interaction.response.send_message("42")

    assert interaction.user.name == "ada"
    assert asked.original
    assert (asked.original.content, asked.original.kind) == ("42", 20)
    assert [each.content for each in fake.messages(channel)] == ["42"]
    assert fake.violations == []


async def test_options_files_and_sub_commands_arrive(
    fake: FakeDiscord, bot: Bot, channel: Channel
) -> None:
    ada = fake.add_user("ada")
    assert channel.guild
    admin = fake.add_user("eve", roles=[channel.guild.add_role("a", Permission.ADMINISTRATOR)])

    options = {"question": "what is it?", "file": Upload("a.txt", b"x", "text/plain")}
    await fake.slash(ada, channel, "ask", options)
    with_file = await bot.be_asked()
    await fake.slash(admin, channel, "quota set", {"amount": 5})
    with_amount = await bot.be_asked()

    assert with_file.extras["asked"] == ("what is it?", "a.txt")
    assert with_amount.extras["amount"] == 5


async def test_what_is_deferred_is_filled_by_the_first_follow_up(
    fake: FakeDiscord, bot: Bot, channel: Channel
) -> None:
    asked = await fake.slash(fake.add_user("ada"), channel, "ask", {"question": "?"})
    interaction = await bot.be_asked()

    await interaction.response.defer(thinking=True)
    assert asked.original
    was_loading = asked.original.is_loading
    await interaction.followup.send("the answer")
    await interaction.followup.send("and more")
    await interaction.edit_original_response(content="the whole answer")

    assert (was_loading, asked.original.is_loading) == (True, False)
    assert [each.content for each in fake.messages(channel)] == ["the whole answer", "and more"]
    assert [each.content for each in asked.follow_ups] == ["and more"]


async def test_an_ephemeral_answer_is_seen_by_one(
    fake: FakeDiscord, bot: Bot, channel: Channel
) -> None:
    ada = fake.add_user("ada")
    await fake.slash(ada, channel, "ask", {"question": "?"})
    interaction = await bot.be_asked()

    await interaction.response.send_message("for you alone", ephemeral=True)
    await interaction.delete_original_response()
    await interaction.followup.send("again", ephemeral=True)

    assert fake.messages(channel) == []
    assert fake.messages(channel, viewer=fake.add_user("bob")) == []
    assert [each.content for each in fake.messages(channel, viewer=ada)] == ["again"]


async def test_an_answer_after_three_seconds_is_too_late(
    fake: FakeDiscord, bot: Bot, channel: Channel, told: ToldClock
) -> None:
    asked = await fake.slash(fake.add_user("ada"), channel, "ask", {"question": "?"})
    interaction = await bot.be_asked()
    told.advance(3.1)

    with pytest.raises(discord.NotFound) as refusal:
        await interaction.response.defer()

    assert refusal.value.code == 10062
    assert asked.acknowledged_at is None


async def test_a_second_acknowledgement_is_refused(
    fake: FakeDiscord, bot: Bot, channel: Channel
) -> None:
    asked = await fake.slash(fake.add_user("ada"), channel, "ask", {"question": "?"})
    interaction = await bot.be_asked()
    await interaction.response.defer()

    path = f"/interactions/{asked.id}/{asked.token}/callback"
    status, answer = await raw(bot, "POST", path, {"type": 5})

    assert (status, answer["code"]) == (400, 40060)


async def test_a_token_is_good_for_fifteen_minutes(
    fake: FakeDiscord, bot: Bot, channel: Channel, told: ToldClock
) -> None:
    await fake.slash(fake.add_user("ada"), channel, "ask", {"question": "?"})
    interaction = await bot.be_asked()
    await interaction.response.defer(thinking=True)
    told.advance(15 * 60)
    await interaction.edit_original_response(content="just in time")
    told.advance(1)

    with pytest.raises(discord.HTTPException) as refusal:
        await interaction.edit_original_response(content="too late")

    assert (refusal.value.status, refusal.value.code) == (401, 50027)


async def test_before_it_is_acknowledged_nothing_follows(
    fake: FakeDiscord, bot: Bot, channel: Channel
) -> None:
    await fake.slash(fake.add_user("ada"), channel, "ask", {"question": "?"})
    interaction = await bot.be_asked()

    with pytest.raises(discord.NotFound) as refusal:
        await interaction.followup.send("early")

    assert refusal.value.code == 10015


async def test_an_answer_is_checked_like_any_message(
    fake: FakeDiscord, bot: Bot, channel: Channel
) -> None:
    await fake.slash(fake.add_user("ada"), channel, "ask", {"question": "?"})
    interaction = await bot.be_asked()

    with pytest.raises(discord.HTTPException) as refusal:
        await interaction.response.send_message("x" * 2001)

    assert refusal.value.code == 50035


async def test_who_installed_the_bot_for_themselves_gets_five_follow_ups(
    fake: FakeDiscord, bot: Bot
) -> None:
    fake.limits.rates.clear()
    elsewhere = fake.add_guild("elsewhere", has_bot=False).add_channel()
    asked = await fake.slash(fake.add_user("ada"), elsewhere, "ask", {"question": "?"})
    interaction = await bot.be_asked()
    await interaction.response.send_message("0")
    for number in range(5):
        await interaction.followup.send(str(number + 1))

    with pytest.raises(discord.HTTPException) as refusal:
        await interaction.followup.send("6")

    assert interaction.is_user_integration()
    assert len(asked.follow_ups) == 5
    assert refusal.value.code == 40094


async def test_a_group_dm_is_a_private_channel_the_bot_is_not_in(
    fake: FakeDiscord, bot: Bot
) -> None:
    ada, bob = fake.add_user("ada"), fake.add_user("bob")
    group = fake.add_dm(ada, bob, fake.add_user("cy"))

    await fake.slash(ada, group, "ask", {"question": "?"})
    interaction = await bot.be_asked()
    await interaction.response.send_message("hello all")

    assert interaction.context.private_channel
    assert [each.content for each in fake.messages(group)] == ["hello all"]


async def test_a_menu_brings_what_the_message_says(
    fake: FakeDiscord, bot: Bot, channel: Channel
) -> None:
    ada = fake.add_user("ada")
    message = await fake.say(ada, channel, "unseen without the intent")

    await fake.menu(ada, message, "Ask about this")
    interaction = await bot.be_asked()

    await interaction.response.defer(ephemeral=True, thinking=True)
    assert interaction.extras["about"] == "unseen without the intent"


async def test_a_button_can_change_the_message_it_is_on(
    fake: FakeDiscord, bot: Bot, channel: Channel
) -> None:
    ada = fake.add_user("ada")
    view = discord.ui.View(timeout=None)
    view.add_item(discord.ui.Button(label="stop", custom_id="stop"))
    view.add_item(discord.ui.Button(label="gone", custom_id="gone", disabled=True))
    place = bot.get_partial_messageable(channel.id)
    posted = await place.send("running", view=view)
    message = fake.messages(channel)[0]

    pressed = await fake.press(ada, message, "stop")
    interaction = await bot.be_asked()
    await interaction.response.edit_message(content="stopped", view=None)

    assert interaction.message
    assert interaction.message.id == posted.id
    assert pressed.original is message
    assert (message.content, message.components) == ("stopped", [])
    for custom_id in ("stop", "gone", "other"):
        with pytest.raises(NotOffered):
            await fake.press(ada, message, custom_id)


async def test_an_autocompletion_offers_choices(
    fake: FakeDiscord, bot: Bot, channel: Channel
) -> None:
    typed = await fake.autocomplete(fake.add_user("ada"), channel, "ask", {"question": "why"})
    await typed.acknowledged.wait()

    assert typed.choices == [{"name": "why?", "value": "why?"}]
    assert bot.user


async def test_a_modal_is_asked_and_sent_back(
    fake: FakeDiscord, bot: Bot, channel: Channel
) -> None:
    class Reason(discord.ui.Modal, title="Why?"):
        reason: discord.ui.TextInput[Any] = discord.ui.TextInput(label="reason", custom_id="r")

        async def on_submit(self, interaction: discord.Interaction) -> None:
            await interaction.response.send_message(f"because {self.reason.value}")

    asked = await fake.slash(fake.add_user("ada"), channel, "ask", {"question": "?"})
    interaction = await bot.be_asked()
    await interaction.response.send_modal(Reason())

    sent = await fake.submit(asked, {"r": "I say so"})
    await sent.acknowledged.wait()

    assert sent.original
    assert sent.original.content == "because I say so"


async def test_commands_are_kept_as_they_were_put(fake: FakeDiscord, bot: Bot) -> None:
    first = await bot.tree.fetch_commands()
    again = await bot.tree.sync()

    assert {each.name for each in first} == {"ask", "Ask about this", "quota"}
    assert {each.id for each in first} == {each.id for each in again}
    assert fake.violations == []


@pytest.mark.parametrize(
    ("commands", "place"),
    [
        pytest.param([a_command := {"name": "a", "description": "d"}] * 2, "1", id="a name twice"),
        pytest.param([a_command | {"name": "With Blanks"}], "0", id="a bad name"),
        pytest.param([a_command | {"description": "d" * 101}], "0", id="too long a description"),
        pytest.param(
            [a_command | {"options": [{"type": 3, **a_command} for _ in range(26)]}],
            "0",
            id="too many options",
        ),
        pytest.param(
            [{"type": 3, "name": "menu", "description": "d"}], "0", id="a menu with a description"
        ),
    ],
)
async def test_bad_commands_are_refused(
    fake: FakeDiscord, bot: Bot, commands: list[dict[str, Any]], place: str
) -> None:
    path = f"/applications/{fake.bot.id}/commands"
    status, answer = await raw(bot, "PUT", path, commands)

    assert (status, answer["code"]) == (400, 50035)
    assert place in answer["errors"]


async def test_there_is_an_end_to_commands(fake: FakeDiscord, bot: Bot) -> None:
    commands = [{"name": f"c{number}", "description": "d"} for number in range(101)]

    status, answer = await raw(bot, "PUT", f"/applications/{fake.bot.id}/commands", commands)

    assert (status, answer["code"]) == (400, 30032)


async def test_discord_offers_a_command_only_where_and_to_whom_it_is_for(
    fake: FakeDiscord, bot: Bot, channel: Channel
) -> None:
    ada = fake.add_user("ada")
    not_offered = [
        (channel, "quota set", {"amount": 1}),  # ada may not manage the server
        (channel, "ask", {}),  # the question is required
        (channel, "unknown", {}),
        (fake.add_dm(ada), "quota set", {"amount": 1}),
    ]

    for place, name, options in not_offered:
        with pytest.raises(NotOffered):
            await fake.slash(ada, place, name, options)

    assert bot.asked.empty()
