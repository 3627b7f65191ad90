import gc

import pytest

from bot.pacing import Pacing
from tests.fakes.ports import ToldClock


def test_previews_in_one_channel_are_spaced_and_each_has_its_turn() -> None:
    time = ToldClock()
    pace = Pacing(1.0, time.clock()).of("77")

    waits = [pace.slot().wait_s for _ in range(3)]

    assert waits == pytest.approx([0, 1, 2])


def test_channels_do_not_wait_for_one_another() -> None:
    pacing = Pacing(1.0, ToldClock().clock())
    one, other = pacing.of("1"), pacing.of("2")

    assert [one.slot().wait_s, other.slot().wait_s] == [0, 0]
    assert pacing.of("1") is one


def test_a_channel_that_was_quiet_waits_for_nothing() -> None:
    time = ToldClock()
    pace = Pacing(1.0, time.clock()).of("77")
    pace.slot()

    time.advance(5)

    assert pace.slot().wait_s == 0


def test_a_write_that_did_not_wait_moves_the_next_preview() -> None:
    pace = Pacing(1.0, ToldClock().clock()).of("77")

    pace.wrote()

    assert pace.slot().wait_s == pytest.approx(1)


def test_a_turn_that_is_given_back_is_given_to_the_next() -> None:
    pace = Pacing(1.0, ToldClock().clock()).of("77")
    pace.slot()

    pace.slot().give_back()

    assert pace.slot().wait_s == pytest.approx(1)


def test_a_turn_is_not_given_back_over_one_that_was_given_after_it() -> None:
    pace = Pacing(1.0, ToldClock().clock()).of("77")
    first, second = pace.slot(), pace.slot()

    first.give_back()

    assert second.wait_s == pytest.approx(1)
    assert pace.slot().wait_s == pytest.approx(2)


def test_what_the_service_says_holds_turns_back_that_are_given_already() -> None:
    time = ToldClock()
    pace = Pacing(1.0, time.clock()).of("77")
    slot = pace.slot()

    pace.rest(3)

    assert slot.wait_s == pytest.approx(3)
    time.advance(3)
    assert slot.wait_s == 0


def test_a_channel_nobody_writes_to_is_forgotten() -> None:
    pacing = Pacing(1.0, ToldClock().clock())
    pacing.of("77").slot()
    gc.collect()

    assert pacing.of("77").slot().wait_s == 0
