"""`/digest`: what was used in a week, posted in a channel."""

from datetime import timedelta

import pytest

from routing.orders import Realm
from tests.bot.commands.administered import two_replicas


async def test_a_digest_is_ordered_shown_and_taken_back_on_every_replica() -> None:
    async with two_replicas() as (here, there):
        told = await here.ordered("/digest set monday 9 in Europe/Berlin")

        assert told.startswith("Ordered. What was used in a week is posted every Monday at 9:00")
        assert "Europe/Berlin in this channel, next at" in told
        assert "every Monday" in await there.ordered("/digest")
        assert list(await there.orders.digests()) == [Realm("discord", "1")]
        assert "nothing → every Monday at 9:00 Europe/Berlin, channel C0000001" in (
            await there.ordered("/audit")
        )
        assert "no digest" in await there.ordered("/digest", tenant="2")

        assert await there.ordered("/digest remove") == "There is no digest any more."
        assert await here.orders.digests() == {}
        assert "There is no digest here" in await here.ordered("/digest remove")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("set monday 24", "The hour is one from 0 to 23."),
        ("set mondey 9", "Did you mean `monday`?"),
        ("set monday", "What is missing is `hour`"),
        ("set monday 9 in Europe/Berlinn", "Did you mean `Europe/Berlin`?"),
        ("set monday 9 in /etc", "One is `Europe/Berlin`."),
        ("set channel 123456789012345678 monday 9", "`channel` is none of them."),
        ("remov", "Did you mean `/digest remove`?"),
    ],
)
async def test_what_is_mistyped_orders_nothing(words: str, told: str) -> None:
    async with two_replicas() as (here, _):
        assert told in await here.ordered(f"/digest {words}")
        assert await here.orders.digests() == {}


async def test_it_tells_of_the_seven_days_before_today() -> None:
    async with two_replicas() as (here, _):
        await here.say("6 x 7?")

        assert "Nothing used in the last 7 days." in await here.ordered("/digest now")
        told = await here.ordered("/digest now", at=here.now + timedelta(days=1))

    assert "for 1 answer to 1 person" in told
    assert "What was used from" in told


async def test_nobody_but_admins_orders_one_and_none_in_the_terminal() -> None:
    async with two_replicas() as (here, _):
        assert (await here.told("/digest")).startswith("Only an admin may use")
        assert "order it there" in await here.told_operator("/digest set monday 9")
