from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from config.quotas import Quota, QuotaSettings, Unit
from routing.holds import Spent, Standing, crossed
from routing.pricing import Usage
from routing.quota import Limit, Overrides, identity_of, limits_of, one_by_one, raised
from tests.builders import a_level, an_origin

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
IDS = st.text(max_size=8) | st.sampled_from(["a:b", "a", "b", "1", "2", "", "\n", "{x}", "*"])


def quotas(*given: dict[str, Any]) -> list[Quota]:
    return [Quota.model_validate(each) for each in given]


def amounts(*given: dict[str, Any], **origin: Any) -> list[int]:
    where = an_origin(**origin)
    return [each.amount for each in limits_of(where, where.asker, quotas(*given), "UTC")]


def test_all_scopes_that_hold_count_together() -> None:
    found = amounts(
        {"of": "everyone", "tokens": 1, "per": "day"},
        {"of": "tenant", "tokens": 2, "per": "day"},
        {"of": "place", "tokens": 3, "per": "day"},
        {"of": "asker", "tokens": 4, "per": "day"},
        {"of": "place", "ids": ["elsewhere"], "tokens": 5, "per": "day"},
    )

    assert found == [1, 2, 3, 4]


@pytest.mark.parametrize(
    ("roles", "amount"),
    [
        pytest.param(set(), 10, id="none: each asker's"),
        pytest.param({"small"}, 5, id="a role stands above each, also when it has less"),
        pytest.param({"small", "large"}, 50, id="the most generous of them"),
        pytest.param({"unknown"}, 10, id="a role nothing is said of"),
    ],
)
def test_the_most_generous_role_wins(roles: set[str], amount: int) -> None:
    given: tuple[dict[str, Any], ...] = (
        {"of": "asker", "tokens": 10, "per": "day"},
        {"of": "role", "ids": ["small"], "tokens": 5, "per": "day"},
        {"of": "role", "ids": ["large"], "tokens": 50, "per": "day"},
    )

    assert amounts(*given, roles=frozenset(roles)) == [amount]


def test_a_limit_that_names_somebody_wins_over_roles_and_each() -> None:
    given: tuple[dict[str, Any], ...] = (
        {"of": "role", "ids": ["staff"], "tokens": 50, "per": "day"},
        {"of": "asker", "ids": ["terminal:ada"], "tokens": 7, "per": "day"},
        {"of": "asker", "tokens": 10, "per": "day"},
    )

    assert amounts(*given, roles=frozenset({"staff"})) == [7]


def test_limits_of_other_units_and_windows_do_not_replace_one_another() -> None:
    found = amounts(
        {"of": "asker", "tokens": 1, "per": "day"},
        {"of": "asker", "tokens": 2, "per": "hour"},
        {"of": "asker", "usd": 3, "per": "day"},
        {"of": "asker", "at_once": 4},
    )

    assert found == [1, 2, 3_000_000, 4]


def test_a_limit_of_one_tenant_holds_there_alone_and_beside_the_others() -> None:
    given = {"of": "asker", "tenant": "here", "tokens": 1, "per": "day"}

    assert amounts(given, tenant="there") == []
    assert amounts(given, {"of": "asker", "tokens": 9, "per": "day"}, tenant="here") == [1, 9]


def test_linked_askers_have_one_counter() -> None:
    (quota,) = quotas({"of": "asker", "usd": 1, "per": "day"})
    on_discord = an_origin(platform="discord", person="1", tenant="guild")
    on_slack = an_origin(platform="slack", person="U2", tenant="team")

    counters = {
        limits_of(origin, "discord:1", [quota], "UTC")[0].counter(NOON)
        for origin in (on_discord, on_slack)
    }

    assert len(counters) == 1


@given(one=st.tuples(IDS, IDS, IDS), other=st.tuples(IDS, IDS, IDS))
def test_no_two_places_or_people_ever_share_a_counter(
    one: tuple[str, str, str], other: tuple[str, str, str]
) -> None:
    given = quotas(
        *({"of": scope, "usd": 1, "per": "day"} for scope in ("tenant", "place", "asker")),
        {"of": "asker", "at_once": 1},
    )

    def counters(ids: tuple[str, str, str]) -> dict[tuple[str, ...], Limit]:
        tenant, place, person = ids
        origin = an_origin(platform="discord", tenant=tenant, place=place, person=person)
        return {each.counter(NOON): each for each in limits_of(origin, origin.asker, given, "UTC")}

    shared = counters(one).keys() & counters(other).keys()

    for counter in shared:
        assert counters(one)[counter].who == counters(other)[counter].who


def test_what_is_set_at_run_time_replaces_what_the_configuration_says() -> None:
    settings = QuotaSettings.model_validate(
        {"limits": [
            {"of": "asker", "usd": 1, "per": "day"},
            {"of": "role", "ids": ["a", "b"], "usd": 2, "per": "day"},
            {"of": "everyone", "usd": 9, "per": "month"},
        ]}
    )  # fmt: skip
    changes = quotas(
        {"of": "asker", "usd": 3, "per": "day"},
        {"of": "role", "ids": ["b"], "usd": 4, "per": "day"},
        {"of": "place", "ids": ["x"], "usd": 5, "per": "day"},
    )
    gone = identity_of(settings.limits[2])
    overrides = Overrides({**{identity_of(each): each for each in changes}, gone: None})

    in_force = overrides.applied_to(settings)

    assert [(each.of.value, sorted(each.ids), int(each.usd or 0)) for each in in_force] == [
        ("asker", [], 3),
        ("role", ["a"], 2),
        ("role", ["b"], 4),
        ("place", ["x"], 5),
    ]


def test_a_quota_of_several_ids_is_several() -> None:
    (quota,) = quotas({"of": "place", "ids": ["b", "a"], "tokens": 1, "per": "day"})

    assert [each.ids for each in one_by_one(quota)] == [frozenset("a"), frozenset("b")]


@pytest.mark.parametrize("unit", ["usd", "tokens", "requests", "at_once"])
def test_a_grant_adds_to_what_is_there(unit: str) -> None:
    per = {} if unit == "at_once" else {"per": "lifetime"}
    (quota,) = quotas({"of": "asker", unit: 2, **per})

    assert raised(quota, quota).amount == 2 * quota.amount


@pytest.mark.parametrize(
    ("given", "said"),
    [
        pytest.param({"of": "asker", "per": "day"}, "exactly one of", id="no unit"),
        pytest.param(
            {"of": "asker", "usd": 1, "tokens": 1, "per": "day"}, "exactly one of", id="two units"
        ),
        pytest.param({"of": "asker", "usd": 1}, "say `per` what", id="no window"),
        pytest.param({"of": "asker", "at_once": 1, "per": "day"}, "`per` goes with", id="a window"),
        pytest.param({"of": "role", "usd": 1, "per": "day"}, "needs ids", id="no role"),
        pytest.param(
            {"of": "everyone", "ids": ["a"], "usd": 1, "per": "day"}, "has no ids", id="ids"
        ),
        pytest.param({"of": "cats", "usd": 1, "per": "day"}, "should be", id="no scope"),
        pytest.param({"of": "asker", "usd": 1, "per": "decade"}, "should be", id="no window so"),
        pytest.param({"of": "asker", "usd": -1, "per": "day"}, "greater than", id="negative"),
        pytest.param({"of": "asker", "usd": "1e9", "per": "day"}, "less than", id="absurd"),
        pytest.param({"of": "asker", "usd": "NaN", "per": "day"}, "finite", id="not a number"),
        pytest.param(
            {"of": "asker", "usd": 1, "per": "day", "zone": "Mars/One"}, "time zone", id="no zone"
        ),
        pytest.param(
            {"of": "asker", "usd": 1, "per": "day", "zone": "../x"}, "time zone", id="a path"
        ),
        pytest.param(
            {"of": "asker", "ids": ["1234"], "usd": 1, "per": "day"}, "platform", id="no platform"
        ),
        pytest.param(
            {"of": "asker", "ids": [""], "usd": 1, "per": "day"}, "must not be empty", id="empty id"
        ),
    ],
)  # fmt: skip
def test_a_quota_that_says_nothing_that_can_be_done_is_refused(
    given: dict[str, Any], said: str
) -> None:
    with pytest.raises(ValidationError, match=said):
        Quota.model_validate(given)


def test_two_limits_of_the_same_thing_are_refused() -> None:
    given = {"of": "place", "ids": ["a"], "usd": 1, "per": "day"}

    with pytest.raises(ValidationError, match="same thing: place a"):
        QuotaSettings.model_validate({"limits": [given, given | {"ids": ["b", "a"], "usd": 2}]})


def test_a_limit_is_crossed_by_the_answer_that_reaches_its_share() -> None:
    spent = Spent(cost_microusd=100, usage=Usage(10, 20))

    def crossing(spent_after: int) -> bool:
        return bool(crossed([a_level(amount=1000, spent=spent_after)], spent, 0.8))

    assert [crossing(after) for after in (799, 800, 899, 900)] == [False, True, True, False]


def test_the_tightest_limit_is_of_money_or_tokens() -> None:
    levels = (
        a_level(spent=500_000),
        a_level(unit=Unit.REQUESTS, amount=1, spent=1),
        a_level(unit=Unit.TOKENS, amount=100, spent=50, held=20),
    )

    tightest = Standing("terminal:ada", levels).tightest

    assert tightest is not None
    assert tightest.share == 0.7
    assert a_level(amount=0).share == 1.0
    assert Standing("terminal:ada").tightest is None
