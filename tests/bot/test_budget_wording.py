from datetime import UTC, datetime

import pytest

from bot.budget_wording import exceeded, warning, whose
from config.quotas import Scope, Unit, Window
from routing.errors import QuotaExceeded, Refusal
from routing.holds import Level
from tests.builders import a_level, a_limit

TOMORROW = datetime(2026, 11, 24, 23, tzinfo=UTC)


def told(level: Level, resets_at: datetime | None = TOMORROW) -> str:
    return exceeded(QuotaExceeded((Refusal(level, resets_at),)))


def test_ones_own_budget_is_told_with_its_numbers_and_its_end_where_one_lives() -> None:
    said = told(a_level(spent=900_000, held=50_000, zone="Europe/Berlin"))

    assert said == (
        "Your budget for today has no room for this: $0.95 of $1.00 are used, $0.05 of it set "
        "aside. Try again from 2026-11-25 00:00 Europe/Berlin."
    )


@pytest.mark.parametrize("scope", [Scope.EVERYONE, Scope.TENANT, Scope.PLACE])
def test_what_others_spent_is_told_to_nobody(scope: Scope) -> None:
    level = a_level(scope=scope, who=("x",), spent=987_654, window=Window.MONTH)

    assert not any(character.isdigit() for character in told(level, None) + warning(level))


def test_answers_at_once_return_when_one_ends() -> None:
    level = a_level(unit=Unit.AT_ONCE, window=None, amount=2, held=2)

    assert told(level, None) == (
        "You have as many answers running as may run at once (2 of 2 answers at once). "
        "Try again when one ends."
    )


def test_a_lifetime_allowance_needs_an_admin() -> None:
    assert "Ask an admin" in told(a_level(window=Window.LIFETIME, spent=1_000_000), None)


def test_of_several_the_one_that_keeps_waiting_longest_is_told() -> None:
    soon = Refusal(a_level(window=Window.HOUR, spent=1), TOMORROW)
    never = Refusal(a_level(window=Window.LIFETIME, spent=1), None)

    assert "all time" in exceeded(QuotaExceeded((soon, never)))
    assert QuotaExceeded((soon, never)).resets_at is None
    assert QuotaExceeded((soon,)).resets_at == TOMORROW


def test_what_counts_in_one_server_is_told_from_what_counts_everywhere() -> None:
    assert whose(a_limit()) == "your budget for today"
    assert whose(a_limit(tenant="1")) == "your budget here for today"
    assert whose(a_limit(tenant="1", scope=Scope.PLACE)) == "the budget of this channel for today"


def test_a_warning_tells_how_much_is_used() -> None:
    assert warning(a_level(spent=810_000)) == "your budget for today: $0.81 of $1.00 used"
