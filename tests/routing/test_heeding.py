"""Orders are heeded with every question, and while an answer is made."""

import asyncio

import pytest

from routing.errors import StoreUnavailable
from routing.heeding import Heeding
from routing.orders import ALL, InForce, Order, Realm, Subject
from routing.stop import Stop
from tests.builders import an_origin
from tests.fakes.orders import DictOrders

THERE = an_origin(platform="discord", tenant="1")
PAUSE = Order(Subject.PAUSE, ALL, "closed")


async def test_what_was_known_holds_on_while_the_store_is_away() -> None:
    orders = DictOrders()
    heeding = Heeding(orders)
    await orders.give(Realm("discord", "1"), PAUSE, "discord:1")
    known = await heeding.for_origin(THERE)

    orders.is_away = True

    assert await heeding.for_origin(THERE) == known


async def test_of_a_server_nothing_is_known_of_nothing_is_answered_with_the_store_away() -> None:
    orders = DictOrders()
    orders.is_away = True

    with pytest.raises(StoreUnavailable):
        await Heeding(orders).for_origin(THERE)

    assert await Heeding(orders).for_origin(an_origin()) == InForce()


async def test_a_running_answer_ends_within_a_second_of_the_pause() -> None:
    orders, stop, slept = DictOrders(), Stop(), list[float]()

    async def sleep(seconds: float) -> None:
        slept.append(seconds)
        await asyncio.sleep(0)
        orders.is_away = len(slept) == 2
        if len(slept) == 4:
            await orders.give(Realm("discord", "1"), PAUSE, "discord:1")

    await Heeding(orders, sleep).end_when_paused(THERE, stop)

    assert stop.is_requested
    assert len(slept) == 4
    assert max(slept) < 1


async def test_the_orders_of_only_so_many_servers_are_held_in_memory() -> None:
    orders = DictOrders()
    heeding = Heeding(orders)
    for tenant in range(300):
        await heeding.for_origin(an_origin(platform="discord", tenant=str(tenant)))
    orders.is_away = True

    with pytest.raises(StoreUnavailable):
        await heeding.for_origin(an_origin(platform="discord", tenant="0"))
    await heeding.for_origin(an_origin(platform="discord", tenant="299"))
