"""What admins change from the chat, felt by those who ask on another replica."""

import asyncio
from collections.abc import Collection
from typing import Any

import pytest

from bot.wording import sentence
from config.references import Unset
from config.settings import Settings
from routing.backends.stores import forgetful_stores
from routing.errors import NoModelFits, NotAdmitted, Paused
from routing.orders import Of, Target
from routing.reply import Outcome
from tests.bot.commands.administered import LLAMA, OFF_LIMITS, Replica, a_rule, two_replicas
from tests.builders import a_card
from tests.fakes.virtual_time import in_virtual_time
from tests.routing.scripted import receipt_of, text_of


async def test_only_an_admin_changes_anything_and_the_rest_is_told_so() -> None:
    async with two_replicas() as (here, _):
        for command in (
            "/pause", "/resume", "/models disable gpt", "/models enable gpt", "/preset set best",
            "/preset", "/access", "/access deny here", "/persona", "/persona set a pirate",
            "/rules", "/rules test x", "/audit",
        ):  # fmt: skip
            assert (await here.told(command)).startswith("Only an admin may use"), command

        assert await here.ordered("/audit") == "Nothing was changed yet."


async def test_a_pause_is_felt_on_the_other_replica_and_commands_still_work() -> None:
    async with two_replicas() as (here, there):
        assert "Paused here" in await here.ordered("/pause over\nbudget")

        with pytest.raises(Paused) as caught:
            await there.say("6 x 7?")
        assert "over budget" in sentence(caught.value)
        assert there.completer.calls == []
        assert "no limit" in await there.told("/quota")
        assert text_of(await there.say("6 x 7?", tenant="2")) == "42"

        assert "paused before: over budget" in await there.ordered("/pause again")
        assert await there.ordered("/resume") == "Answers go on here."
        assert await there.ordered("/resume") == "Answers are not paused here."
        assert text_of(await here.say("6 x 7?")) == "42"


async def test_the_operator_s_pause_is_everybody_s_and_no_admin_lifts_it() -> None:
    async with two_replicas() as (here, there):
        assert "Paused everywhere" in await here.told_operator("/pause maintenance")

        assert "the operator: maintenance" in await there.ordered("/resume")
        with pytest.raises(Paused):
            await there.say("6 x 7?")

        assert await here.told_operator("/resume") == "Answers go on everywhere."
        assert text_of(await there.say("6 x 7?")) == "42"


@in_virtual_time
async def test_a_running_answer_ends_with_a_pause_within_a_second_and_is_settled() -> None:
    loop, never = asyncio.get_running_loop(), asyncio.Event()
    async with two_replicas(script=["The answer is", never]) as (here, there):
        running = asyncio.create_task(here.say("6 x 7?"))
        await asyncio.sleep(10)

        await there.ordered("/pause")
        paused_at_s = loop.time()
        receipt = receipt_of(await running)

        assert loop.time() - paused_at_s < 1
    assert receipt.outcome is Outcome.STOPPED
    assert receipt.cost_microusd > 0
    assert here.completer.closed == ["gpt"]


async def test_a_model_that_is_switched_off_answers_nobody_and_why_says_so() -> None:
    async with two_replicas() as (here, there):
        assert await here.ordered("/models disable gtp") == (
            "I know no model `gtp`. Did you mean `gpt`? `/models list` has them all. "
            "Nothing is changed."
        )
        assert await here.ordered("/models disable gpt") == "Switched off here: **gpt**."

        assert receipt_of(await there.say("6 x 7?", topic="sums")).model == "llama"
        assert "| gpt | | | | switched off here by an admin |" in (
            await there.told("/why", topic="sums")
        )
        assert "| gpt | | | | switched off here by an admin |" in await there.ordered(
            "/rules test 6 x 7?"
        )
        assert "- **gpt**: switched off here by an admin · 2 in, 10 out · US · unknown" in (
            await there.told("/models")
        )
        assert await there.told("/model gpt") == (
            "An admin switched **gpt** off here. `/models` tells what there is."
        )
        assert "- ready: llama\n" in await there.told("/model")
        with pytest.raises(NoModelFits) as caught:
            await there.say("ask gpt: 6 x 7?")
        assert "/models enable" in sentence(caught.value)
        assert receipt_of(await there.say("6 x 8?", tenant="2")).model == "gpt"

        assert "gpt is ready" in await here.ordered("/models enable gpt")
        assert receipt_of(await there.say("6 x 9?")).model == "gpt"


async def test_the_last_model_that_could_answer_is_not_switched_off() -> None:
    async with two_replicas() as (here, _):
        await here.told_operator("/models disable gpt")

        assert "/pause" in await here.ordered("/models disable llama")
        assert await here.ordered("/models enable gpt") == (
            "No longer switched off here: gpt is switched off here by an admin."
        )
        assert receipt_of(await here.say("6 x 7?")).model == "llama"


async def test_two_admins_who_switch_off_one_model_each_leave_one_that_answers() -> None:
    async with two_replicas() as (here, there):
        told = await asyncio.gather(
            here.ordered("/models disable gpt"), there.ordered("/models disable llama")
        )

        assert any("no model could answer here" in each for each in told)
        assert text_of(await here.say("6 x 7?")) == "42"


async def test_the_nearest_preset_counts_and_one_s_own_choice_outweighs_it() -> None:
    async with two_replicas() as (here, there):

        async def answers(question: str, **given: Any) -> str:
            return receipt_of(await there.say(question, **given)).model

        await here.ordered("/preset set thrifty server")
        assert await answers("6 x 7?") == "llama"
        assert await here.ordered("/preset set best role R0000001") == (
            "Set for role `R0000001`: **best**."
        )
        assert await answers("6 x 7?", roles=frozenset({"R0000001"})) == "gpt"
        assert await here.ordered("/preset set thrifty") == "Set for this channel: **thrifty**."
        assert await answers("6 x 8?", roles=frozenset({"R0000001"})) == "llama"
        assert await answers("ask best: 6 x 9?") == "gpt"
        assert await here.ordered("/preset remove here") == "Removed for this channel: **thrifty**."
        shown = await here.ordered("/preset", roles=frozenset({"R0000001"}))

    assert shown == (
        "Here, for you: **best**, set for role `R0000001`.\n\n"
        "- role `R0000001`: **best**\n- the whole server: **thrifty**"
    )


async def test_a_rule_of_the_operator_outweighs_a_preset() -> None:
    cheap = a_rule(name="cheap", prefer={"preset": "thrifty"})
    async with two_replicas(cheap, OFF_LIMITS) as (here, there):
        await here.ordered("/preset set best server")

        for place in ("C0000001", "C0000002"):
            assert receipt_of(await there.say("6 x 7?", place=place)).model == "llama"


async def test_who_is_denied_is_told_once_politely_and_costs_nothing() -> None:
    async with two_replicas() as (here, there):
        assert await here.ordered("/access") == "Everybody may ask, everywhere the bot is."
        assert await here.ordered("/access deny user bob") != ""
        assert await here.ordered("/access deny user discord:bob") == "Denied: user `discord:bob`."

        with pytest.raises(NotAdmitted) as caught:
            await there.say("6 x 7?", person="bob")
        assert sentence(caught.value).startswith("Sorry, I may not answer you")
        assert there.completer.calls == []
        assert "no limit" in await there.told("/quota", person="bob")
        assert text_of(await there.say("6 x 7?")) == "42"

        assert await here.ordered("/access remove user discord:bob") == (
            "No longer denied: user `discord:bob`."
        )
        assert text_of(await there.say("6 x 7?", person="bob")) == "42"


@pytest.mark.parametrize(
    ("order", "is_asked_first"),
    [
        ("deny user discord:bob", False),
        ("deny here", False),
        ("deny role R0000001", True),
        ("deny server", True),
        ("allow role R0000002", False),
        ("allow channel C0000009", True),
    ],
)
async def test_what_many_would_feel_is_asked_first(order: str, *, is_asked_first: bool) -> None:
    async with two_replicas() as (here, _):
        await here.ordered("/access allow user me confirm")

        told = await here.ordered(f"/access {order}")

    assert ("Nothing is changed yet" in told) is is_asked_first


async def test_an_admin_who_is_locked_out_is_told_so_and_can_still_undo_it() -> None:
    async with two_replicas() as (here, _):
        order = "/access allow channel C0000002"
        assert await here.ordered(order) == (
            "Questions would be answered nowhere but in channel `C0000002`. Nothing is changed "
            f"yet: `{order} confirm` does it."
        )
        assert text_of(await here.say("6 x 7?")) == "42"
        assert await here.ordered(f"{order} confirm") == (
            "Allowed: channel `C0000002`. Questions are answered in that channel only. You "
            "yourself may not ask here now; your commands work all the same."
        )
        with pytest.raises(NotAdmitted) as caught:
            await here.say("6 x 7?", is_admin=True)
        assert "questions here" in sentence(caught.value)

        assert await here.ordered("/access show") == (
            "Whoever is denied is out. Where any are allowed, only those are in.\n\n"
            "- allowed: channel `C0000002`"
        )
        await here.ordered("/access remove channel C0000002")
        assert text_of(await here.say("6 x 7?")) == "42"


async def test_people_channels_and_roles_are_told_by_name_where_a_chat_shows_names() -> None:
    there: dict[str, Any] = {"person": "11", "place": "22"}
    async with two_replicas() as (here, _):
        await here.ordered("/access deny user <@12>", **there)
        await here.ordered("/access deny channel <#23>", **there)
        await here.ordered("/quota set user <@13> $5 per day", **there)
        await here.ordered("/preset set best role <@&33>", **there)
        await here.ordered("/persona set Be kind.", **there)
        await here.ordered("/digest set monday 9", **there)
        (access,) = await here.say("/access show", is_admin=True, **there)
        (question,) = await here.say("/help", **there)
        audit = await here.ordered("/audit", **there)
        who = await here.told("/whoami", roles=frozenset({"33"}), **there)

        assert "asker <@13> $5.00 per day: $0 used" in await here.ordered("/quota report", **there)
        assert "- role <@&33>: **best**" in await here.ordered("/preset show", **there)
        assert ", <@11>: 8 characters, Be kind." in await here.ordered("/persona history", **there)
        assert "discord:11: access user discord:12" in await here.told_operator("/audit")

    assert access.has_mentions
    assert not question.has_mentions
    assert "denied: channel <#23>, user <@12>" in access.markdown
    assert ", <@11>: access user <@12>: nothing → deny" in audit
    assert ", <@11>: limit: nothing → asker <@13> $5.00 per day" in audit
    assert ", channel <#22>" in audit
    assert "- you are: <@11>, `discord:11`" in who
    assert "- here is: channel <#22> of" in who
    assert "- roles: <@&33>" in who


async def test_models_that_are_not_set_up_are_folded_by_what_they_need() -> None:
    needing = [a_card(name, api_key=Unset("env:THEIR_KEY")) for name in ("sol", "luna")]
    settings = Settings(models=(LLAMA, *needing))
    async with forgetful_stores(settings) as stores:
        here = Replica(settings, stores)
        folded, whole = await here.told("/models"), await here.told("/models all")

    assert "- **llama**: ready · 0.5 in," in folded
    assert "Not set up" in folded
    assert folded.endswith("- sol, luna: needs `env:THEIR_KEY`")
    assert "- **sol**: not set up (needs env:THEIR_KEY) · " in whole


async def test_what_is_a_server_elsewhere_is_a_workspace_on_slack() -> None:
    there: dict[str, Any] = {"platform": "slack", "tenant": "T1", "place": "C1"}
    async with two_replicas() as (here, _):
        set_for_all = await here.ordered("/preset set best server", **there)
        asked = await here.ordered("/quota set server $5 per day", **there)
        await here.ordered("/quota set server $5 per day confirm", **there)
        limits = await here.ordered("/quota show", **there)

    assert set_for_all == "Set for the whole workspace: **best**."
    assert asked.startswith("This is for everybody in this workspace; ")
    assert "| the budget of this workspace for today |" in limits


async def test_who_and_what_is_not_there_is_said_when_it_is_typed_and_where_it_is_shown() -> None:
    there: dict[str, Any] = {"person": "11", "place": "22"}
    is_there = {Target(Of.ROLE, "33"), Target(Of.CHANNEL, "22"), Target(Of.USER, "11")}

    async def look_up(tenant: str, targets: Collection[Target]) -> dict[Target, bool]:
        assert tenant == "1"
        return {each: each in is_there for each in targets}

    async with two_replicas() as (here, other):
        here.directory.take_from("discord", look_up)
        denied = await here.ordered("/access deny user <@12>", **there)
        allowed = await here.ordered("/access deny user <@11>", **there)
        preset = await here.ordered("/preset set best role S1234567", **there)
        limit = await here.ordered("/quota set channel <#23> $5 per day", **there)
        access = await here.ordered("/access show", **there)
        unknown = await other.ordered("/access show", **there)

        assert "- place 23 (not found here) $5.00" in await here.ordered("/quota report", **there)
        assert "role `S1234567` (not found" in await here.ordered("/preset show", **there)

    assert denied == "Denied: user `discord:12` (not found here)."
    assert allowed.startswith("Denied: user <@11>.")
    assert preset == "Set for role `S1234567` (not found here): **best**."
    assert limit == "Set: place 23 (not found here) $5.00 per day."
    assert "denied: user <@11>, user `discord:12` (not found here)" in access
    assert "denied: user <@11>, user <@12>" in unknown


async def test_the_audit_tells_an_admin_of_the_own_server_and_the_operator_of_all() -> None:
    async with two_replicas() as (here, there):
        await here.ordered('/pause {"a": 1} | so')
        await there.ordered("/quota set user me $5 per day")
        await there.ordered("/models disable gpt", tenant="2", person="eve")
        await here.told_operator("/preset set thrifty")

        mine = await here.ordered("/audit")
        all_of_it = await here.told_operator("/audit")
        last = await here.told_operator("/audit 1")

        assert "From 1 to 100" in await here.ordered("/audit 0")
        assert "pause" not in await here.ordered("/quota audit")

    assert 'discord:ada: pause server: nothing → {"a": 1} | so' in mine
    assert "discord:ada: limit: nothing → asker discord:ada $5.00 per day" in mine
    assert "eve" not in mine
    assert "discord:eve: model gpt: nothing → off" in all_of_it
    assert "terminal:ada: preset everywhere: nothing → thrifty" in last
    assert len(last.splitlines()) == 3


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("/models disable", "What is missing is `name`"),
        ("/models disabel gpt", "Did you mean `/models disable`?"),
        ("/preset set bset", "Did you mean `best`?"),
        ("/preset set best chanel C0000002", "Did you mean `channel`?"),
        ("/preset set best role @staff", "not"),
        ("/preset set best server role R0000001", "one at a time"),
        ("/access deny", "Say whom"),
        ("/access allow server", "Everybody may ask unless told otherwise"),
        ("/access deny channel #general", "not"),
        ("/access remove role R0000001", "Nothing is said of"),
        ("/persona set", "What is missing is `text`"),
        ("/persona back one", "cannot be read as `version`"),
        ("/persona remove", "There is no persona"),
        ("/rules tset x", "Did you mean `/rules test`?"),
        ("/audit many", "not understood"),
        (f"/pause {'x' * 201}", "at most 200 characters"),
        (f"/audit {'9' * 5000}", "not understood"),
        (f"/usage server {'9' * 5000}", "not understood"),
        (f"/digest set monday {'9' * 5000}", "cannot be read as `hour`"),
        (
            "/access deny user bob",
            "`bob` cannot be read as `user`: for this person. Write a",
        ),
        ("/resume now", "Nothing can follow"),
    ],
)
async def test_bad_input_gets_what_is_allowed_and_changes_nothing(words: str, told: str) -> None:
    async with two_replicas() as (here, _):
        assert told in await here.ordered(words)
        assert await here.ordered("/audit") == "Nothing was changed yet."
