from tests.bench.autocomplete import measure


async def test_suggestions_are_there_before_the_next_letter_in_a_server_of_many_channels() -> None:
    found = await measure(500, set_here=20, rounds=1, is_forgetful=True)

    assert found.suggested == 15, "ten of them begin so, five end so"
    assert found.median_s < 0.05
