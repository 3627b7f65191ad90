from tests.bench.watching import measure


async def test_counting_takes_a_small_part_of_an_answers_own_time() -> None:
    await measure(3)

    cost = await measure(15)

    assert cost.counted == 15
    assert cost.ratio < 1.5
