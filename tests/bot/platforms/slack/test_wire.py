"""Requests to Slack: what is repeated, what waits, and what its refusals become."""

import asyncio

import pytest

from bot.platforms.slack.blocks import Outgoing
from bot.platforms.slack.errors import (
    AddressSpent,
    CannotUpdate,
    Crowded,
    Forbidden,
    GonePost,
    NoStreams,
    PlaceClosed,
    Refused,
    SlackFailed,
    StreamOver,
    StreamRuns,
    StreamStopped,
    TokenRefused,
    Unreachable,
    refusal,
)
from bot.platforms.slack.tiers import Tier, Tiers
from config.chats import SlackSettings
from tests.bot.platforms.slack.indoors import Stage
from tests.fakes.faults import DROPPED, LOST_ANSWER, Fault, Status
from tests.fakes.slack.world import File, Upload
from tests.fakes.virtual_time import in_virtual_time, virtual_clock

HELLO = Outgoing("hello")


async def posted(stage: Stage) -> str:
    return await stage.web.post(stage.team.id, stage.channel.id, HELLO, thread=stage.question.ts)


@in_virtual_time
async def test_nothing_is_sent_before_slack_lets_us() -> None:
    stage = Stage()
    ts = await posted(stage)
    stage.faults.next("POST", "chat.update", Status(429, 20))

    first = asyncio.create_task(stage.web.update(stage.team.id, stage.channel.id, ts, HELLO))
    await asyncio.sleep(1)
    second = asyncio.create_task(stage.web.update(stage.team.id, stage.channel.id, ts, HELLO))
    await asyncio.sleep(10)
    asked_early = [each.method for each in stage.api.requests].count("chat.update")
    await asyncio.gather(first, second)

    assert asked_early == 1
    assert stage.clock.elapsed_s() > 20
    assert stage.world.violations == []


@in_virtual_time
async def test_while_one_method_rests_the_others_go_on() -> None:
    stage = Stage()
    ts = await posted(stage)
    stage.faults.next("POST", "chat.update", Status(429, 20))

    with pytest.raises(Crowded) as caught:
        await stage.web.update(stage.team.id, stage.channel.id, ts, HELLO, is_preview=True)
    await posted(stage)

    assert caught.value.wait_s == 20
    assert stage.clock.elapsed_s() < 1


@pytest.mark.parametrize(
    "fault",
    [Status(503), Status(200), DROPPED, LOST_ANSWER],
    ids=["503", "no JSON", "cut", "lost"],
)
def test_what_is_harmless_is_repeated_and_a_post_is_not(fault: Fault) -> None:
    @in_virtual_time
    async def run() -> None:
        stage = Stage()
        ts = await posted(stage)
        stage.faults.next("POST", "chat.update", fault, times=3)
        stage.faults.next("POST", "chat.postMessage", fault)

        await stage.web.update(stage.team.id, stage.channel.id, ts, HELLO)
        with pytest.raises(Unreachable) as caught:
            await posted(stage)

        asked = [each.method for each in stage.api.requests]
        assert caught.value.may_be_done
        assert asked.count("chat.update") == 4
        assert asked.count("chat.postMessage") == 2

    run()


@in_virtual_time
async def test_what_can_be_left_out_is_tried_once() -> None:
    stage = Stage()
    ts = await posted(stage)
    stage.faults.next("POST", "chat.update", Status(503))

    with pytest.raises(Unreachable):
        await stage.web.update(stage.team.id, stage.channel.id, ts, HELLO, is_preview=True)

    assert [each.method for each in stage.api.requests].count("chat.update") == 1


@in_virtual_time
async def test_a_file_is_asked_for_the_way_slack_reads_it() -> None:
    stage = Stage()
    upload = Upload("plan.txt", b"abc")
    file = stage.world.files["F1"] = File("F1", stage.team, stage.asker, upload)

    found = await stage.web.file(stage.team.id, file.id)

    assert found["id"] == file.id


@in_virtual_time
async def test_many_who_are_looked_up_take_no_room_from_answers() -> None:
    stage = Stage()
    stage.faults.next("GET", "users.info", Status(429, 30))

    async def look() -> None:
        with pytest.raises(Crowded):
            await stage.web.user(stage.team.id, stage.asker.id)

    await look()
    looking = [asyncio.create_task(look()) for _ in range(40)]
    await asyncio.sleep(1)
    has_room = stage.web.has_room()
    await asyncio.gather(*looking)

    assert has_room
    assert stage.clock.elapsed_s() < 2


@in_virtual_time
async def test_what_is_lacking_is_named() -> None:
    stage = Stage()
    stage.token.scopes -= {"users:read"}

    with pytest.raises(Forbidden, match="needs users:read") as caught:
        await stage.web.user(stage.team.id, stage.asker.id)

    assert caught.value.scope == "users:read"


@pytest.mark.parametrize(
    ("method", "code", "kind"),
    [
        ("chat.postMessage", "token_revoked", TokenRefused),
        ("chat.postMessage", "missing_scope", Forbidden),
        ("chat.postMessage", "is_archived", PlaceClosed),
        ("chat.postMessage", "not_in_channel", PlaceClosed),
        ("chat.update", "message_not_found", GonePost),
        ("chat.update", "edit_window_closed", CannotUpdate),
        ("chat.update", "streaming_state_conflict", StreamRuns),
        ("chat.appendStream", "message_not_in_streaming_state", StreamOver),
        ("chat.appendStream", "stopped_by_user", StreamStopped),
        ("chat.startStream", "channel_type_not_supported", NoStreams),
        ("users.info", "user_not_found", Refused),
        ("response_url", "used_url", AddressSpent),
        ("views.open", "internal_error", Unreachable),
        ("views.open", "invalid_arguments", Refused),
    ],
)
def test_each_refusal_has_its_kind(method: str, code: str, kind: type[SlackFailed]) -> None:
    error = refusal(method, code, needed="chat:write")

    assert type(error) is kind
    assert error.is_final is not isinstance(error, Unreachable)


@in_virtual_time
async def test_a_tier_is_kept_and_what_can_be_left_out_leaves_room() -> None:
    tiers = Tiers(SlackSettings(edits_per_min=10), virtual_clock())

    async def turn(team: str = "T1", *, is_preview: bool = False) -> None:
        await tiers.turn(team, "chat.update", Tier.EDITS, is_preview=is_preview)

    for _ in range(6):
        await turn(is_preview=True)
    with pytest.raises(Crowded):
        await turn(is_preview=True)
    await turn("T2", is_preview=True)
    for _ in range(4):
        await turn()
    at_once_s = asyncio.get_running_loop().time()
    await turn()

    assert at_once_s == 0
    assert asyncio.get_running_loop().time() > 60


@in_virtual_time
async def test_there_is_no_room_while_many_wait_for_what_must_be_seen() -> None:
    tiers = Tiers(SlackSettings(edits_per_min=1), virtual_clock())
    async with asyncio.TaskGroup() as tasks:
        waiting = [
            tasks.create_task(tiers.turn("T1", "chat.update", Tier.EDITS)) for _ in range(20)
        ]
        await asyncio.sleep(1)

        assert not tiers.has_room()
        for each in waiting:
            each.cancel()

    assert tiers.has_room()


@in_virtual_time
async def test_what_is_sent_is_counted_by_what_it_does_and_so_is_what_is_turned_away() -> None:
    stage = Stage()
    ts = await posted(stage)
    stage.faults.next("POST", "chat.update", Status(429, 20))

    await stage.web.update(stage.team.id, stage.channel.id, ts, HELLO)
    await stage.web.auth_test(stage.team.id)

    assert stage.vitals.sent == {"post": 1, "edit": 1, "other": 1}
    assert stage.vitals.limited == 1
