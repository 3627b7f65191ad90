import pytest

from bot.budget_wording import quota_words
from bot.commands.words import NotUnderstood
from bot.quota_words import read_quota
from config.quotas import Quota
from tests.builders import an_origin

TERMINAL = an_origin()
DISCORD = an_origin(platform="discord", tenant="guild", place="general", person="7")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("asker $2 per day", "asker $2.00 per day"),
        ("asker 2$ daily", "asker $2.00 per day"),
        ("user 0.5 usd per month in Europe/Berlin", "asker $0.50 per month in Europe/Berlin"),
        ("user discord:1 $5 per week", "asker discord:1 $5.00 per week"),
        ("user 1 $5 per week", "asker terminal:1 $5.00 per week"),
        ("me 5", None),
        ("user me $5 per week", "asker terminal:ada $5.00 per week"),
        ("channel here 20 questions hourly", "place terminal 20 questions per hour"),
        ("channel C024 1,500 requests per hour", "place C024 1,500 questions per hour"),
        ("role 1234 50k tokens per week", "role 1234 50,000 tokens per week"),
        ("everyone 1.5m tokens a month", "everyone 1,500,000 tokens per month"),
        ("server $10 per lifetime", "tenant $10.00 per lifetime"),
        ("asker 3 at once", "asker 3 answers at once"),
        ("asker each $1 per day", "asker $1.00 per day"),
        ("askers $1 every day", "asker $1.00 per day"),
    ],
)
def test_a_budget_is_read_as_people_say_it(words: str, said: str | None) -> None:
    if said is None:
        with pytest.raises(NotUnderstood):
            read_quota(words, TERMINAL)
    else:
        assert quota_words(read_quota(words, TERMINAL)) == said


@pytest.mark.parametrize(
    ("words", "told"),
    [
        pytest.param("", "Say it like", id="nothing"),
        pytest.param("asker", "is no amount", id="no amount"),
        pytest.param("askr $2 per day", "Did you mean `asker`?", id="a typo in the scope"),
        pytest.param("asker $2 per fortnight", "one of minute, hour", id="an unknown window"),
        pytest.param("asker $2 per dya", "Did you mean `day`?", id="a typo in the window"),
        pytest.param("asker 2 euros per day", "is no amount|the unit", id="a currency"),
        pytest.param("asker 2 tokns per day", "is no amount|the unit", id="a typo in the unit"),
        pytest.param("asker $1,5 per day", "with a dot: 1.5", id="a decimal comma"),
        pytest.param("asker 1,50 usd per day", "with a dot: 1.5", id="a decimal comma and a unit"),
        pytest.param("asker 1,5k tokens per day", "with a dot: 1.5", id="a comma before k"),
        pytest.param("asker 2 per day", "Say what is counted", id="no unit"),
        pytest.param("asker -2 usd per day", "is no amount", id="negative"),
        pytest.param("asker -$2 per day", "is no amount", id="negative dollars"),
        pytest.param("asker $99999999999 per day", "at most", id="absurd"),
        pytest.param("asker $2 per day in Mars/One", "time zone", id="an unknown zone"),
        pytest.param("asker $2 per day in Europe/Berlinn", "mean `Europe/Berlin`", id="zone typo"),
        pytest.param("asker $2 per day in Europe Berlin", "one time zone", id="two words of zone"),
        pytest.param("asker $2", "say `per` what", id="no window"),
        pytest.param("asker 2.5 questions per day", "whole number", id="half a question"),
        pytest.param("asker $2 tokens per day", "not both", id="two units"),
        pytest.param("role $2 per day", "needs ids", id="a role without an id"),
        pytest.param("asker 2 at once per day", "`per` goes with", id="at once in a window"),
        pytest.param("`rm -rf` $2 per day", "does not say whose", id="nonsense"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_refused_with_the_way_out(words: str, told: str) -> None:
    with pytest.raises(NotUnderstood, match=told):
        read_quota(words, TERMINAL)


def test_a_chats_admin_sets_budgets_of_that_tenant_alone() -> None:
    assert read_quota("asker $2 per day", DISCORD).tenant == "guild"
    assert read_quota("asker $2 per day", TERMINAL).tenant == ""


@pytest.mark.parametrize(
    "whose",
    [
        "user bob", "channel random", "role vip", "server 99", "server discord:99", "user a:b:c",
        "channel discord:99:5",
    ],
)  # fmt: skip
def test_what_something_is_called_and_what_is_elsewhere_limit_nobody(whose: str) -> None:
    with pytest.raises(NotUnderstood, match="here that I could know"):
        read_quota(f"{whose} $2 per day", DISCORD)

    assert read_quota(f"{whose} usd per day", DISCORD, needs_amount=False).ids


@pytest.mark.parametrize(
    "whose",
    ["user <@7>", "user slack:U7", "channel discord:guild:5", "server guild", "server here"],
)
def test_what_is_there_is_limited_by_its_id(whose: str) -> None:
    assert read_quota(f"{whose} $2 per day", DISCORD).ids


def test_a_budget_can_be_named_without_an_amount() -> None:
    named = read_quota("user discord:1 usd per day", TERMINAL, needs_amount=False)

    assert named == Quota.model_validate(
        {"of": "asker", "ids": ["discord:1"], "usd": 0, "per": "day"}
    )
