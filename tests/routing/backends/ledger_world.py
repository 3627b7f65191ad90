"""Where the ledger's machine plays: people, places, zones, odd days, and the limits it may draw."""

from datetime import UTC, datetime
from typing import Final

from hypothesis import strategies as st

from config.quotas import Quota, Scope, Window
from tests.builders import an_origin
from tests.routing.backends.books import a_quota

LEASE_S: Final = 30
ZONES: Final = (
    *("UTC", "Europe/Berlin", "Australia/Lord_Howe", "Asia/Kathmandu"),
    *("America/St_Johns", "America/Sao_Paulo", "Pacific/Apia"),
)
STARTS: Final = (
    datetime(2024, 3, 30, 22, 59, 30, tzinfo=UTC),  # a day of 23 hours begins in Berlin
    datetime(2024, 10, 26, 21, 59, 30, tzinfo=UTC),  # one of 25 hours
    datetime(2024, 4, 6, 12, 59, 30, tzinfo=UTC),  # one of 24 and a half on Lord Howe
    datetime(2018, 11, 4, 2, 59, 30, tzinfo=UTC),  # a day without midnight in São Paulo
    datetime(2011, 12, 30, 9, 59, 30, tzinfo=UTC),  # a day that Apia never had
    datetime(2024, 2, 29, 23, 59, 30, tzinfo=UTC),  # a month's end
    datetime(2023, 12, 31, 18, 14, 30, tzinfo=UTC),  # a year's, in Kathmandu
)
"""All of them past: what is told may not be later than the store's own time."""

PEOPLE: Final = tuple(
    an_origin(platform=platform, tenant="guild", place=place, person=person, roles=roles)
    for platform, place, person, roles in (
        ("discord", "general", "1", frozenset[str]()),
        ("discord", "other", "2", frozenset({"mods"})),
        ("slack", "general", "1", frozenset({"mods", "staff"})),
    )
)
ASKERS: Final = tuple(origin.asker for origin in PEOPLE)

_WINDOWS: Final = tuple(Window)
_AMOUNTS: Final = {
    "usd": (2500, 9000),
    "tokens": (5000, 40_000),
    "requests": (5, 50),
    "at_once": (4,),
}


@st.composite
def quotas(draw: st.DrawFn) -> Quota:
    """Draw a limit that a few answers fill."""
    of = draw(st.sampled_from((Scope.EVERYONE, Scope.ASKER, *Scope)))
    unit = draw(st.sampled_from(("usd", "usd", "usd", "tokens", "requests", "at_once")))
    amount = draw(st.sampled_from(_AMOUNTS[unit]))
    given: dict[str, object] = {unit: f"{amount / 10**6:.6f}" if unit == "usd" else amount}
    if unit != "at_once":
        given |= {"per": draw(st.sampled_from(_WINDOWS)), "zone": draw(st.sampled_from(ZONES))}
    if of is Scope.ROLE:
        given["ids"] = frozenset({draw(st.sampled_from(("mods", "staff")))})
    elif of is Scope.ASKER and draw(st.booleans()):
        given["ids"] = frozenset({draw(st.sampled_from(ASKERS))})
    return a_quota(of=of, **given)
