"""Lengths of answers in a list, for tests of what is made of them."""

from config.catalog import TaskClass
from routing.errors import StoreUnavailable
from routing.measuring import Tallies, Tally


class ListLengths:
    """Keeps every length; away when told so."""

    def __init__(self) -> None:
        self.noted: list[tuple[str, TaskClass, int]] = []
        self.is_away = False
        self.loads = 0

    async def note(self, model: str, task: TaskClass, output_tokens: int) -> None:
        self._be_there()
        self.noted.append((model, task, output_tokens))

    async def load(self) -> Tallies:
        self.loads += 1
        self._be_there()
        tallies: dict[TaskClass, dict[str, Tally]] = {}
        for model, task, tokens in self.noted:
            before = tallies.setdefault(task, {}).get(model, Tally(0, 0))
            tallies[task][model] = Tally(before.answers + 1, before.tokens + tokens)
        return tallies

    def _be_there(self) -> None:
        if self.is_away:
            raise StoreUnavailable("away")
