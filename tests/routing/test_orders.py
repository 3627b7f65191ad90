"""What is ordered for whom: tables of targets, precedence and access."""

import pytest

from routing.errors import NotAdmitted, Paused
from routing.orders import (
    ALL,
    ALLOW,
    DENY,
    EVERYWHERE,
    OFF,
    InForce,
    Of,
    Orders,
    Realm,
    Subject,
    Target,
    persona_in,
    realm_of,
)
from routing.query import Origin
from tests.builders import an_origin

CHANNEL = Target(Of.CHANNEL, "C1")
OTHER_CHANNEL = Target(Of.CHANNEL, "C2")
ROLE = Target(Of.ROLE, "R1")
OTHER_ROLE = Target(Of.ROLE, "R2")
ADA = Target(Of.USER, "discord:ada")
BOB = Target(Of.USER, "discord:bob")


def asked(**changes: object) -> Origin:
    given = {"platform": "discord", "tenant": "1", "place": "C1", "roles": frozenset({"R1", "R9"})}
    return an_origin(**(given | changes))


def orders(subject: Subject, given: dict[Target, str]) -> Orders:
    return Orders("v", {(subject, target): value for target, value in given.items()})


def test_an_admin_runs_the_own_server_and_the_operator_everything() -> None:
    assert realm_of(asked()) == Realm("discord", "1")
    assert realm_of(an_origin()) == EVERYWHERE


@pytest.mark.parametrize(
    ("given", "preset"),
    [
        pytest.param({}, None, id="nothing ordered"),
        pytest.param({ALL: "thrifty"}, "thrifty", id="the server's"),
        pytest.param({ALL: "thrifty", ROLE: "best"}, "best", id="a role before the server"),
        pytest.param({ROLE: "best", CHANNEL: "thrifty"}, "thrifty", id="the channel before a role"),
        pytest.param({OTHER_ROLE: "best", OTHER_CHANNEL: "best"}, None, id="of others"),
        pytest.param(
            {ROLE: "balanced", Target(Of.ROLE, "R9"): "best"}, "best", id="the most generous role"
        ),
        pytest.param({CHANNEL: "luxurious", ALL: "best"}, "best", id="none of ours is passed over"),
    ],
)
def test_the_nearest_preset_counts(given: dict[Target, str], preset: str | None) -> None:
    in_force = InForce(orders(Subject.PRESET, given))

    assert in_force.for_question(asked()).preset == preset


def test_what_a_server_says_comes_before_what_the_operator_says_everywhere() -> None:
    everywhere = Orders(
        "v", {(Subject.PRESET, ALL): "thrifty", (Subject.PERSONA, ALL): "1\na clerk"}
    )

    for here, told in (
        (Orders(), ("thrifty", "a clerk", ("preset thrifty for all", "persona of all, version 1"))),
        (
            Orders(
                "v", {(Subject.PRESET, CHANNEL): "best", (Subject.PERSONA, CHANNEL): "3\na\npoet"}
            ),
            (
                "best",
                "a\npoet",
                ("preset best for this channel", "persona of this channel, version 3"),
            ),
        ),
    ):
        ordered = InForce(here, everywhere).for_question(asked())
        assert (ordered.preset, ordered.persona, ordered.notes) == told


def test_a_model_is_off_when_either_switched_it_off() -> None:
    here = orders(Subject.MODEL, {Target(Of.MODEL, "gpt"): OFF})
    everywhere = orders(Subject.MODEL, {Target(Of.MODEL, "claude"): OFF})

    assert InForce(here, everywhere).for_question(asked()).switched_off == {"gpt", "claude"}


@pytest.mark.parametrize(
    ("access", "is_in"),
    [
        pytest.param({}, True, id="everyone by default"),
        pytest.param({ADA: DENY}, False, id="a person denied"),
        pytest.param({ROLE: DENY}, False, id="a role denied"),
        pytest.param({CHANNEL: DENY}, False, id="a channel denied"),
        pytest.param({ALL: DENY}, False, id="all denied"),
        pytest.param({BOB: DENY, OTHER_ROLE: DENY, OTHER_CHANNEL: DENY}, True, id="others denied"),
        pytest.param({ROLE: ALLOW}, True, id="a role allowed"),
        pytest.param({OTHER_ROLE: ALLOW}, False, id="another role allowed"),
        pytest.param({OTHER_ROLE: ALLOW, ADA: ALLOW}, True, id="the person among those allowed"),
        pytest.param({ROLE: ALLOW, ADA: DENY}, False, id="denied beats allowed"),
        pytest.param({CHANNEL: ALLOW}, True, id="the channel allowed"),
        pytest.param({OTHER_CHANNEL: ALLOW}, False, id="another channel allowed"),
        pytest.param({ROLE: ALLOW, OTHER_CHANNEL: ALLOW}, False, id="both who and where must fit"),
    ],
)
@pytest.mark.parametrize("is_operators", [False, True], ids=["here", "everywhere"])
def test_who_may_ask(access: dict[Target, str], *, is_in: bool, is_operators: bool) -> None:
    ordered = orders(Subject.ACCESS, access)
    in_force = InForce(everywhere=ordered) if is_operators else InForce(ordered)

    if is_in:
        in_force.admit(asked())
    else:
        with pytest.raises(NotAdmitted):
            in_force.admit(asked())


def test_who_is_kept_out_learns_whether_it_is_the_place() -> None:
    for target, is_about_place in ((CHANNEL, True), (ROLE, False)):
        with pytest.raises(NotAdmitted) as caught:
            InForce(orders(Subject.ACCESS, {target: DENY})).admit(asked())
        assert caught.value.is_about_place is is_about_place


@pytest.mark.parametrize("is_everywhere", [False, True])
def test_a_pause_stops_all_and_says_why_and_whose_it_is(*, is_everywhere: bool) -> None:
    paused = orders(Subject.PAUSE, {ALL: "over budget"})
    in_force = InForce(everywhere=paused) if is_everywhere else InForce(paused)

    with pytest.raises(Paused) as caught:
        in_force.admit(asked())

    assert (caught.value.reason, caught.value.is_everywhere) == ("over budget", is_everywhere)
    assert InForce().pause() is None


@pytest.mark.parametrize("value", ["", "x\ntext", "3", "3\n", "-1\ntext"])
def test_what_is_no_persona_is_none(value: str) -> None:
    assert persona_in(value) is None
