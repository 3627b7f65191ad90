"""Who may give a command, what help tells whom, and what is suggested."""

import logging
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.commands.command import AskAnew, Audience, Command, Invocation, Services, Typing
from bot.commands.options import Kind, Option, Suggestion
from bot.commands.registry import Registry
from bot.platforms.port import Message, Notice
from bot.platforms.terminal_identity import terminal_conversation
from tests.bot.commands.test_quota import a_house
from tests.builders import an_origin

STATE = Option("state", "on or off", is_required=True, choices=("on", "off"))


async def _told(invocation: Invocation) -> Notice:
    return Notice(f"done {sorted(invocation.values.items())}")


async def _known(_typing: Typing) -> Sequence[Suggestion]:
    return [Suggestion(f"{n}", f"tea {n}" if n % 2 else f"milk tea {n}") for n in range(100)]


async def _anew(_invocation: Invocation) -> AskAnew:
    return AskAnew("what is tea?")


REGISTRY = Registry(
    (
        Command("tea", "about tea", _told, options=(STATE,)),
        Command(
            "pause",
            "stop all spending",
            _told,
            audience=Audience.ADMINS,
            options=(Option("word", "any", Kind.WORD, has_suggestions=True),),
            suggest=_known,
        ),
        Command(
            "milk",
            "about milk",
            subcommands=(
                Command("show", "what there is", _told),
                Command("pour", "pour it away", _told, audience=Audience.ADMINS),
                Command("own", "take it", _told, audience=Audience.OPERATOR),
            ),
            default="show",
        ),
        Command("again", "once more", _anew),
        Command(
            "purse",
            "what is in it",
            subcommands=(Command("show", "all of it", _told),),
            default="show",
            is_confidential=True,
        ),
    )
)


@pytest.fixture
async def services() -> AsyncIterator[Services]:
    async with a_house() as house:
        yield house.services


def said(text: str, *, is_admin: bool = False, platform: str = "discord", **more: Any) -> Message:
    origin = an_origin(platform=platform, tenant="guild", person="42")
    here, now = terminal_conversation(origin), datetime.now(UTC)
    return Message("1", origin, here, text, now, is_admin=is_admin, **more)


async def told(message: Message, services: Services) -> str:
    notice = await REGISTRY.run(message, services)
    assert isinstance(notice, Notice)
    return notice.markdown


@pytest.mark.parametrize(
    ("text", "is_admin", "platform", "answer"),
    [
        ("/pause", False, "discord", "Only an admin may use `/pause`."),
        ("/pause", True, "discord", "done []"),
        ("/milk pour", False, "slack", "Only an admin may use `/milk pour`."),
        ("/milk pour", True, "slack", "done []"),
        ("/milk own", True, "slack", "Only the operator, in the terminal, may use `/milk own`."),
        ("/milk own", True, "terminal", "done []"),
        ("/milk", False, "slack", "done []"),
    ],
)
async def test_only_who_may_gives_a_command(
    text: str, answer: str, services: Services, *, is_admin: bool, platform: str
) -> None:
    message = said(text, is_admin=is_admin, platform=platform)

    assert await told(message, services) == answer


async def test_a_refusal_is_logged_by_ids_without_what_was_said(
    services: Services, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        await told(said("/pause secret words"), services)

    (line,) = caplog.messages
    assert "/pause was refused to discord:42" in line
    assert "secret" not in line


async def test_spoken_words_are_a_command_only_where_the_bot_was_named(services: Services) -> None:
    assert await REGISTRY.run(said("tea on"), services) is None
    assert await told(said("tea on", is_addressed=True), services) == "done [('state', 'on')]"
    assert await REGISTRY.run(said("tea on time", is_addressed=True), services) is None
    refused = await told(said("milk pour", is_addressed=True), services)
    assert refused == "Only an admin may use `/milk pour`."


@pytest.mark.parametrize("text", ["/purse", "/purse show", "purse show"])
async def test_what_is_confidential_is_told_only_where_nobody_else_reads_it(
    text: str, services: Services
) -> None:
    alone = said(text, is_addressed=True)
    overheard = replace(alone, origin=replace(alone.origin, private=False))

    assert "`/purse show`" in await told(overheard, services)
    assert await told(alone, services) == "done []"


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("/tea onn", "`onn` is none of them. Did you mean `on`?"),
        ("/tea", "Here comes one of `on`, `off`. It is missing."),
        ("/again now", "Nothing can follow `/again`."),
        ("/milk pourr", "Did you mean `/milk pour`?"),
        ("/taa", "Did you mean `/tea`?"),
        ("/help taa", "Did you mean `/help tea`?"),
    ],
)
async def test_what_is_mistyped_gets_the_nearest_guess(
    text: str, answer: str, services: Services
) -> None:
    notice = await REGISTRY.run(said(text), services)

    assert isinstance(notice, Notice)
    assert answer in notice.markdown
    assert notice.is_failure


async def test_help_shows_admins_what_is_for_them_and_others_nothing_of_it(
    services: Services,
) -> None:
    for_all = await told(said("/help"), services)
    for_admins = await told(said("/help", is_admin=True), services)

    assert "- `/tea on|off`: about tea" in for_all
    assert "pause" not in for_all
    assert "For admins:\n\n- `/pause [WORD]`: stop all spending" in for_admins


async def test_help_tells_more_of_one_command(services: Services) -> None:
    assert await told(said("/help tea"), services) == (
        "`/tea on|off`: about tea.\n\n- `state`: on or off"
    )
    of_milk = await told(said("/help /milk"), services)
    assert "- `/milk show`: what there is" in of_milk
    assert "pour" not in of_milk
    assert "- `/milk pour`" in await told(said("/help milk", is_admin=True), services)
    assert "There is no command" in await told(said("/help pause"), services)


async def test_what_begins_like_what_is_typed_is_suggested_first(services: Services) -> None:
    typing = said("/pause", is_admin=True)

    found = await REGISTRY.suggest(typing, "word", "tea 1", services)

    labels = [each.label for each in found]
    assert labels[:7] == [*(f"tea {n}" for n in (1, 11, 13, 15, 17, 19)), "milk tea 10"]
    assert len(await REGISTRY.suggest(typing, "word", "", services)) == 25
    assert await REGISTRY.suggest(replace(typing, is_admin=False), "word", "", services) == ()
    assert await REGISTRY.suggest(said("/gone"), "word", "", services) == ()
    assert await REGISTRY.suggest(said("/tea"), "state", "", services) == ()


async def test_the_models_and_limits_there_are_are_suggested() -> None:
    limits = (
        {"of": "asker", "usd": 1, "per": "day", "tenant": "guild"},
        {"of": "asker", "usd": 9, "per": "month", "tenant": "other"},
    )
    async with a_house(*limits) as house:
        models = await house.handler.suggest(said("/model"), "model", "")
        admin = said("/quota remove", is_admin=True)
        found = await house.handler.suggest(admin, "limit", "usd")
        by_operator = await house.handler.suggest(
            said("/quota remove", is_admin=True, platform="terminal"), "limit", "usd"
        )

    assert {"auto", "thrifty", "llama"} <= {each.value for each in models}
    assert found == (Suggestion("asker usd per day", "asker usd per day: $1.00"),)
    assert len(by_operator) == 2
