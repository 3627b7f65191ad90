"""Every command on every surface: tried with the real bot, and proven for one that is new."""

import asyncio
import json
import shlex
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from typing import Final

from bot.commands.command import Audience, Command, Invocation
from bot.commands.completing import Completing
from bot.commands.everything import COMMANDS
from bot.commands.finding import find_spoken
from bot.commands.forms import form_for
from bot.commands.options import Kind, Option
from bot.commands.registry import Registry
from bot.commands.words import words_of
from bot.platforms.discord.forms import modal_of
from bot.platforms.discord.slash import definitions, given
from bot.platforms.port import Notice
from bot.platforms.slack.command_forms import Opened, form_view
from bot.platforms.slack.manifest import manifest
from config.settings import Settings
from tests.bot.commands.administered import two_replicas
from tests.bot.office import a_message
from tests.dialogues.on_discord import discord_settings, discord_stage
from tests.dialogues.on_slack import SlackStage, slack_settings, slack_stage
from tests.dialogues.on_terminal import terminal_stage
from tests.dialogues.script import ADMINS, Step
from tests.dialogues.stage import Seen, Stage, plain, settings_for
from tests.fakes.discord import FakeDiscord
from tests.fakes.provider import Answer, FakeProvider
from tests.fakes.slack import FakeSlack, User
from tests.fakes.slack.shown import shown_blocks

SAMPLES: Final = {
    Kind.AMOUNT: "$5", Kind.WHOLE_NUMBER: "1", Kind.MODEL: "gpt", Kind.USER: "@ada",
}  # fmt: skip
AT_HOME: Final = {
    "usage": "What is left, and what you used", "model": "Your model",
    "quota set": "Set a limit",
}  # fmt: skip
BY_A_MODEL: Final = "Said by a model."
UNKNOWN: Final = ("There is no command", "comes one of", "is not understood", "does not answer")


@dataclass(frozen=True)
class Leaf:
    """A command that does something."""

    path: str
    command: Command
    is_everyday: bool

    @property
    def values(self) -> dict[str, str]:
        """Return what it needs to be told, and one more where a form would ask."""
        needed = [each for each in self.command.options if each.is_required]
        if self.command.has_form and not needed:
            needed = [*self.command.options[:1]]
        return {each.name: sample(each) for each in needed}

    def is_answered_by(self, text: str) -> bool:
        """Tell whether that is what comes of it, and not of words that nobody took for it."""
        is_question = BY_A_MODEL in text and not self.command.asks_a_model
        return not (is_question or any(each in text for each in UNKNOWN))

    @property
    def by_options(self) -> str:
        options = [f"{name}:{shlex.quote(value)}" for name, value in self.values.items()]
        return " ".join([f"/{self.path}", *options])

    @property
    def spoken(self) -> str:
        slash = "/" if self.is_everyday else ""
        return f"{slash}{self.path} {words_of(self.command.options, self.values)}".strip()


def sample(option: Option) -> str:
    if option.choices:
        return option.choices[0]
    return SAMPLES.get(option.kind, "asker usd per day" if option.has_suggestions else "tea")


def leaves(commands: tuple[Command, ...]) -> Iterator[Leaf]:
    for command in commands:
        if command.run is not None:
            yield Leaf(command.name, command, command.is_everyday)
        for sub in command.subcommands:
            if sub.audience is not Audience.OPERATOR:
                yield Leaf(f"{command.name} {sub.name}", sub, command.is_everyday)


LEAVES: Final = tuple(leaves(COMMANDS.commands))


async def tried(stage: Stage, where: tuple[str, ...], how: str) -> set[str]:
    """Return the commands that are answered when admins give them in one way, in turns."""
    reached = set()
    for leaf, who, place in zip(LEAVES, cycle(sorted(ADMINS)), cycle(where), strict=False):
        if how == "fills" and not leaf.command.has_form:
            continue
        what = leaf.by_options if how else leaf.spoken
        step = Step(0, who, place, how, what)
        shown = await stage.do(step)
        await shown.until(lambda shown=shown: is_whole(shown.seen()))  # type: ignore[misc]
        if leaf.is_answered_by(plain(shown.seen().text)):
            reached.add(leaf.path)
    return reached


def is_whole(seen: Seen) -> bool:
    return seen.is_over and bool(plain(f"{seen.text}{seen.small}"))


async def on_discord(provider: FakeProvider, folder: Path) -> dict[str, set[str]]:
    async with FakeDiscord() as fake:
        settings = discord_settings(fake, folder, provider)
        async with discord_stage(fake, settings) as stage:
            slash, mention = await asyncio.gather(tried(stage, ("#tea",), "slash"), spoken(stage))
            form = await tried(stage, ("#tea",), "fills")
        assert fake.violations == []
    return {"Discord slash": slash, "Discord mention": mention, "Discord form": form}


async def spoken(stage: Stage) -> set[str]:
    return await tried(stage, ("#milk", "#honey", "#lemon"), "")


async def on_slack(folder: Path) -> dict[str, set[str]]:
    made = manifest(Settings().slack, COMMANDS.commands)
    listed = {each["command"][1:] for each in made["features"]["slash_commands"]}
    async with at_slack(folder) as (fake, stage):
        slash, mention = await asyncio.gather(tried(stage, ("#tea",), "slash"), spoken(stage))
        form = await tried(stage, ("#tea",), "fills")
        person = fake.world.users[stage.asker("eve").removeprefix("slack:")]
        await fake.open_home(person)
        await fake.until(lambda: person.id in fake.world.homes)
        told = json.dumps(fake.world.homes[person.id]["blocks"])
    home = {path for path, title in AT_HOME.items() if title in told}
    slash = {path for path in slash if path.split()[0] in listed}
    return {"Slack slash": slash, "Slack mention": mention, "Slack form": form, "App Home": home}


async def on_the_terminal(provider: FakeProvider, folder: Path) -> dict[str, set[str]]:
    async with terminal_stage(settings_for(folder, provider)) as stage:
        return {"terminal": await tried(stage, ("#tea",), "slash")}


def row(leaf: Leaf, surfaces: dict[str, set[str]]) -> str:
    cells = ["yes" if leaf.path in reached else "" for reached in surfaces.values()]
    return f"| `/{leaf.path}` | {' | '.join(cells)} |"


async def test_every_command_is_answered_on_every_surface(tmp_path: Path) -> None:
    folders = [tmp_path / name for name in ("discord", "slack", "terminal")]
    for folder in folders:
        folder.mkdir()
    async with a_host() as provider:
        surfaces = await on_discord(provider, folders[0])
        surfaces |= await on_slack(folders[1])
        surfaces |= await on_the_terminal(provider, folders[2])

    every = {leaf.path for leaf in LEAVES}
    with_form = {leaf.path for leaf in LEAVES if leaf.command.has_form}
    print("\n".join(row(leaf, surfaces) for leaf in LEAVES))  # noqa: T201 # for the notes
    assert surfaces == dict.fromkeys(surfaces, every) | {
        "Discord form": with_form,
        "Slack form": with_form,
        "App Home": set(AT_HOME),
    }


@asynccontextmanager
async def a_host() -> AsyncIterator[FakeProvider]:
    """Run two models that say that they said it."""
    async with FakeProvider() as provider:
        for model in ("gpt", "llama"):
            provider.script(model, Answer(BY_A_MODEL))
        yield provider


@asynccontextmanager
async def at_slack(folder: Path) -> AsyncIterator[tuple[FakeSlack, SlackStage]]:
    """Run the bot on Slack."""
    async with FakeSlack() as fake, a_host() as provider:
        settings = slack_settings(fake, folder, provider)
        async with slack_stage(fake, settings) as stage:
            yield fake, stage
        assert fake.violations == []


async def ordered(stage: Stage, who: str, words: str) -> str:
    """Let somebody give a command; return the whole answer."""
    shown = await stage.do(Step(0, who, "#tea", "slash", words))
    await shown.until(lambda: is_whole(shown.seen()))
    return plain(shown.seen().text)


async def home_of(fake: FakeSlack, person: User, with_what: str) -> str:
    """Return what somebody's App Home shows, once something stands there."""

    def shown() -> str:
        return plain(shown_blocks(fake.world.homes.get(person.id, {}).get("blocks", [])))

    await fake.until(lambda: with_what in shown())
    return shown()


async def test_admins_change_limits_in_app_home(tmp_path: Path) -> None:
    async with at_slack(tmp_path) as (fake, stage):
        await ordered(stage, "eve", "/quota set scope:user amount:$5 per:day")
        eve, ada = (fake.world.users[stage.asker(name)[6:]] for name in ("eve", "ada"))
        await fake.open_home(eve)
        await home_of(fake, eve, "asker usd per day: $5.00")

        await fake.press_home(eve, "pointsman:home:change.0")
        await fake.until(lambda: fake.modal(eve))
        wrong = await fake.submit(eve, {"amount": "7 apples"})
        await fake.until(lambda: wrong.errors)
        await fake.submit(eve, {"amount": "$7"})
        told = await home_of(fake, eve, "asker usd per day: $7.00")

        await fake.open_home(ada)
        others = await home_of(fake, ada, "Your model")
        await fake.press_home(eve, "pointsman:home:change")
        await fake.until(lambda: fake.modal(eve))
        await stage.appoint("eve", is_admin=False)
        refused = await fake.submit(eve, {"scope": "user", "amount": "$9"})
        await fake.until(lambda: refused.errors)

    assert "7 apples usd is no amount" in wrong.errors["amount"]
    assert "Set: asker $7.00 per day" in told
    assert "It was $5.00" in told
    assert "Set a limit" not in others
    assert list(refused.errors.values()) == ["Only an admin may use /quota set."]


async def test_two_admins_at_once_lose_nothing_of_one_another(tmp_path: Path) -> None:
    async with at_slack(tmp_path) as (_, stage):
        await ordered(stage, "eve", "/quota set scope:user amount:1 unit:questions per:day")
        grant = "/quota grant scope:user amount:{} unit:questions per:day"

        await asyncio.gather(*(
            ordered(stage, who, grant.format(more)) for who, more in [("eve", 2), ("max", 40)] * 3
        ))  # fmt: skip
        told = await ordered(stage, "eve", "/quota show")

    assert "asker 127 questions per day" in told


async def _told(_invocation: Invocation) -> Notice:
    return Notice("Tea is ready.")


TEA: Final = Command(
    "tea",
    "make tea",
    _told,
    options=(
        Option("kind", "which tea", is_required=True, choices=("green", "black")),
        Option("person", "for whom", Kind.USER, after="for"),
    ),
    audience=Audience.ADMINS,
    has_form=True,
)
WITH_TEA: Final = Registry((*(each for each in COMMANDS.commands if each.name != "help"), TEA))


class TestANewCommand:
    """Written once, it is everywhere."""

    def test_discord_offers_it(self) -> None:
        (tea,) = [each for each in definitions(WITH_TEA.commands) if each["name"] == "tea"]

        told = given({"name": "tea", "options": [{"name": "kind", "value": "green", "type": 3}]},
            WITH_TEA.commands)  # fmt: skip

        assert [each["name"] for each in tea["options"]] == ["kind", "person"]
        assert tea["default_member_permissions"]
        assert told.text == "/tea green"

    def test_it_is_in_the_manifest_for_slack(self) -> None:
        made = manifest(Settings().slack, WITH_TEA.commands)

        assert {
            "command": "/tea", "description": "make tea", "should_escape": True,
            "usage_hint": "green|black [for PERSON]",
        } in made["features"]["slash_commands"]  # fmt: skip

    def test_the_terminal_completes_it(self) -> None:
        complete = Completing(WITH_TEA.commands, Settings().models, {})

        assert [each.value for each in complete("/te")] == ["/tea"]
        assert [each.value for each in complete("/tea ")] == ["green", "black", "for"]

    def test_it_may_be_said_behind_a_mention(self) -> None:
        by_name = {each.name: each for each in WITH_TEA.commands}
        found = find_spoken("tea green for <@U1>", by_name, Settings().models)

        assert found
        assert found.values() == {"kind": "green", "person": "U1"}
        assert find_spoken("tea is nice", by_name, Settings().models) is None

    def test_discord_and_slack_have_a_form_for_it(self) -> None:
        form = form_for(a_message(text="/tea", is_admin=True), WITH_TEA.commands)

        assert form
        modal = modal_of(form).to_dict()
        view = form_view(form, Opened("/tea", "C1", "", ""))
        lines = [each["component"]["custom_id"] for each in modal["components"]]
        assert lines == ["kind", "person"]
        kinds = [each["element"]["type"] for each in view["blocks"] if each["type"] == "input"]
        assert kinds == ["static_select", "users_select"]

    async def test_help_tells_of_it_and_admins_may_give_it(self) -> None:
        async with two_replicas(commands=WITH_TEA) as (replica, _):
            helped = await replica.ordered("/help")
            told = await replica.ordered("/tea green")
            missing = await replica.ordered("/tea")
            helped_others = await replica.told("/help")
            refused = await replica.told("/tea green")

        assert "`/tea green|black [for PERSON]`: make tea" in helped
        assert (told, missing) == (
            "Tea is ready.",
            "Here comes one of `green`, `black`. It is missing.",
        )
        assert "/tea" not in helped_others
        assert refused == "Only an admin may use `/tea`."
