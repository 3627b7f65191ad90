"""What a house's votes are kept for: cast, taken back, and heard when a model is chosen."""

import logging
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from config.settings import Settings
from routing.answering import Answering
from routing.clock import Clock
from routing.demand import Demand
from routing.doubting import NOTHING_SAID, spoken_against
from routing.embedding import Embed
from routing.errors import StoreUnavailable
from routing.following import subject_of
from routing.policy import Candidate
from routing.ports import Exchange
from routing.prediction import Prediction, by_card
from routing.query import Origin, Query
from routing.votes import House, Leaning, Verdict, Vote, Votes

if TYPE_CHECKING:
    from routing.house import Memory

_REFRESH_S: Final = 30.0
_HOUSES: Final = 32
"""Whose votes are held in memory; 2,000 of them take 2 MB."""

PROBED: Final = "asked to learn"
"""Why a runner-up answered, on its receipt."""

_DRAWN_BYTES: Final = 8

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Held:
    """What was loaded of a house (None: no votes), its state's name, when that was looked at."""

    memory: "Memory | None"
    state: str
    looked_at_s: float


class Learning:
    """Hears the votes of each house; without the store, or switched off, nobody votes."""

    def __init__(
        self, settings: Settings, votes: Votes, embed: Embed, clock: Clock | None = None
    ) -> None:
        house = settings.house
        self.is_on = house.enabled
        self._settings = settings
        self._votes = votes
        self._embed = embed
        self._clock = clock or Clock()
        self._leaning = Leaning(timedelta(days=house.half_life_days), house.votes_per_person)
        self._held: OrderedDict[House, _Held] = OrderedDict()

    async def recall(self, origin: Origin) -> None:
        """Have a house's votes at hand: looked for now and then, not for every question."""
        if not self.is_on:
            return
        house, now_s = _house(origin), self._clock.elapsed_s()
        held = self._held.get(house, _Held(None, "", now_s - _REFRESH_S))
        if now_s - held.looked_at_s < _REFRESH_S:
            self._held.move_to_end(house)
            return
        # Noted before it is done: of many questions at once, one looks.
        self._hold(house, _Held(held.memory, held.state, now_s))
        try:
            state, votes = await self._votes.load(house, held.state)
        except StoreUnavailable as error:
            _log.warning("choosing without the latest votes: %s", error)
            return
        if votes is not None:
            from routing.house import Memory  # and numpy: only a house that votes needs them

            self._hold(house, _Held(Memory(votes) if votes else None, state, now_s))

    def adjusted(
        self, predictions: Mapping[str, Prediction], query: Query, demand: Demand
    ) -> Mapping[str, Prediction]:
        """Return the predictions as the votes at hand move them; unchanged without any.

        What the asker says against answers of the conversation counts in it, as `doubted` has
        it, and not here besides.

        Args:
            predictions: By card name; a model that is not among them is moved from its card.
            query: From which house, about what.
            demand: What it needs of a model.
        """
        held = self._held.get(_house(query.origin)) if self.is_on else None
        if held is None or held.memory is None:
            return predictions
        whole = {
            card.name: predictions.get(card.name) or by_card(card, demand)
            for card in self._settings.models
        }
        vector = self._embed(subject_of(query))
        said_here = spoken_against(query.answered, self.verdicts(query.origin))
        unheard = [(query.origin.asker, reply_id) for reply_id in said_here]
        moved = held.memory.adjusted(whole, vector, self._clock.now(), self._leaning, unheard)
        return predictions if moved is whole else moved

    def verdicts(self, origin: Origin) -> Mapping[str, Verdict]:
        """Return what somebody says of replies, by their ids, as far as it is at hand."""
        held = self._held.get(_house(origin)) if self.is_on else None
        if held is None or held.memory is None:
            return NOTHING_SAID
        return held.memory.verdicts.get(origin.asker, NOTHING_SAID)

    def probed(self, answering: Answering) -> tuple[Candidate, ...]:
        """Return who is asked in which order: for a share of replies, the runner-up comes first.

        Which replies those are follows from their ids, so that a decision can be repeated. What
        the asker wants, or a rule, is never put behind.
        """
        candidates, wanted = answering.decision.candidates, answering.query.wanted
        share = self._settings.house.probe_share if self.is_on else 0.0
        drawn = int.from_bytes(sha256(answering.reply_id.encode()).digest()[:_DRAWN_BYTES])
        if drawn >= share * 2 ** (8 * _DRAWN_BYTES) or wanted or len(candidates) == 1:
            return candidates
        first, runner_up, *others = candidates
        if (first.offer.ranks, first.offer.bonuses) != (
            runner_up.offer.ranks,
            runner_up.offer.bonuses,
        ):
            return candidates
        answering.notes[runner_up.card.name] = PROBED
        return (runner_up, first, *others)

    async def vote(self, origin: Origin, exchange: Exchange, verdict: Verdict) -> bool:
        """Cast a person's vote on an answer, in place of an earlier one; tell whether it counts.

        It does not where learning is off, nobody is known to have answered, or the question has
        no vector.

        Raises:
            StoreUnavailable: It may not have been kept.
        """
        question = self.coarse_of(exchange.question) if exchange.model else b""
        return await self.judge(origin, exchange.reply_id, exchange.model, verdict, question)

    def coarse_of(self, question: str) -> bytes:
        """Return what is kept of a question with a vote; empty where none would count."""
        vector = self._embed(question) if self.is_on else None
        if vector is None:
            return b""
        from routing.house import coarse

        return coarse(vector)

    async def judge(
        self, origin: Origin, reply_id: str, model: str, verdict: Verdict, question: bytes
    ) -> bool:
        """Cast a person's vote on an answer of which no word is at hand; tell whether it counts.

        Args:
            origin: Who votes.
            reply_id: Of the answer.
            model: Whose it is.
            verdict: What is said of it.
            question: As `coarse_of` gave it.

        Raises:
            StoreUnavailable: It may not have been kept.
        """
        if not (self.is_on and question):
            return False
        house, at = _house(origin), self._clock.now()
        await self._votes.cast(house, Vote(reply_id, origin.asker, model, verdict, question, at))
        self._held.pop(house, None)
        return True

    async def take_back(self, origin: Origin, reply_id: str) -> None:
        """Forget a person's vote on a reply.

        Raises:
            StoreUnavailable: It may still count.
        """
        await self._votes.take_back(_house(origin), reply_id, origin.asker)
        self._held.pop(_house(origin), None)

    async def forget(self, origin: Origin) -> None:
        """Forget every vote of a person in a house, also where learning is switched off now.

        Raises:
            StoreUnavailable: They may still count.
        """
        await self._votes.forget(_house(origin), origin.asker)
        self._held.pop(_house(origin), None)

    def _hold(self, house: House, held: _Held) -> None:
        self._held[house] = held
        self._held.move_to_end(house)
        while len(self._held) > _HOUSES:
            self._held.popitem(last=False)


def _house(origin: Origin) -> House:
    return House(origin.platform, origin.tenant)
