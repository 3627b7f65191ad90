from tests.bench.splitting import TEXTS, growth
from tests.bench.streaming import first_edit_s, loop_lag_s, spread


async def test_the_first_edit_is_asked_for_and_its_time_taken() -> None:
    assert 0 < await first_edit_s() < 5


async def test_answers_stream_to_another_process_while_the_loop_is_watched() -> None:
    lags = spread(await loop_lag_s(streams=3, seconds=0.3, tokens_per_s=50))

    assert 0 < lags.p50 <= lags.p99 <= lags.most


def test_the_cost_of_every_kind_of_text_is_taken() -> None:
    for name in TEXTS:
        measured = growth(name, 4000, repeats=1)

        assert measured.took_s > 0
        assert measured.ratio > 0
