"""`/persona`: what models are told about their part, by an admin."""

from tests.bot.commands.administered import two_replicas
from tests.routing.scripted import receipt_of


async def test_a_persona_is_told_to_the_model_and_no_answer_made_under_another_is_given() -> None:
    question = "What is the capital of France?"
    async with two_replicas() as (here, there):
        await there.say(question)
        assert receipt_of(await there.say(question)).is_cached

        assert await here.ordered("/persona set You are a pirate.\nBe brief.") == (
            "Set: the persona of this channel, version 1."
        )
        assert not receipt_of(await there.say(question)).is_cached
        prompt = there.completer.calls[-1].system_prompt
        assert prompt.startswith("You are Pointsman")
        assert prompt.endswith("\n\nYou are a pirate.\nBe brief.")

        assert not receipt_of(await there.say(question, place="C0000002")).is_cached
        assert "pirate" not in there.completer.calls[-1].system_prompt
        await here.ordered("/persona remove")
        assert receipt_of(await there.say(question)).is_cached


async def test_personas_go_back_to_an_earlier_version_with_who_and_when() -> None:
    async with two_replicas() as (here, there):
        await here.ordered('/persona set for workspace "Answer as a clerk."')
        await here.ordered("/persona set A pirate | and a poet.")
        undo = await there.ordered("/persona set A poet.", person="bob")
        assert undo == (
            "Set: the persona of this channel, version 2. `/persona back 1` takes that back."
        )

        assert "> A poet." in await here.ordered("/persona")
        assert "> Answer as a clerk." in await here.ordered("/persona show for server")
        assert "> Answer as a clerk." in await here.ordered("/persona", place="C0000002")
        assert "version 3" in await here.ordered("/persona back 1")
        assert "these versions are kept: 3, 2, 1" in await here.ordered("/persona back 7")
        history = (await here.ordered("/persona history")).splitlines()

    assert [row[:11] for row in history[2:]] == ["- version 3", "- version 2", "- version 1"]
    assert history[3].endswith(", `discord:bob`: 7 characters, A poet.")
    assert history[4].endswith(" characters, A pirate | and a poet.")


async def test_a_persona_may_be_so_long_and_no_longer() -> None:
    async with two_replicas() as (here, _):
        assert "at most 4,000 characters, this one 4,001" in await here.ordered(
            f"/persona set {'x' * 4001}"
        )
        assert (await here.ordered("/persona")).startswith("There is no persona")
        assert "version 1" in await here.ordered("/persona set \ud800")
