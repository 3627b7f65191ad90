"""`pointsman explain --orders` heeds what admins ordered where the question would be asked."""

from pathlib import Path

import pytest

from bot.explain_command import explain_question, origin_as
from bot.explain_options import AskedAs
from bot.explain_orders import load_orders
from config.references import Resolved
from config.settings import Settings
from routing.backends.stores import open_stores
from routing.orders import ALL, OFF, Of, Order, Realm, Subject, Target
from tests.builders import a_card

THERE = AskedAs(platform="discord", tenant="1", place="C0000001", person="ada")


async def test_what_was_ordered_there_is_told_and_nothing_of_it_elsewhere(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = Settings(state_dir=tmp_path, models=(a_card("llama"), a_card("gpt")))
    async with open_stores(settings) as stores:
        realm, orders = Realm("discord", "1"), stores.orders
        await orders.give(realm, Order(Subject.MODEL, Target(Of.MODEL, "gpt"), OFF), "discord:1")
        await orders.give(realm, Order(Subject.PRESET, ALL, "thrifty"), "discord:1")
        await orders.give(realm, Order(Subject.PAUSE, ALL, "closed"), "discord:1")

    told = {}
    for name, asked in (("there", THERE), ("here", AskedAs())):
        in_force = await load_orders(settings, origin_as(asked))
        assert in_force is not None
        found = explain_question(settings, "6 x 7?", asked, as_json=False, in_force=in_force)
        told[name] = (found, *capsys.readouterr())

    is_answered, shown, refused = told["there"]
    assert not is_answered
    assert "switched off here by an admin" in shown
    assert "ordered by admins: preset thrifty for all" in shown
    assert "paused by an admin of this place: closed" in refused
    assert told["here"][0]
    assert "admin" not in told["here"][1]


async def test_without_the_store_it_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    nowhere = Resolved("redis://127.0.0.1:1", "env:REDIS_URL")
    settings = Settings.model_validate({"state_dir": tmp_path, "store": {"url": nowhere}})

    assert await load_orders(settings, origin_as(THERE)) is None

    assert "does not answer" in capsys.readouterr().err
