from itertools import count

from bot.loop_breaker import MOST_A_MINUTE, LoopBreaker

NUMBERS = count()


def asks(breaker: LoopBreaker, now_s: float, who: str = "bot", where: str = "general") -> bool:
    """Let somebody ask something new; tell whether it is admitted."""
    return breaker.admits(who, where, now_s, f"question {next(NUMBERS)}")


def test_more_than_a_person_asks_in_a_minute_is_not_admitted() -> None:
    breaker = LoopBreaker()

    admitted = [asks(breaker, second) for second in range(MOST_A_MINUTE + 3)]

    assert admitted == [True] * MOST_A_MINUTE + [False] * 3


def test_what_is_told_of_twice_counts_once() -> None:
    breaker = LoopBreaker()

    twice = [
        breaker.admits("ada", "general", number, f"question {number}")
        for number in range(MOST_A_MINUTE)
        for _ in range(2)
    ]

    assert twice == [True] * 2 * MOST_A_MINUTE
    assert not asks(breaker, MOST_A_MINUTE, "ada")


def test_a_minute_later_it_is_admitted_again() -> None:
    breaker = LoopBreaker()
    for _ in range(MOST_A_MINUTE + 1):
        asks(breaker, 0)

    assert not asks(breaker, 59)
    assert asks(breaker, 60)


def test_others_and_other_places_are_not_held_up() -> None:
    breaker = LoopBreaker()
    for _ in range(MOST_A_MINUTE):
        asks(breaker, 0)

    assert asks(breaker, 1, "ada")
    assert asks(breaker, 1, where="other")
    assert not asks(breaker, 1)


def test_what_is_remembered_is_bounded() -> None:
    breaker = LoopBreaker()
    for _ in range(MOST_A_MINUTE):
        asks(breaker, 0)

    for number in range(10_000):
        asks(breaker, 1, f"person {number}")

    assert asks(breaker, 2)  # long silent among so many: forgotten
