"""Keeps in Redis how long answers were, by model and kind of question: numbers, and no words."""

from collections import defaultdict
from typing import Final, cast

from config.catalog import TaskClass
from routing.backends.keys import Keys
from routing.backends.redis import Connection, Script
from routing.measuring import Tallies, Tally

_MOST_ANSWERS: Final = 200
"""When so many were counted they count half, so that the latest hundred tell most."""

_KEPT_S: Final = 90 * 86_400
_KINDS: Final = frozenset(TaskClass)
_ANSWERS, _TOKENS = "answers", "tokens"


class RedisLengths:
    """One hash for a deployment; what another version counts is passed over."""

    def __init__(self, connection: Connection, keys: Keys) -> None:
        self._connection = connection
        self._key = keys.lengths()
        self._note = Script("length_note")

    async def note(self, model: str, task: TaskClass, output_tokens: int) -> None:
        """Count the length of an answer, thinking included."""
        counters = (f"{task}:{model}:{_ANSWERS}", f"{task}:{model}:{_TOKENS}")
        arguments = (*counters, output_tokens, _MOST_ANSWERS, _KEPT_S)
        await self._connection.run(self._note, (self._key,), arguments)

    async def load(self) -> Tallies:
        """Return what was counted, by kind of question and model."""
        found = await self._connection.command("HGETALL", self._key)
        counted = {
            field.decode(): amount for field, amount in cast("dict[bytes, bytes]", found).items()
        }
        tallies: defaultdict[TaskClass, dict[str, Tally]] = defaultdict(dict)
        for field, answers in counted.items():
            kind, _, rest = field.partition(":")
            model, _, what = rest.partition(":")
            if what == _ANSWERS and kind in _KINDS:
                tokens = counted.get(f"{kind}:{model}:{_TOKENS}", b"0")
                tallies[TaskClass(kind)][model] = Tally(int(answers), int(tokens))
        return tallies
