"""What every store does for the inbox."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from routing.backends.keys import Keys
from routing.backends.redis import Connection
from routing.inbox import Admission, Admitted, Claim, Ending, Found, Renewal, Whereabouts, Wish
from tests.routing.backends.letters import CLAIM_S, Desk, a_parcel

READY, WAITING = Admitted(Admission.READY), Admitted(Admission.WAITING)
AGAIN, FULL = Admitted(Admission.AGAIN), Admitted(Admission.FULL)
GONE = Found(Whereabouts.GONE)


@pytest.fixture
def desk(connection: Connection, keys: Keys) -> Desk:
    return Desk(connection, keys)


def identities(claims: Any) -> list[str]:
    return [each.identity for each in claims]


async def test_what_is_handed_in_is_claimed_once_and_gone_when_done(desk: Desk) -> None:
    assert await desk.inbox.add(a_parcel(content="6 x 7? \ud83d")) == READY

    (claim,) = await desk.inbox.claim("a", 10)
    assert claim == Claim("discord:1", "6 x 7? \ud83d", 1, {})
    assert await desk.other.claim("b", 10) == []

    assert await desk.inbox.done(claim) is Ending.DONE
    desk.advance(CLAIM_S)
    assert await desk.other.claim("b", 10) == []
    assert await desk.names() == [":known:discord:1", ":stream", ":turn:a", ":workers"]


async def test_a_message_is_taken_in_once_also_when_it_is_answered_already(desk: Desk) -> None:
    await desk.inbox.add(a_parcel())
    assert await desk.other.add(a_parcel()) == AGAIN

    (claim,) = await desk.inbox.claim("a", 10)
    await desk.inbox.done(claim)

    assert await desk.other.add(a_parcel()) == AGAIN
    assert await desk.inbox.claim("a", 10) == []


async def test_a_conversation_is_answered_in_order_one_after_the_other(desk: Desk) -> None:
    for number in (1, 2, 3):
        admitted = await desk.inbox.add(a_parcel(number, lane="talk"))
        assert admitted == (READY if number == 1 else WAITING)

    order = []
    for _ in range(3):
        (claim,) = await desk.inbox.claim("a", 10)
        order.append(claim.identity)
        await desk.inbox.done(claim)

    assert order == ["discord:1", "discord:2", "discord:3"]


async def test_one_asker_has_only_so_many_answers_at_once(
    connection: Connection, keys: Keys
) -> None:
    desk = Desk(connection, keys, at_once_per_asker=2)
    for number in range(4):
        await desk.inbox.add(a_parcel(number, asker="discord:ada"))
    await desk.inbox.add(a_parcel(9))

    claims = await desk.inbox.claim("a", 10)

    assert identities(claims) == ["discord:0", "discord:1", "discord:9"]
    await desk.inbox.done(claims[0])
    assert identities(await desk.inbox.claim("a", 10)) == ["discord:2"]


async def test_a_busy_channel_leaves_the_others_alone(connection: Connection, keys: Keys) -> None:
    desk = Desk(connection, keys, at_once_per_place=1)
    for number in range(3):
        await desk.inbox.add(a_parcel(number, place="general"))
    await desk.inbox.add(a_parcel(9))

    claims = await desk.inbox.claim("a", 10)

    assert identities(claims) == ["discord:0", "discord:9"]
    await desk.inbox.done(claims[0])
    assert identities(await desk.inbox.claim("a", 10)) == ["discord:1"]


async def test_who_waits_for_one_gate_waits_for_the_next_when_it_opens(
    connection: Connection, keys: Keys
) -> None:
    desk = Desk(connection, keys, at_once_per_asker=1, at_once_per_place=1)
    await desk.inbox.add(a_parcel(1, lane="talk", asker="x", place="general"))
    await desk.inbox.add(a_parcel(2, lane="talk", asker="y", place="other"))
    await desk.inbox.add(a_parcel(3, lane="3", asker="y", place="other"))
    first, third = await desk.inbox.claim("a", 10)

    await desk.inbox.done(first)
    assert await desk.inbox.claim("a", 10) == []
    await desk.inbox.done(third)

    assert identities(await desk.inbox.claim("a", 10)) == ["discord:2"]


async def test_more_than_may_wait_is_refused_and_told_once_in_a_while(
    connection: Connection, keys: Keys
) -> None:
    desk = Desk(connection, keys, waiting=2, notice_every_s=60)
    for number in (1, 2):
        assert await desk.inbox.add(a_parcel(number)) == READY

    told = Admitted(Admission.FULL, is_to_be_told=True)
    assert await desk.inbox.add(a_parcel(3, asker="ada")) == told
    assert await desk.inbox.add(a_parcel(4, asker="ada")) == FULL
    assert await desk.inbox.add(a_parcel(5, asker="bob")) == told
    assert await desk.other.add(a_parcel(3, asker="ada")) == AGAIN


async def test_half_as_many_wait_for_a_worker_as_are_answered_unless_they_are_few(
    connection: Connection, keys: Keys
) -> None:
    desk = Desk(connection, keys, waiting_for_worker=2)
    admissions = []
    for number in range(9):
        admitted = await desk.inbox.add(a_parcel(number, asker=f"a{number}"))
        admissions.append(admitted.admission)
        if number in {1, 4, 6}:
            await desk.inbox.claim("w", 10)

    ready, full = Admission.READY, Admission.FULL
    assert admissions == [ready, ready, ready, ready, full, ready, ready, ready, ready]
    for number in range(9, 12):
        admitted = await desk.inbox.add(a_parcel(number, asker=f"a{number}"))
        admissions.append(admitted.admission)
    assert admissions[9:] == [ready, full, full]


async def test_a_channel_that_is_full_leaves_room_for_questions_elsewhere(
    connection: Connection, keys: Keys
) -> None:
    desk = Desk(connection, keys, waiting=3, waiting_per_place=2)
    for number in (1, 2):
        assert await desk.inbox.add(a_parcel(number, place="general")) == READY

    crowded = await desk.inbox.add(a_parcel(3, place="general"))
    assert crowded.admission is Admission.FULL
    assert await desk.inbox.add(a_parcel(4)) == READY

    await desk.inbox.claim("a", 3)
    assert (await desk.inbox.add(a_parcel(5, place="general"))).admission is Admission.READY


async def test_a_refused_person_may_ask_again_when_there_is_room(
    connection: Connection, keys: Keys
) -> None:
    desk = Desk(connection, keys, waiting_per_asker=1, at_once_per_asker=1)
    await desk.inbox.add(a_parcel(1, asker="ada"))
    assert (await desk.inbox.add(a_parcel(2, asker="ada"))).admission is Admission.FULL

    (claim,) = await desk.inbox.claim("a", 1)
    assert await desk.inbox.add(a_parcel(3, asker="ada")) == WAITING
    assert (await desk.inbox.add(a_parcel(4, asker="ada"))).admission is Admission.FULL
    await desk.inbox.done(claim)

    assert identities(await desk.inbox.claim("a", 9)) == ["discord:3"]


async def test_a_dead_workers_parcel_goes_to_another_with_its_notes(desk: Desk) -> None:
    await desk.inbox.add(a_parcel())
    (first,) = await desk.inbox.claim("a", 1)
    await desk.inbox.note(first, "posts", '["77"]')

    desk.advance(CLAIM_S - 1)
    assert await desk.other.claim("b", 1) == []
    desk.advance(1)
    (second,) = await desk.other.claim("b", 1)

    assert second == Claim("discord:1", "content 1", 2, {"posts": '["77"]'})


async def test_a_worker_that_lost_its_claim_changes_nothing(desk: Desk) -> None:
    await desk.inbox.add(a_parcel())
    (first,) = await desk.inbox.claim("a", 1)
    desk.advance(CLAIM_S)
    (second,) = await desk.other.claim("b", 1)

    assert not await desk.inbox.note(first, "posts", '["1"]')
    assert await desk.inbox.done(first) is Ending.LOST
    assert not await desk.inbox.hand_over(first)
    assert await desk.inbox.renew("a", [first, second]) == [
        Renewal(is_held=False),
        Renewal(is_held=True),
    ]
    assert await desk.other.note(second, "posts", '["2"]')
    assert await desk.other.done(second) is Ending.DONE


async def test_a_claim_that_is_renewed_is_kept(desk: Desk) -> None:
    await desk.inbox.add(a_parcel())
    claims = await desk.inbox.claim("a", 1)

    for _ in range(5):
        desk.advance(CLAIM_S - 1)
        assert await desk.inbox.renew("a", claims) == [Renewal(is_held=True)]
        assert await desk.other.claim("b", 1) == []


async def test_what_is_handed_over_is_another_workers_at_once(desk: Desk) -> None:
    await desk.inbox.add(a_parcel())
    (first,) = await desk.inbox.claim("a", 1)

    assert await desk.inbox.hand_over(first)
    assert await desk.inbox.renew("a", [first]) == [Renewal(is_held=False)]
    (second,) = await desk.other.claim("b", 1)

    assert second.delivery == 2
    assert await desk.inbox.done(first) is Ending.LOST


async def test_what_lay_longest_in_dead_hands_comes_before_what_is_new(desk: Desk) -> None:
    await desk.inbox.add(a_parcel(1))
    await desk.inbox.claim("a", 1)
    await desk.inbox.add(a_parcel(2))
    desk.advance(CLAIM_S)

    assert identities(await desk.other.claim("b", 1)) == ["discord:1"]
    assert identities(await desk.other.claim("b", 1)) == ["discord:2"]


@pytest.mark.parametrize("is_behind", [False, True], ids=["ready", "behind another"])
async def test_what_waits_and_is_cancelled_is_ended_at_once(desk: Desk, is_behind: bool) -> None:
    if is_behind:
        await desk.inbox.add(a_parcel(1, lane="talk"))
        await desk.inbox.claim("a", 1)
    await desk.inbox.add(a_parcel(2, lane="talk"))
    assert await desk.inbox.note_waiting("discord:2", "posts", "[]")

    found = Found(Whereabouts.WAITING, "content 2", {"posts": "[]"})
    assert await desk.other.wish("discord:2", Wish.CANCEL) == found
    assert await desk.other.wish("discord:2", Wish.CANCEL) == found  # an answer may be lost

    assert await desk.inbox.claim("a", 9) == []
    assert await desk.inbox.waiting() == 0
    assert await desk.inbox.add(a_parcel(2)) == AGAIN


async def test_a_cancelled_one_lets_those_behind_it_go_on(desk: Desk) -> None:
    for number in (1, 2, 3):
        await desk.inbox.add(a_parcel(number, lane="talk"))

    await desk.inbox.wish("discord:1", Wish.CANCEL)

    assert identities(await desk.inbox.claim("a", 9)) == ["discord:2"]


async def test_a_wish_reaches_the_worker_with_its_renewal(desk: Desk) -> None:
    await desk.inbox.add(a_parcel())
    (claim,) = await desk.inbox.claim("a", 1)
    await desk.inbox.note(claim, "posts", '["7"]')

    found = await desk.other.wish("discord:1", Wish.STOP)
    assert found == Found(Whereabouts.RUNNING, "", {"posts": '["7"]'})
    assert await desk.inbox.renew("a", [claim]) == [Renewal(is_held=True, wish=Wish.STOP)]
    await desk.other.wish("discord:1", Wish.CANCEL)
    await desk.other.wish("discord:1", Wish.STOP)
    assert await desk.inbox.renew("a", [claim]) == [Renewal(is_held=True, wish=Wish.CANCEL)]
    assert await desk.inbox.done(claim) is Ending.CANCELLED
    assert await desk.inbox.done(claim, is_withdrawn=True) is Ending.DONE
    assert await desk.other.wish("discord:1", Wish.STOP) == GONE


async def test_a_question_is_revised_until_somebody_begins_it(desk: Desk) -> None:
    await desk.inbox.add(a_parcel())

    assert await desk.other.revise("discord:1", "7 x 8?")
    (claim,) = await desk.inbox.claim("a", 1)
    assert claim.content == "7 x 8?"
    assert not await desk.other.revise("discord:1", "8 x 9?")
    assert not await desk.other.revise("discord:2", "8 x 9?")


async def test_what_waits_is_noted_of_until_somebody_begins_it(desk: Desk) -> None:
    await desk.inbox.add(a_parcel())
    assert await desk.other.note_waiting("discord:1", "posts", '["7"]')
    assert not await desk.other.note_waiting("discord:1", "posts", '["8"]')
    assert not await desk.other.note_waiting("discord:2", "posts", '["8"]')

    await desk.inbox.claim("a", 1)

    assert await desk.other.note_waiting("discord:1", "posts", '["7"]')
    assert not await desk.other.note_waiting("discord:1", "more", "")


async def test_how_many_wait_is_known(desk: Desk) -> None:
    for number in (1, 2, 3):
        await desk.inbox.add(a_parcel(number, lane="talk"))
    await desk.inbox.claim("a", 9)

    assert await desk.inbox.waiting() == 2


async def test_ending_or_handing_over_twice_is_told_alike(desk: Desk) -> None:
    await desk.inbox.add(a_parcel(1))
    await desk.inbox.add(a_parcel(2))
    first, second = await desk.inbox.claim("a", 2)

    assert [await desk.inbox.done(first) for _ in range(2)] == [Ending.DONE] * 2
    assert [await desk.inbox.hand_over(second) for _ in range(2)] == [True, True]


async def test_it_tells_since_when_the_oldest_question_is_not_answered(desk: Desk) -> None:
    assert await desk.inbox.oldest_at() is None
    for number in (1, 2):
        await desk.inbox.add(a_parcel(number))
    first, second = await desk.inbox.claim("a", 10)
    oldest_at = await desk.inbox.oldest_at()

    await desk.inbox.done(first)
    next_at = await desk.other.oldest_at()
    await desk.inbox.done(second)

    # By the store's own clock.
    assert oldest_at is not None
    assert next_at is not None
    assert timedelta(0) <= datetime.now(UTC) - oldest_at < timedelta(seconds=30)
    assert next_at >= oldest_at
    assert await desk.inbox.oldest_at() is None
