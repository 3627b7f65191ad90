"""`/usage`: what one used and has left; for admins, what all of a server did."""

import asyncio
import re
import threading
from typing import Any, Final

import pytest

from bot.platforms.port import Notice
from tests.bot.commands.administered import Replica, two_replicas

ON_SLACK: Final[dict[str, Any]] = {
    "platform": "slack",
    "tenant": "T1",
    "place": "D1",
    "person": "U1",
    "private": True,
}


async def noticed(replica: Replica, text: str, **given: Any) -> Notice:
    (notice,) = await replica.say(text, **given)
    assert isinstance(notice, Notice)
    return notice


async def test_pictures_are_drawn_one_after_the_other_by_one_thread() -> None:
    async with two_replicas() as (here, _):
        await here.say("6 x 7?")

        told = await asyncio.gather(*(noticed(here, "/usage") for _ in range(4)))

    assert {each.files[0].name for each in told} == {"usage.png"}
    assert sum(each.name.startswith("drawing") for each in threading.enumerate()) == 1


async def test_what_one_used_and_has_left_comes_with_a_picture_and_its_words() -> None:
    async with two_replicas() as (here, _):
        await here.told_operator("/quota set asker $5 per day")
        await here.told_operator("/preset set thrifty")
        await here.say("6 x 7?")
        await here.say("Another question?", person="bob")

        told = await noticed(here, "/usage 7 csv")

    assert "| your budget for today | $0.00008 | $5.00 |" in told.markdown
    assert "| 7 days | 1 | 100 | 20 | $0.00008 |" in told.markdown
    assert "| · llama | 1 |" in told.markdown
    picture, table = told.files
    assert picture.content.startswith(b"\x89PNG")
    assert picture.alternative.startswith("Dollars a day, by model: llama $0.00008. ")
    assert table.name == "usage.csv"
    assert b",llama,1,100,20,80,320" in table.content


async def test_who_used_nothing_gets_no_picture() -> None:
    async with two_replicas() as (here, _):
        told = await noticed(here, "/usage mine csv")

    assert (told.markdown, told.files) == ("Nothing used in this server in the last 30 days.", ())


async def test_who_is_one_person_with_others_is_told_what_all_of_them_used_anywhere() -> None:
    async with two_replicas() as (here, there):
        await here.told_operator("/preset set thrifty")
        await here.told_operator("/quota link slack:U1 discord:ada")
        await here.say("6 x 7?")
        await here.say("6 x 8?", tenant="2")
        await here.say("6 x 9?", person="bob")
        on_discord = (await noticed(there, "/usage 7")).markdown
        await there.say("ask gpt: 6 x 7?", **ON_SLACK)

        told = await noticed(here, "/usage 7 csv", **ON_SLACK)
        same = await noticed(there, "/usage 7 csv")
        await here.told_operator("/quota link slack:U1")
        alone = (await noticed(here, "/usage 7", **ON_SLACK)).markdown

    assert "| on Discord and on Slack | answers |" in on_discord
    assert told == same
    assert "| 7 days | 3 | 300 | 60 | $0.00056 |" in told.markdown
    assert "| · on Discord | 2 | 200 | 40 | $0.00016 |" in told.markdown
    assert "| · on Slack | 1 | 100 | 20 | $0.0004 |" in told.markdown
    assert "| · llama | 2 | 200 |" in told.markdown
    assert b",llama,2,200,40,160,640" in told.files[1].content
    assert "| in this workspace |" in alone
    assert "| 7 days | 1 | 100 | 20 | $0.0004 |" in alone


async def test_an_admin_sees_what_all_of_the_own_server_used_and_nobody_else_s() -> None:
    async with two_replicas() as (here, there):
        await here.told_operator("/preset set thrifty")
        await here.say("6 x 7?", is_public=True)
        await there.say("6 x 7?", person="bob", is_public=True)
        await there.say("ask gpt: 6 x 8?", person="bob", place="C0000002")
        await there.say("6 x 9?", tenant="2", person="eve")

        told = (await noticed(here, "/usage server", is_admin=True)).markdown
        (table,) = (await noticed(here, "/usage export 400", is_admin=True)).files

    assert told.startswith("In the last 30 days: **$0.00048** for 3 answers to 2 people.")
    assert "Saved: $0.00032 by routing, against" in told
    assert "and $0.00008 by the cache" in told
    assert re.findall(r"- `(.+?)`: (\S+), (\d) answer", told) == [
        ("gpt", "$0.0004", "1"),
        ("llama", "$0.00008", "2"),
        ("C0000002", "$0.0004", "1"),
        ("C0000001", "$0.00008", "2"),
        ("bob", "$0.0004", "2"),
        ("ada", "$0.00008", "1"),
    ]
    assert b"eve" not in table.content
    assert table.content.count(b"\r\n") == 4


@pytest.mark.parametrize("words", ["0", "32", "server 0", "server 32", "export 401", "sever"])
async def test_what_cannot_be_looked_at_is_said(words: str) -> None:
    async with two_replicas() as (here, _):
        told = await noticed(here, f"/usage {words}", is_admin=True)

    assert told.is_failure
    assert "From 1 to" in told.markdown or "Did you mean `/usage server`?" in told.markdown


async def test_days_that_are_none_are_told_how_they_are_said() -> None:
    async with two_replicas() as (here, _):
        told = await noticed(here, "/usage -3")

    assert (
        told.markdown
        == "After `/usage` comes one of `mine`, `server`, `export`, or `[DAYS] [csv]`."
    )


async def test_what_all_used_is_no_business_of_others() -> None:
    async with two_replicas() as (here, _):
        for words in ("server", "export"):
            assert (await here.told(f"/usage {words}")).startswith("Only an admin may use")
