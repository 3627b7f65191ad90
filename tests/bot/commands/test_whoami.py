"""`/whoami`: who somebody is taken for, and all that holds for them."""

from tests.bot.commands.administered import OFF_LIMITS, a_rule, two_replicas

SECRETIVE = a_rule(name="no code to gpt", when={"tasks": ["code"]}, deny={"names": ["gpt"]})
ELSEWHERE = a_rule(name="not theirs", when={"tenants": ["2"]}, deny={"names": ["gpt"]})


async def test_somebody_is_told_who_they_are_and_by_which_rules_and_orders() -> None:
    async with two_replicas(OFF_LIMITS, SECRETIVE, ELSEWHERE) as (here, there):
        await there.ordered("/preset set best role R0000001")
        await there.ordered("/persona set You are a clerk.")
        await there.told_operator("/quota set asker $5 per day")
        await there.told_operator("/quota link discord:ada slack:U1")

        told = await here.told("/whoami", roles=frozenset({"R0000001"}))

    assert "- you are: `discord:ada`" in told
    assert "- here is: channel `C0000001` of `discord:1`, open to some people in it" in told
    assert "- roles: `R0000001`" in told
    assert "- admin: no: you neither" in told
    assert "- one person with: `slack:U1`: one budget covers all" in told
    assert "- may ask here: yes" in told
    assert "- preset: **best**, set for role `R0000001`" in told
    assert "- persona: that of this channel, version 1" in told
    assert "clerk" not in told
    assert "- rules for you here: `gpt never`" in told
    assert "- rules that depend on what is asked or when: `no code to gpt`" in told
    assert "not theirs" not in told
    assert "| your budget for today | $0 | $5.00 |" in told


async def test_who_may_not_ask_is_told_so_and_who_is_admin_why() -> None:
    async with two_replicas() as (here, _):
        await here.ordered("/access deny user discord:ada")

        assert "- may ask here: no. Sorry" in await here.told("/whoami")
        assert "- admin: yes, Discord lets you manage" in await here.ordered("/whoami")
        assert "- admin: yes, the operator" in await here.told_operator("/whoami")
        assert "- admin: no, nobody is" in await here.told("/whoami", private=True)


async def test_the_other_one_of_two_linked_is_told_so_too() -> None:
    async with two_replicas() as (here, _):
        await here.told_operator("/quota link slack:U1 discord:ada")

        assert "one person with: `slack:U1`" in await here.told("/whoami")
        assert "one person with: nobody else" in await here.told("/whoami", person="bob")
