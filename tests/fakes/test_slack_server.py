"""The fake Slack in a process of its own, driven from outside."""

import types

from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from tests.fakes.slack import Rate
from tests.fakes.slack_app import HttpApp
from tests.fakes.slack_remote import RemoteSlack
from tests.fakes.slack_saying import QUIET, Json
from tests.fakes.slack_server import Control, ControlledSlack


async def test_a_world_in_another_process_is_spoken_to_like_one_in_this() -> None:
    async with RemoteSlack() as remote:
        app = AsyncApp(client=AsyncWebClient(remote.bot_token, base_url=remote.api_url))

        @app.event("message")
        async def answer(event: Json, client: AsyncWebClient) -> None:
            if "bot_id" not in event:
                await client.chat_postMessage(
                    channel=event["channel"], thread_ts=event["ts"], text="hello", **QUIET
                )

        handler = AsyncSocketModeHandler(app, remote.app_token)
        await handler.connect_async()  # type: ignore[no-untyped-call]
        ada = await remote.do("add_user", name="ada", is_admin=True)
        dm = await remote.do("add_dm", user=ada)
        said = await remote.do("say", user=ada, channel=dm, text="hi")
        seen: list[Json] = []
        while not seen:
            seen = await remote.do("messages", channel=dm, thread=said)
        state = await remote.do("state")
        await handler.close_async()  # type: ignore[no-untyped-call]

    assert [(each["shown"], each["thread"]) for each in seen] == [("hello", said)]
    assert (state["violations"], state["sockets"], state["opened"]) == ([], 1, 1)


async def test_actions_do_what_they_say() -> None:
    async with ControlledSlack() as fake, HttpApp(fake) as app:
        control = Control(fake)
        await control.pauses([0.5])
        await control.tiers(2)
        await control.over_http(app.url)
        await control.fail_next("POST", "chat", "lost answer")
        team = await control.add_team()
        ada = await control.add_user("ada", team["id"])
        channel = await control.add_channel("general", team["id"])
        said = await control.say(ada, channel, "why?", mention_bot=True)
        await control.edit(channel, said, "how?")
        pressed = await control.slash(ada, channel, "ask", "when?")
        await fake.until(lambda: len(app.heard) == 4)
        await fake.until(lambda: all(each.is_acknowledged for each in fake.deliveries.told))
        answered = await control.interaction(pressed)
        await control.delete(channel, said)

        assert fake.limits.tiers[1] == Rate(2, 60)
        assert str(fake.faults.strike("POST", "chat.update")) == "_Named(name='lost answer')"
        assert len(await control.acknowledgements(after=3)) == 2
        assert (answered["acknowledged_after_s"] < 3, answered["answers"]) == (True, [])
        assert await control.messages(channel) == []
        assert (await control.state())["told"] == 5


def test_each_action_is_a_method_of_its_name() -> None:
    actions = Control(ControlledSlack()).actions

    assert all(isinstance(each, types.MethodType) for each in actions.values())
    public = {name for name in dir(Control) if not name.startswith("_")}
    assert set(actions) == public
