"""Comparisons in dictionaries."""

from routing.comparisons import Choice, Compared, Place, Proposal


class DictComparisons:
    """Keeps comparisons in dictionaries."""

    def __init__(self) -> None:
        self._proposals: dict[tuple[str, str], dict[str, Proposal]] = {}
        self._kept: dict[Place, dict[str, Compared]] = {}
        self._votes: dict[tuple[Place, str, str], Choice] = {}

    async def propose(self, platform: str, person: str, proposal: Proposal) -> None:
        self._proposals.setdefault((platform, person), {})[proposal.proposal_id] = proposal

    async def proposed(self, platform: str, person: str, proposal_id: str) -> Proposal | None:
        return self._proposals.get((platform, person), {}).get(proposal_id)

    async def forget(self, platform: str, person: str) -> None:
        self._proposals.pop((platform, person), None)

    async def keep(self, place: Place, compared: Compared) -> None:
        self._kept.setdefault(place, {})[compared.reply_id] = compared

    async def find(self, place: Place, reply_id: str = "") -> Compared | None:
        kept = self._kept.get(place, {})
        return kept.get(reply_id or next(reversed(kept), ""))

    async def vote(self, place: Place, reply_id: str, voter: str, choice: Choice) -> Choice:
        return self._votes.setdefault((place, reply_id, voter), choice)
