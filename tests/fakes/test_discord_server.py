"""The fake Discord as a child process, driven from outside."""

import types

import pytest

from tests.fakes.discord_bot import a_connected_bot
from tests.fakes.discord_remote import RemoteDiscord
from tests.fakes.discord_server import Control, ControlledDiscord


async def test_a_world_in_another_process_is_spoken_to_like_one_in_this() -> None:
    async with RemoteDiscord() as remote:
        guild = await remote.do("add_guild")
        channel = await remote.do("add_channel", guild=guild)
        ada = await remote.do("add_user", name="ada", guild=guild)
        async with a_connected_bot(remote) as bot:
            said = await remote.do("say", user=ada, channel=channel, text="hi", mention_bot=True)
            question = await bot.hear()
            await question.reply("hello", mention_author=False)
            seen = await remote.do("messages", channel=channel, after=said)
            state = await remote.do("state")

    assert question.content.endswith(" hi")
    assert [(each["content"], each["reply_to"]) for each in seen] == [("hello", said)]
    assert (state["violations"], state["is_connected"], state["identified"]) == ([], True, 1)


async def test_faults_are_named_by_words() -> None:
    async with ControlledDiscord() as fake:
        control = Control(fake)
        await control.fail_next("POST", "/messages", "lost answer")
        await control.fail_at_random({"dropped": 0.5, "503": 0.5})

        struck = {str(fake.faults.strike("POST", "/channels/1/messages")) for _ in range(50)}

        assert len(struck) == 3
        with pytest.raises(ValueError, match="invalid literal"):
            await control.fail_next("POST", "/messages", "unknown")


def test_each_action_is_a_method_of_its_name() -> None:
    actions = Control(ControlledDiscord()).actions

    assert all(isinstance(each, types.MethodType) for each in actions.values())
    assert {name: each.__name__ for name, each in actions.items()} == {n: n for n in actions}
