from bot.loop_breaker import MOST_A_MINUTE, LoopBreaker


def test_more_than_a_person_asks_in_a_minute_is_not_admitted() -> None:
    breaker = LoopBreaker()

    admitted = [breaker.admits("bot", "general", second) for second in range(MOST_A_MINUTE + 3)]

    assert admitted == [True] * MOST_A_MINUTE + [False] * 3


def test_a_minute_later_it_is_admitted_again() -> None:
    breaker = LoopBreaker()
    for _ in range(MOST_A_MINUTE + 1):
        breaker.admits("bot", "general", 0)

    assert not breaker.admits("bot", "general", 59)
    assert breaker.admits("bot", "general", 60)


def test_others_and_other_places_are_not_held_up() -> None:
    breaker = LoopBreaker()
    for _ in range(MOST_A_MINUTE):
        breaker.admits("bot", "general", 0)

    assert breaker.admits("ada", "general", 1)
    assert breaker.admits("bot", "other", 1)
    assert not breaker.admits("bot", "general", 1)


def test_what_is_remembered_is_bounded() -> None:
    breaker = LoopBreaker()
    for _ in range(MOST_A_MINUTE):
        breaker.admits("bot", "general", 0)

    for number in range(10_000):
        breaker.admits(f"person {number}", "general", 1)

    assert breaker.admits("bot", "general", 2)  # long silent among so many: forgotten
