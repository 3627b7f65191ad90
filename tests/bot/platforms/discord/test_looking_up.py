from bot.platforms.discord.looking_up import LookingUp
from bot.platforms.discord.rest import open_rest
from routing.orders import Of, Target
from tests.bot.platforms.discord.test_rest import settings_for
from tests.fakes.discord import FakeDiscord


async def test_it_is_known_who_and_what_is_in_a_server() -> None:
    async with FakeDiscord() as fake, open_rest(settings_for(fake)) as rest:
        guild, other = fake.add_guild(), fake.add_guild()
        member = fake.add_user("ada", guild)
        role, channel = guild.add_role("staff"), guild.add_channel()
        there = [
            Target(Of.USER, str(member.id)),
            Target(Of.ROLE, str(role.id)),
            Target(Of.CHANNEL, str(channel.id)),
        ]
        gone = [
            Target(Of.USER, str(fake.add_user("bob", other).id)),
            Target(Of.ROLE, "7"),
            Target(Of.CHANNEL, "7"),
            Target(Of.CHANNEL, str(other.add_channel().id)),
        ]

        told = await LookingUp(rest)(str(guild.id), [*there, *gone])
        of_nowhere = await LookingUp(rest)("7", there)
        of_direct = await LookingUp(rest)("dm-7", there)

    assert told == {**dict.fromkeys(there, True), **dict.fromkeys(gone, False)}
    assert (of_nowhere, of_direct) == ({}, {})
    assert fake.violations == []
