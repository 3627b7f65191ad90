"""Bills as lines of JSON: for whoever settles what another process could not. Pure."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any, Final

from config.quotas import Scope, Unit, Window
from routing.holds import Entry, Hold, Reservation, Spent
from routing.pricing import Usage
from routing.query import Origin
from routing.quota import Limit
from routing.read_back import read_as
from routing.reply import Bill

VERSION: Final = 1
"""Counts the forms of a line: raise it when a reader of the last one would settle it wrongly."""


class NewerBill(ValueError):
    """A newer version wrote it, and settles it."""


def bill_to_value(bill: Bill) -> dict[str, Any]:
    """Return what settling a bill needs, made of what JSON has."""
    hold, reservation = bill.hold, bill.hold.reservation
    return {
        "version": VERSION,
        "call_id": reservation.call_id,
        "delivery": reservation.delivery,
        "person": hold.person,
        "at": reservation.at.isoformat(),
        "origin": asdict(reservation.origin) | {"roles": sorted(reservation.origin.roles)},
        "most": asdict(reservation.most),
        "limits": [asdict(limit) for limit in hold.limits],
        "is_emergency": hold.is_emergency,
        "spent": asdict(bill.spent),
        "entry": asdict(bill.entry),
    }


def bill_from_value(given: object) -> Bill:
    """Read a bill from what JSON was made of.

    Raises:
        ValueError: It is none; NewerBill: one of a newer version.
    """
    version = given.get("version") if isinstance(given, Mapping) else None
    if isinstance(version, int) and version > VERSION:
        raise NewerBill(f"a bill of the form {version}")
    if not isinstance(given, Mapping) or version != VERSION:
        raise ValueError("not a bill")
    try:
        return _bill(given)
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError("not a bill") from error


def _bill(given: Mapping[str, Any]) -> Bill:
    entry, spent, most = (
        read_as(Entry, given["entry"]),
        _spent(given["spent"]),
        _spent(given["most"]),
    )
    reservation = Reservation(
        call_id=given["call_id"],
        origin=read_as(Origin, given["origin"], roles=frozenset(given["origin"]["roles"])),
        at=datetime.fromisoformat(given["at"]),
        entry=entry,
        most=most,
        least=most,
        known=spent,
        output_tokens=0,
        floor_tokens=0,
        delivery=given.get("delivery", 1),  # files of earlier versions have none, and no limits
    )
    limits = tuple(map(_limit, given.get("limits", ())))
    hold = Hold(reservation, given["person"], 0, limits, is_emergency=given["is_emergency"])
    return Bill(hold, spent, entry)


def _spent(given: Mapping[str, Any]) -> Spent:
    return read_as(Spent, given, usage=read_as(Usage, given["usage"]))


def _limit(given: Mapping[str, Any]) -> Limit:
    window = given["window"]
    told = {
        "scope": Scope(given["scope"]),
        "who": tuple(given["who"]),
        "unit": Unit(given["unit"]),
        "window": Window(window) if window else None,
    }
    return read_as(Limit, given, **told)
