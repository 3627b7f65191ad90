import asyncio
import math

import pytest

from bot.platforms.discord.limits import Bucket, Buckets, Throttle
from tests.fakes.virtual_time import in_virtual_time, virtual_clock


def told(limit: int, remaining: int, reset_after_s: float, name: str = "b") -> dict[str, str]:
    return {
        "X-RateLimit-Limit": str(limit),
        "X-RateLimit-Remaining": str(remaining),
        "X-RateLimit-Reset-After": str(reset_after_s),
        "X-RateLimit-Bucket": name,
    }


@in_virtual_time
async def test_until_a_limit_is_known_one_request_is_underway_at_a_time() -> None:
    bucket = Bucket(virtual_clock())

    await bucket.enter()
    meanwhile = bucket.wait_s()
    bucket.leave()

    assert meanwhile == math.inf
    assert bucket.wait_s() == 0


@in_virtual_time
async def test_who_finds_nothing_left_waits_until_the_window_ends() -> None:
    bucket, loop = Bucket(virtual_clock()), asyncio.get_running_loop()
    await bucket.enter()
    bucket.heard(told(2, 1, 4))
    bucket.leave()

    await bucket.enter()
    bucket.heard(told(2, 0, 4))
    bucket.leave()
    await bucket.enter()

    assert loop.time() == pytest.approx(4)


@in_virtual_time
async def test_requests_underway_are_counted_before_discord_counts_them() -> None:
    bucket = Bucket(virtual_clock())
    await bucket.enter()
    bucket.heard(told(5, 4, 4))
    bucket.leave()

    for _ in range(4):
        await bucket.enter()

    assert bucket.wait_s() == pytest.approx(4)


@in_virtual_time
async def test_an_answer_that_comes_late_does_not_give_back_what_is_spent() -> None:
    bucket = Bucket(virtual_clock())
    await bucket.enter()
    bucket.heard(told(3, 2, 4))
    bucket.leave()
    await bucket.enter()
    await bucket.enter()

    bucket.heard(told(3, 0, 4))
    bucket.leave()
    bucket.heard(told(3, 1, 4))
    bucket.leave()

    assert bucket.wait_s() == pytest.approx(4)


@in_virtual_time
async def test_a_preview_leaves_the_last_request_of_a_window() -> None:
    bucket = Bucket(virtual_clock())
    await bucket.enter()
    bucket.heard(told(2, 1, 4))
    bucket.leave()

    assert bucket.wait_s(spare=1) == pytest.approx(4)
    assert bucket.wait_s() == 0


@in_virtual_time
async def test_who_waits_for_an_answer_goes_on_when_it_is_there() -> None:
    bucket, loop = Bucket(virtual_clock()), asyncio.get_running_loop()
    await bucket.enter()

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(bucket.enter())
        await asyncio.sleep(0.1)
        bucket.heard(told(5, 4, 4))
        bucket.leave()

    assert loop.time() == pytest.approx(0.1)


@in_virtual_time
async def test_routes_that_discord_names_alike_share_a_limit_at_one_place() -> None:
    buckets = Buckets(virtual_clock())
    for route in ("A", "B"):
        bucket = buckets.of(route, "77")
        buckets.heard(route, "77", bucket, told(5, 4, 4, name="same"))

    assert buckets.of("A", "77") is buckets.of("B", "77")
    assert buckets.of("A", "77") is not buckets.of("A", "78")


@in_virtual_time
async def test_limits_of_places_nobody_writes_to_are_forgotten() -> None:
    buckets = Buckets(virtual_clock())

    for place in range(5000):
        buckets.of("A", str(place))

    assert len(buckets._buckets) <= 1000  # noqa: SLF001 # memory has no other face


@in_virtual_time
async def test_no_second_has_more_requests_than_allowed_and_nobody_waits_longer() -> None:
    throttle, loop = Throttle(10, virtual_clock()), asyncio.get_running_loop()

    times = []
    for _ in range(35):
        await throttle.turn()
        times.append(loop.time())

    assert all(later - earlier >= 1 for earlier, later in zip(times, times[10:], strict=False))
    assert times[-1] == pytest.approx(3)


@in_virtual_time
async def test_room_is_kept_from_previews_first_then_from_new_answers_then_from_refusals() -> None:
    throttle = Throttle(20, virtual_clock())
    begun = []

    for _ in range(20):
        begun.append(
            (throttle.wait_s(is_edit=True) == 0, throttle.has_room, throttle.wait_s() == 0)
        )
        await throttle.turn()

    previews, answers, refusals = (sum(each) for each in zip(*begun, strict=True))
    assert (previews, answers, refusals) == (10, 17, 19)
    assert throttle.wait_s() == pytest.approx(1)


@in_virtual_time
async def test_posts_that_can_be_left_out_take_a_quarter_at_most() -> None:
    throttle = Throttle(20, virtual_clock())

    for _ in range(5):
        assert throttle.wait_s() == 0
        throttle.goes_aside()
        await throttle.turn()

    assert throttle.has_room
    assert throttle.wait_s() == pytest.approx(1)


@in_virtual_time
async def test_what_is_closed_holds_those_back_who_wait_already() -> None:
    throttle, loop = Throttle(1, virtual_clock()), asyncio.get_running_loop()
    await throttle.turn()

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(throttle.turn())
        await asyncio.sleep(0.5)
        throttle.close(3)

    assert loop.time() == pytest.approx(3.5)
