from dataclasses import replace
from datetime import timedelta
from typing import Any

import numpy as np
import pytest

from config.settings import Settings
from routing.answering import Answering
from routing.clock import Clock
from routing.demand import demand_of
from routing.embedding import VECTOR_SIZE, Vector
from routing.errors import StoreUnavailable
from routing.learning import Learning
from routing.policy import Candidate, Decision
from routing.ports import Exchange
from routing.prediction import Prediction
from routing.query import Answered
from routing.votes import House, Verdict
from tests.builders import a_candidate, a_card, a_query, an_origin
from tests.fakes.ports import ListVotes, ToldClock

PRIOR = {"llama": Prediction(0.6, 100)}
LLAMA = a_card("llama", quality={"general": 0.6})
OURS = House("terminal", "local")


def embed(text: str) -> "Vector | None":
    """Point a text by its first letter; nothing has no vector."""
    if not text:
        return None
    vector = np.zeros(VECTOR_SIZE, dtype=np.float32)
    vector[ord(text[0]) % VECTOR_SIZE] = 1
    return vector


class Bench:
    """Learning over a dictionary and a clock that is told the time."""

    def __init__(self, **settings: Any) -> None:
        self.votes = ListVotes()
        self.clock = ToldClock()
        house = {"enabled": True} | settings
        given = Settings.model_validate({"models": [LLAMA], "house": house})
        self.learning = Learning(given, self.votes, embed, self.clock.clock())

    async def vote(self, number: int = 1, verdict: Verdict = Verdict.BAD, **changes: Any) -> bool:
        given: dict[str, Any] = {"question": "6 x 7?", "model": "llama"}
        exchange = Exchange(
            answer="41", reply_id=f"r{number}", asked_at=self.clock.at, **(given | changes)
        )
        origin = an_origin(person=f"p{number}")
        return await self.learning.vote(origin, exchange, verdict)

    async def quality(
        self, text: str = "6 x 8?", answered: tuple[Answered, ...] = (), **origin: Any
    ) -> float:
        query = a_query(text, origin=an_origin(**origin), answered=answered)
        await self.learning.recall(query.origin)
        return self.learning.adjusted(PRIOR, query, demand_of(query, 4096))["llama"].quality


async def test_a_vote_moves_what_is_expected_for_like_questions_in_its_house() -> None:
    bench = Bench()

    assert await bench.vote()

    assert await bench.quality() < 0.6
    assert await bench.quality("what is this?") == 0.6
    assert await bench.quality(tenant="elsewhere") == 0.6


async def test_what_the_asker_says_against_an_answer_of_the_conversation_counts_there_alone() -> (
    None
):
    bench, here = Bench(), (Answered("r1", "llama"),)
    await bench.vote(1, Verdict.BAD)

    assert await bench.quality(answered=here, person="p1") == 0.6
    assert await bench.quality(answered=here, person="p2") < 0.6
    assert await bench.quality(person="p1") < 0.6


async def test_praise_of_an_answer_of_the_conversation_counts_as_any_vote() -> None:
    bench, here = Bench(), (Answered("r1", "llama"),)
    await bench.vote(1, Verdict.GOOD)

    assert await bench.quality(answered=here, person="p1") > 0.6


async def test_what_somebody_says_of_answers_is_told_of_themselves_and_of_nobody_else() -> None:
    bench = Bench()
    await bench.vote(1, Verdict.REGENERATED)
    await bench.vote(2, Verdict.GOOD)
    await bench.learning.recall(an_origin())

    told = [bench.learning.verdicts(an_origin(person=person)) for person in ("p1", "p2", "p3")]
    assert told == [{"r1": Verdict.REGENERATED}, {"r2": Verdict.GOOD}, {}]
    assert not bench.learning.verdicts(an_origin(person="p1", tenant="elsewhere"))


async def test_a_model_nothing_is_predicted_of_is_moved_from_its_card() -> None:
    bench, query = Bench(), a_query("6 x 8?")
    await bench.vote()
    await bench.learning.recall(query.origin)

    found = bench.learning.adjusted({}, query, demand_of(query, 4096))["llama"]

    assert found.quality < 0.6
    assert found.contributions["card"] == 0.6


async def test_switched_off_the_prediction_is_the_very_same_and_no_vote_counts() -> None:
    bench, query = Bench(enabled=False), a_query()

    assert not await bench.vote()
    await bench.learning.recall(query.origin)

    assert bench.learning.adjusted(PRIOR, query, demand_of(query, 4096)) is PRIOR
    assert bench.votes.loads == 0


async def test_votes_are_looked_for_now_and_then_not_for_every_question() -> None:
    bench = Bench()

    for _ in range(5):
        await bench.quality()
    bench.clock.advance(31)
    await bench.quality()

    assert bench.votes.loads == 2


async def test_what_another_process_was_told_is_heard_soon() -> None:
    bench, other = Bench(), Bench()
    other.votes.cast_in = bench.votes.cast_in
    await bench.quality()
    await other.vote()

    before = await bench.quality()
    bench.clock.advance(31)

    assert before == 0.6
    assert await bench.quality() < 0.6


async def test_with_the_store_away_the_votes_known_still_count() -> None:
    bench = Bench()
    await bench.vote()
    known = await bench.quality()

    bench.votes.is_away = True
    bench.clock.advance(31)

    assert await bench.quality() == pytest.approx(known, abs=1e-6)
    with pytest.raises(StoreUnavailable):
        await bench.vote(2)


async def test_a_vote_taken_back_or_of_a_forgotten_person_counts_no_more() -> None:
    bench = Bench()
    await bench.vote(1)
    await bench.vote(2)

    await bench.learning.take_back(an_origin(person="p1"), "r1")
    one_left = await bench.quality()
    await bench.learning.forget(an_origin(person="p2"))

    assert one_left < 0.6
    assert await bench.quality() == 0.6


@pytest.mark.parametrize(
    "exchange",
    [
        pytest.param({"model": ""}, id="nobody is known to have answered"),
        pytest.param({"question": ""}, id="no vector"),
    ],
)
async def test_a_vote_on_what_cannot_be_learned_from_does_not_count(
    exchange: dict[str, Any],
) -> None:
    bench = Bench()

    assert not await bench.vote(**exchange)
    assert bench.votes.cast_in == {}


async def test_a_vote_fades() -> None:
    bench = Bench(half_life_days=1)
    await bench.vote()
    fresh = await bench.quality()

    bench.clock.at += timedelta(days=10)

    assert fresh < await bench.quality() < 0.6


async def test_houses_held_in_memory_are_few() -> None:
    bench = Bench()
    for number in range(100):
        await bench.quality(tenant=f"t{number}")

    await bench.quality(tenant="t99")
    kept = bench.votes.loads
    await bench.quality(tenant="t0")

    assert (kept, bench.votes.loads) == (100, 101)


def probed(
    learning: Learning, reply_id: str, *candidates: Candidate, wanted: str = ""
) -> list[str]:
    """Return the order in which candidates are asked for a reply."""
    query = a_query(wanted=wanted)
    demand = demand_of(query, 100)
    decision = Decision(demand, candidates, {})
    answering = Answering(reply_id, query, decision, Clock(), 0.0)
    return [each.card.name for each in learning.probed(answering)]


LLAMA_FIRST = (a_candidate("llama"), a_candidate("gpt"), a_candidate("qwen"))


def test_probes_put_the_runner_up_first_for_their_share_of_replies_by_id() -> None:
    learning = Bench(probe_share=0.03).learning

    orders = [probed(learning, str(number), *LLAMA_FIRST) for number in range(5000)]
    again = [probed(learning, str(number), *LLAMA_FIRST) for number in range(5000)]

    assert 100 < orders.count(["gpt", "llama", "qwen"]) < 200
    assert 4800 < orders.count(["llama", "gpt", "qwen"]) < 4900
    assert orders == again


def test_without_opting_in_nothing_is_probed() -> None:
    learning = Bench().learning

    assert all(probed(learning, str(n), *LLAMA_FIRST)[0] == "llama" for n in range(1000))


def test_what_somebody_wants_or_a_rule_prefers_is_never_probed_away() -> None:
    learning = Bench(probe_share=0.03).learning
    first, runner_up, _ = LLAMA_FIRST
    preferred = replace(first, offer=first.offer._replace(ranks=(False,)))
    others = replace(runner_up, offer=runner_up.offer._replace(ranks=(True,)))
    with_bonus = replace(first, offer=first.offer._replace(bonuses=(("staff", 5),)))

    for number in range(1000):
        assert probed(learning, str(number), first, runner_up, wanted="llama")[0] == "llama"
        assert probed(learning, str(number), first, runner_up, wanted="best")[0] == "llama"
        assert probed(learning, str(number), preferred, others)[0] == "llama"
        assert probed(learning, str(number), with_bonus, runner_up)[0] == "llama"
        assert probed(learning, str(number), first) == ["llama"]
