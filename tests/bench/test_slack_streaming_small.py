from tests.bench.slack_streaming import first_start_s, loop_lag_s
from tests.bench.streaming import spread


async def test_the_first_stream_is_asked_for_and_its_time_taken() -> None:
    assert 0 < await first_start_s() < 5


async def test_answers_stream_to_another_slack_while_the_loop_is_watched() -> None:
    lags, state = await loop_lag_s(streams=2, seconds=0.3, tokens_per_s=50)

    assert spread(lags).p50 > 0
    assert state["violations"] == []
