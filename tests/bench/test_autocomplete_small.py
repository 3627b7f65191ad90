from tests.bench.autocomplete import measure


async def test_what_is_typed_in_a_server_of_many_channels_can_be_measured() -> None:
    found = await measure(500, set_here=20, rounds=1, is_forgetful=True)

    assert found.suggested == 15, "ten of them begin so, five end so"
    assert 0 < found.median_s <= found.slowest_s
