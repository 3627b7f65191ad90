"""`/link`: one person on two platforms, by a code nobody else sees, guesses or is tricked into."""

import re
from collections.abc import AsyncGenerator
from typing import Any, Final

import pytest

from bot.wording import sentence
from routing.errors import QuotaExceeded
from routing.linking import MOST_TRIES
from tests.bot.commands.administered import Replica, two_replicas

SLACK: Final[dict[str, Any]] = {
    "platform": "slack",
    "tenant": "T1",
    "place": "D1",
    "person": "U1",
    "private": True,
}
EVE: Final = SLACK | {"person": "U2", "place": "D2"}


class Pair:
    """Two replicas; Ada is on Discord, and on Slack as well."""

    def __init__(self, here: Replica, there: Replica) -> None:
        self.here, self.there = here, there

    async def code(self) -> str:
        """Return a code that Ada is given in a direct message."""
        told = await self.here.told("/link", private=True)
        (typed,) = re.findall(r"`/link (\S{4}-\S{4})`", told)
        return str(typed)

    async def link(self) -> str:
        """Link Ada to herself."""
        return await self.there.told(f"/link {await self.code()} confirm", **SLACK)


@pytest.fixture
async def pair() -> AsyncGenerator[Pair]:
    async with two_replicas() as (here, there):
        yield Pair(here, there)


async def test_two_become_one_person_with_one_budget_after_they_were_told(pair: Pair) -> None:
    await pair.here.told_operator("/quota set asker 1 questions per day")
    code = await pair.code()

    asked = await pair.there.told(f"/link {code.lower()}", **SLACK)
    assert "counted as `discord:ada`" in asked
    assert "Nothing is changed yet" in asked
    assert "linked with nobody" in await pair.there.told("/link show", **SLACK)
    linked = await pair.there.told(f"/link {code} confirm", **SLACK)

    assert linked.startswith("You and `discord:ada` are one person now")
    assert "`/usage` tells each of what both used, everywhere" in linked
    assert "one person with `slack:U1`" in await pair.here.told("/link show")
    await pair.there.say("6 x 7?", **SLACK)
    with pytest.raises(QuotaExceeded) as caught:
        await pair.here.say("6 x 8?")
    assert "1 of 1 questions are used" in sentence(caught.value)
    assert "slack:U1: link slack:U1: nothing → discord:ada" in await pair.here.told_operator(
        "/audit"
    )


@pytest.mark.parametrize("who", ["discord", "slack"])
async def test_either_of_the_two_ends_it(pair: Pair, who: str) -> None:
    await pair.link()
    given = SLACK if who == "slack" else {}

    assert "counted alone again" in await pair.here.told("/link remove", **given)

    assert "linked with nobody" in await pair.there.told("/link show", **SLACK)
    assert "linked with nobody" in await pair.there.told("/link remove", **given)


async def test_what_the_operator_linked_nobody_else_unlinks(pair: Pair) -> None:
    await pair.here.told_operator("/quota link slack:U1 discord:ada")

    assert "only they can" in await pair.there.told("/link remove", **SLACK)
    assert "only they can" in await pair.here.told("/link remove")
    code = await pair.code()
    assert "are one person." in await pair.there.told(f"/link {code} confirm", **SLACK)
    assert "only they can" in await pair.there.told("/link remove", **SLACK)


async def test_what_a_code_linked_is_the_operator_s_once_they_say_the_same(pair: Pair) -> None:
    await pair.link()

    await pair.here.told_operator("/quota link slack:U1 discord:ada")

    assert "only they can" in await pair.there.told("/link remove", **SLACK)


async def test_nobody_goes_from_one_budget_to_the_next_by_ending_links(pair: Pair) -> None:
    await pair.link()
    await pair.there.told("/link remove", **SLACK)

    assert "less than 31 days ago" in await pair.link()

    assert "linked with nobody" in await pair.there.told("/link show", **SLACK)


async def test_nobody_is_counted_over_a_third(pair: Pair) -> None:
    await pair.link()
    of_eve = re.findall(r"/link (\S+)`", await pair.there.told("/link", **EVE))[0]
    of_uda = re.findall(r"/link (\S+)`", await pair.there.told("/link", **SLACK))[0]

    ahead = await pair.here.told(f"/link {of_eve} confirm", private=True)
    behind = await pair.there.told(f"/link {of_uda} confirm", **EVE)

    assert ahead == "Counted as you already: `slack:U1`. Say a code of yours there instead."
    assert behind == "`slack:U1` is counted as somebody else: take a code of that one."
    assert "linked with nobody" in await pair.there.told("/link show", **EVE)


async def test_a_code_is_neither_given_nor_taken_where_others_read_along(pair: Pair) -> None:
    assert "others could read along" in await pair.here.told("/link", handle={})
    code = await pair.code()

    said_in_a_channel = {"is_ephemeral": "1", "is_overheard": "1"}
    overheard = SLACK | {"private": False, "handle": said_in_a_channel}
    told = await pair.there.told(f"/link {code} confirm", **overheard)
    assert "others could read along" in told

    assert "no such code" in await pair.there.told(f"/link {code} confirm", **SLACK)


async def test_a_code_is_good_once_and_for_somebody_else_only(pair: Pair) -> None:
    code = await pair.code()
    assert "your own code" in await pair.here.told(f"/link {code}", private=True)
    await pair.there.told(f"/link {code} confirm", **SLACK)

    assert "no such code" in await pair.there.told(f"/link {code} confirm", **EVE)
    another = re.findall(r"/link (\S+)`", await pair.here.told("/link", **EVE))[0]
    told = await pair.there.told(f"/link {another} confirm", **SLACK)
    assert "counted as `discord:ada` already" in told


async def test_guessing_is_ended(pair: Pair) -> None:
    code = await pair.code()
    for _ in range(MOST_TRIES):
        assert "no such code" in await pair.there.told("/link AAAA-AAAA", **EVE)

    assert "too many codes" in await pair.there.told(f"/link {code} confirm", **EVE)
    assert "You would be counted" in await pair.there.told(f"/link {code}", **SLACK)


async def test_what_cannot_be_a_code_is_no_try(pair: Pair) -> None:
    for _ in range(MOST_TRIES + 1):
        told = await pair.there.told("/link remov", **SLACK)

    assert told.endswith(
        "is no code: those have eight letters and digits. Did you mean `/link remove`?"
    )
