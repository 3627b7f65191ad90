from bot.platforms.slack.looking_up import LookingUp
from routing.orders import Of, Target
from tests.bot.platforms.slack.indoors import Stage
from tests.fakes.slack.world import Group
from tests.fakes.virtual_time import in_virtual_time


@in_virtual_time
async def test_it_is_known_who_and_what_is_in_a_workspace() -> None:
    stage = Stage()
    world, team = stage.world, stage.team
    secret = world.add_channel("group", "secret", team, [stage.asker])
    group = team.groups["S31"] = Group("S31", "staff", [stage.asker])
    there = [
        Target(Of.USER, stage.asker.id),
        Target(Of.CHANNEL, stage.channel.id),
        Target(Of.ROLE, group.id),
    ]
    gone = [
        Target(Of.USER, "U7"),
        Target(Of.CHANNEL, "C7"),
        Target(Of.CHANNEL, secret.id),
        Target(Of.ROLE, "S7"),
    ]

    told = await LookingUp(stage.web)(team.id, [*there, *gone])

    assert told == {**dict.fromkeys(there, True), **dict.fromkeys(gone, False)}
    assert stage.calls("usergroups.list") == 1
