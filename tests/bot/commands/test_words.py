"""The grammar of commands: what is typed, and what a platform's options are put together to."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.commands.everything import COMMANDS
from bot.commands.options import Kind, Option
from bot.commands.quota_options import HOW_MUCH, WHOSE
from bot.commands.words import NotUnderstood, read_words, unquoted, words_of
from bot.quota_words import names_of, read_quota
from config.quotas import Quota, Scope, Unit, Window
from tests.builders import an_origin

TIMES = Option("times", "how often", Kind.WHOLE_NUMBER)
WHERE = Option("where", "the channel", Kind.CHANNEL)
STATE = Option("state", "on or off", is_required=True, choices=("on", "off"))
SINCE = Option("since", "from when on", after="since")
REST = Option("text", "what is said", Kind.TEXT)
ALL = (STATE, WHERE, TIMES, SINCE, REST)


@pytest.mark.parametrize(
    ("words", "read"),
    [
        ("on", {"state": "on"}),
        ("OFF 3", {"state": "off", "times": "3"}),
        ("on <#C1> tell all", {"state": "on", "where": "C1", "text": "tell all"}),
        ("on here since monday", {"state": "on", "where": "here", "since": "monday"}),
        (
            "on 7  two  words\nand a line",
            {"state": "on", "times": "7", "text": "two  words\nand a line"},
        ),
        ("on <!subteam^S1|@all>", {"state": "on", "where": "S1"}),
    ],
)
def test_options_are_read_in_their_places(words: str, read: dict[str, str]) -> None:
    assert read_words(words, ALL) == read


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("", "Here comes one of `on`, `off`. It is missing."),
        ("onn", "`onn` is none of them. Did you mean `on`?"),
        ("`rm` 3", "`rm` is none of them."),
    ],
)
def test_what_is_missing_or_mistyped_is_told_with_what_is_allowed(words: str, told: str) -> None:
    with pytest.raises(NotUnderstood) as refused:
        read_words(words, ALL)

    assert told in str(refused.value)


def test_what_is_too_much_is_told_with_what_would_fit() -> None:
    with pytest.raises(
        NotUnderstood, match=r"`twice` is not understood; it is `on\|off \[TIMES\]`"
    ):
        read_words("on twice", (STATE, TIMES))


VALUES = st.fixed_dictionaries(
    {"state": st.sampled_from(STATE.choices)},
    optional={
        "where": st.from_regex(r"[0-9]{15,20}", fullmatch=True),
        "times": st.from_regex(r"[0-9]{1,9}", fullmatch=True),
        "since": st.from_regex(r"[a-z]{1,9}", fullmatch=True),
        "text": st.from_regex(r"[a-z][a-z ]{0,30}[.]", fullmatch=True),
    },
)


@given(VALUES)
def test_what_options_are_put_together_to_reads_as_the_same_options(values: dict[str, str]) -> None:
    assert read_words(words_of(ALL, values), ALL) == values


@pytest.mark.parametrize(
    ("values", "typed"),
    [
        (
            {"scope": "user", "user": "discord:1", "amount": "$5", "per": "month"},
            "user discord:1 $5 per month",
        ),
        (
            {"scope": "role", "role": "77", "amount": "50k", "unit": "tokens", "per": "week",
             "zone": "Europe/Berlin"},
            "role <@&77> 50k tokens per week in Europe/Berlin",
        ),
        ({"scope": "everyone", "amount": "2", "unit": "at-once"}, "everyone 2 at once"),
        ({"scope": "channel", "amount": "20", "unit": "questions", "per": "hour"},
         "channel 20 questions hourly"),
    ],
)  # fmt: skip
def test_a_budget_by_options_is_the_budget_somebody_types(
    values: dict[str, str], typed: str
) -> None:
    origin = an_origin(platform="discord", tenant="guild")
    words = words_of(WHOSE + HOW_MUCH, values)

    assert read_quota(words, origin) == read_quota(typed, origin)


@pytest.mark.parametrize("unit", Unit)
@pytest.mark.parametrize("scope", Scope)
def test_the_name_of_a_budget_is_read_as_that_budget(scope: Scope, unit: Unit) -> None:
    amount = {"usd" if unit is Unit.MICROUSD else unit.value: 3}
    ids = {Scope.EVERYONE: [], Scope.ASKER: ["discord:1", "slack:U2"]}.get(scope, ["1", "2"])
    quota = Quota.model_validate(
        {"of": scope, "ids": ids, "per": None if unit is Unit.AT_ONCE else Window.WEEK, **amount}
    )

    names = names_of(quota)

    read = [read_quota(name, an_origin(), needs_amount=False) for name in names]
    assert {each.unit for each in read} == {unit}
    assert {each.per for each in read} == {quota.per}
    assert frozenset().union(*(each.ids for each in read)) == quota.ids


def test_only_the_last_option_takes_the_rest_and_required_ones_are_told_apart() -> None:
    commands = [each for command in COMMANDS.commands for each in (command, *command.subcommands)]

    for command in commands:
        kinds = [option.kind for option in command.options]
        assert command.is_free or Kind.TEXT not in kinds[:-1], command.name
        assert not (command.options and command.subcommands), command.name
        assert (command.run is None) is bool(command.subcommands), command.name
        assert command.suggest or not any(each.has_suggestions for each in command.options)


def test_quotation_marks_around_all_of_it_are_taken_off() -> None:
    assert [unquoted(each) for each in ('"tea?"', "“tea?”", '"a" or "b', '"')] == [
        "tea?", "tea?", '"a" or "b', '"',
    ]  # fmt: skip
