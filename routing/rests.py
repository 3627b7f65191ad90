"""Which models rest after failures in this process, whatever the settings are meanwhile."""

from collections.abc import Collection, Mapping
from datetime import datetime

from config.settings import CooldownSettings
from routing.clock import Clock
from routing.cooldown import HEALTHY, Health, after_answer, after_failure, resting_models
from routing.errors import ModelFailed


class Rests:
    """Remembers how each model did lately.

    Args:
        clock: Tells the time.
        healths: What is known already, by model.
    """

    def __init__(
        self, clock: Clock | None = None, healths: Mapping[str, Health] | None = None
    ) -> None:
        self._clock = clock or Clock()
        self._healths = dict(healths or {})

    @property
    def resting(self) -> Mapping[str, datetime]:
        """Return the models that rest, each with the end of its rest."""
        return resting_models(self._healths, self._clock.now())

    def answered(self, model: str) -> None:
        """Note that a model answered."""
        self._healths[model] = after_answer(self._health(model), self._clock.now())

    def failed(self, failure: ModelFailed, settings: CooldownSettings) -> None:
        """Note that a model did not answer."""
        health, at = self._health(failure.model), self._clock.now()
        self._healths[failure.model] = after_failure(health, failure, at, settings)

    def without(self, models: Collection[str]) -> "Rests":
        """Return the same for models that are reached otherwise: as if they had never failed.

        Questions begun before note how models do where they noted it before: a key that was
        refused to them says nothing of the new one.
        """
        kept = {model: each for model, each in self._healths.items() if model not in models}
        return Rests(self._clock, kept)

    def _health(self, model: str) -> Health:
        return self._healths.get(model, HEALTHY)
