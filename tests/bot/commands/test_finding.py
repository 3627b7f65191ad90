"""Which words are a command, and which are a question."""

import pytest

from bot.commands.command import Audience, Command, Invocation
from bot.commands.everything import COMMANDS
from bot.commands.finding import find, find_spoken
from bot.commands.options import Kind, Option
from bot.commands.words import NotUnderstood
from bot.platforms.port import Notice
from config.settings import Settings
from tests.builders import a_card

CATALOG = Settings.model_validate({"models": [a_card(name="gpt-mini", alias="gpt")]}).models


async def _done(_invocation: Invocation) -> Notice:
    return Notice("done")


COMPARE = Command("compare", "c", _done, options=(Option("question", "q", Kind.TEXT),))
RULES = Command(
    "rules",
    "r",
    subcommands=(
        Command("show", "s", _done),
        Command("test", "t", _done, options=(Option("question", "q", Kind.TEXT),)),
    ),
    audience=Audience.ADMINS,
)
BY_NAME = {each.name: each for each in (*COMMANDS.commands, COMPARE, RULES)}


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("/quota", "/quota show"),
        ("/quota set asker $5 per day", "/quota set"),
        ("  /QUOTA Show ", "/quota show"),
        ("/model gpt", "/model"),
        ("/etc/passwd is what?", ""),
        ("/ is a slash", ""),
        ("quota show", ""),
        ("What does /quota do?", ""),
    ],
)
def test_behind_a_slash_every_command_is_one(text: str, name: str) -> None:
    found = find(text, BY_NAME)

    assert (found.name if found else "") == name


@pytest.mark.parametrize(
    ("text", "guess"),
    [("/qouta", "`/quota`"), ("/quota sett x", "`/quota set`"), ("/rules", "`show`, `test`")],
)
def test_a_name_that_there_is_not_gets_the_nearest(text: str, guess: str) -> None:
    with pytest.raises(NotUnderstood) as refused:
        find(text, BY_NAME)

    assert guess in str(refused.value)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("quota", "/quota show"),
        ("Quota show", "/quota show"),
        ("quota set user <@5> $3 per day", "/quota set"),
        ("quota set asker 5 dolars per day", "/quota set"),
        ("usage", "/usage mine"),
        ("usage 7", "/usage mine"),
        ("usage csv", "/usage mine"),
        ("usage server 7", "/usage server"),
        ("help", "/help"),
        ("model", "/model"),
        ("model gpt", "/model"),
        ("model auto", "/model"),
        ("purge", "/purge"),
        ("rules test may I ask this?", "/rules test"),
    ],
)
def test_spoken_words_that_are_a_command_and_nothing_else_are_one(text: str, name: str) -> None:
    found = find_spoken(text, BY_NAME, CATALOG)

    assert found is not None
    assert found.name == name


@pytest.mark.parametrize(
    "text",
    [
        "model trains are fun",
        "model trains",
        "model gpt for me a train",
        "quota setting is what?",
        "quota set theory",
        "quota show me the numbers",
        "quotas",
        "usage of semicolons",
        "help me",
        "help me with my homework",
        "compare apples and oranges",
        "rules",
        "rules of chess",
        "why",
        "forget",
        "new",
        "good",
        "better",
        "fresh fish recipes",
        "what is my quota?",
        "",
    ],
)
def test_spoken_words_that_may_be_a_question_are_one(text: str) -> None:
    assert find_spoken(text, BY_NAME, CATALOG) is None


def test_of_a_group_and_its_part_the_narrower_audience_holds() -> None:
    found = find("/rules show", BY_NAME)

    assert found is not None
    assert found.audience is Audience.ADMINS
