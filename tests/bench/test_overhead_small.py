import pytest

from tests.bench.overhead import SUBJECTS, host, measure, table


# LiteLLM's own way to iterate over an answer, which only this bench takes, is full of them.
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
async def test_the_overhead_of_every_way_to_a_model_can_be_measured() -> None:
    async with host() as url:
        medians = await measure(url, rounds=1, short=64, long=80)

    assert medians.keys() == SUBJECTS.keys()
    assert len(list(table(medians))) == 1 + len(SUBJECTS)
