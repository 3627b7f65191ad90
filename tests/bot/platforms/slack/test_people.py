import asyncio
from dataclasses import replace

from bot.platforms.slack.errors import Unreachable
from bot.platforms.slack.listening import Kind
from bot.platforms.slack.people import People
from tests.bot.platforms.slack.saying import US, a_user, a_world
from tests.fakes.told_time import ToldTime, settle


async def test_a_person_is_asked_for_once_in_five_minutes() -> None:
    web, time = a_world(), ToldTime()
    people = People(web, time.clock())

    first = await people.asker("U11", US)
    await time.pass_by(299)
    again = await people.asker("U11", US)
    await time.pass_by(2)
    web.users["U11"] = a_user("U11", "Ada L.")
    web.groups = []
    later = await people.asker("U11", US)

    assert first == again
    assert (first.name, first.roles) == ("Ada", frozenset({"S31"}))
    assert (later.name, later.roles) == ("Ada L.", frozenset())
    assert web.asked == [("user", "T01", "U11"), ("usergroups", "T01")] * 2


async def test_who_is_no_admin_any_more_is_known_at_once() -> None:
    web, time = a_world(), ToldTime()
    people = People(web, time.clock())
    before = await people.asker("U12", US)
    await time.pass_by(3)

    web.users["U12"] = a_user("U12", "Bob")
    after = await people.asker("U12", US)

    assert (before.is_admin, after.is_admin) == (True, False)


async def test_who_was_put_out_of_the_admins_group_is_known_at_once() -> None:
    web, time = a_world(), ToldTime()
    people = People(web, time.clock(), admin_groups=frozenset({"S31"}))
    before = await people.asker("U11", US)
    await time.pass_by(3)

    web.groups = []
    after = await people.asker("U11", US)

    assert (before.is_admin, after.is_admin) == (True, False)


async def test_many_who_ask_at_once_ask_slack_once() -> None:
    web = a_world()
    people = People(web, ToldTime().clock())

    found = await asyncio.gather(*(people.asker("U12", US) for _ in range(20)))

    assert {each.is_admin for each in found} == {True}
    assert web.asked.count(("user", "T01", "U12")) == 1


async def test_a_slow_answer_is_known_the_next_time() -> None:
    web, gate = a_world(), asyncio.Event()
    people = People(web, ToldTime().clock(), wait_s=0)
    user = web.user

    async def slow(team: str, user_id: str) -> object:
        await gate.wait()
        return await user(team, user_id)

    web.user = slow  # type: ignore[method-assign,assignment] # Slack, on a bad day
    before = await people.asker("U12", US)
    gate.set()
    await settle()
    after = await people.asker("U12", US)

    assert (before.is_admin, before.is_guest, before.is_stranger) == (False, None, None)
    assert after.is_admin
    assert web.asked.count(("user", "T01", "U12")) == 1


async def test_slack_is_left_alone_for_a_while_when_it_fails() -> None:
    web, time = a_world(), ToldTime()
    web.fails = Unreachable("away")
    people = People(web, time.clock())

    for _ in range(3):
        assert (await people.asker("U11", US, "ada")).name == "ada"
    asked = len(web.asked)
    web.fails = None
    await time.pass_by(11)

    assert asked == 2
    assert (await people.asker("U11", US)).name == "Ada"


async def test_an_old_truth_is_better_than_none_but_makes_no_admin() -> None:
    web, time = a_world(), ToldTime()
    people = People(web, time.clock())
    await people.asker("U12", US)
    await time.pass_by(400)
    web.fails = Unreachable("away")

    bob = await people.asker("U12", US)

    assert (bob.name, bob.is_admin, bob.roles) == ("Bob", False, frozenset({"S32"}))


async def test_members_of_a_group_may_be_admins_too() -> None:
    web, time = a_world(), ToldTime()
    web.groups.append({"id": "S33", "users": ["U11", "U14"]})
    people = People(web, time.clock(), admin_groups=frozenset({"S33"}))

    ada, stranger = await people.asker("U11", US), await people.asker("U14", US)
    await time.pass_by(400)
    web.fails = Unreachable("away")
    later = await people.asker("U11", US)

    assert (ada.is_admin, stranger.is_admin, later.is_admin) == (True, False, False)
    assert stranger.roles == frozenset()


async def test_a_channel_nobody_tells_of_is_private_and_full_of_strangers() -> None:
    people = People(a_world(), ToldTime().clock())

    assert (await people.where("C50", US)).kind is Kind.CHANNEL
    assert (await people.where("C51", US)).kind is Kind.PRIVATE
    unknown = await people.where("C99", US)
    assert (unknown.kind, unknown.is_shared) == (Kind.PRIVATE, True)


async def test_workspaces_know_nothing_of_one_another() -> None:
    web = a_world()
    people = People(web, ToldTime().clock())

    await people.asker("U12", US)
    await people.asker("U12", replace(US, team="T02"))

    assert ("user", "T02", "U12") in web.asked
