import json
from dataclasses import replace
from datetime import UTC, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.quotas import Scope, Unit, Window
from routing.bill_lines import bill_from_value, bill_to_value
from routing.holds import Entry, Hold, Reservation, Spent
from routing.pricing import Usage
from routing.query import Origin
from routing.quota import Limit
from routing.reply import Bill

amounts = st.integers(0, 10**12)
texts = st.text(max_size=20)
# Where clocks change, an hour there is twice or never is equal to none in another zone.
moments = st.datetimes(timezones=st.sampled_from([UTC, timezone(timedelta(hours=5, minutes=45))]))
spents = st.builds(
    Spent,
    cost_microusd=amounts,
    usage=st.builds(Usage, amounts, amounts, amounts, amounts),
    requests=st.integers(0, 1),
    answers=st.integers(0, 1),
    saved_microusd=amounts,
)
limits = st.builds(
    Limit,
    scope=st.sampled_from(Scope),
    who=st.lists(texts, max_size=3).map(tuple),
    tenant=texts,
    unit=st.sampled_from(Unit),
    window=st.none() | st.sampled_from(Window),
    zone=st.just("Europe/Berlin"),
    amount=amounts,
    role=texts,
)


@st.composite
def bills(draw: st.DrawFn) -> Bill:
    """Draw a bill whose reservation has what is written of it."""
    origin = draw(st.builds(Origin, texts, texts, texts, texts, roles=st.frozensets(texts)))
    entry = draw(st.builds(Entry, texts, texts, rule=texts, is_cached=st.booleans()))
    spent, most = draw(spents), draw(spents)
    at, delivery = draw(moments), draw(st.integers(1, 9))
    wish = Reservation(draw(texts), origin, at, entry, most, most, spent, 0, 0, delivery)
    held = tuple(draw(st.lists(limits, max_size=2)))
    hold = Hold(wish, draw(texts), 0, held, is_emergency=draw(st.booleans()))
    return Bill(hold, spent, entry)


@given(bills())
def test_a_bill_is_read_as_it_was_written(bill: Bill) -> None:
    line = json.dumps(bill_to_value(bill))

    read = bill_from_value(json.loads(line))

    assert "\n" not in line
    reservation = read.hold.reservation
    assert reservation.at == bill.hold.reservation.at
    moment = replace(bill.hold.reservation, at=reservation.at)
    assert read == replace(bill, hold=replace(bill.hold, reservation=moment))


@pytest.mark.parametrize(
    "line",
    ["", "[]", "{}", '{"version": 2}', '{"version": 1}', '{"version": 1, "entry": {"a": 1}}'],
)
def test_what_is_no_bill_is_refused(line: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        bill_from_value(json.loads(line))
