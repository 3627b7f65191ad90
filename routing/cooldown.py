"""Which models rest: a circuit breaker driven by events and the time they came at. Pure.

A model rests at once when its host asks for it (ModelBusy) or refuses us (AccessRefused), and
after some failures in a row when it is unreachable or breaks its answers. After a rest it may
be tried again; failing then, it rests twice as long. One answer makes it healthy again. What is
wrong with the query says nothing about the model.

While it rests, calls begun before may still end: badly, they can only lengthen the rest; well,
they do not shorten what the host asked for.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from config.settings import CooldownSettings
from routing.errors import AccessRefused, AnswerBroken, ModelBusy, ModelFailed, ModelUnreachable


@dataclass(frozen=True, slots=True)
class Health:
    """How a model did lately.

    Attributes:
        failures: In a row, since its last answer or rest.
        rests: In a row, since its last answer.
        rests_until: The end of its latest rest, aware and in UTC.
    """

    failures: int = 0
    rests: int = 0
    rests_until: datetime | None = None


HEALTHY: Final = Health()


def after_failure(
    health: Health, failure: ModelFailed, at: datetime, settings: CooldownSettings
) -> Health:
    """Return a model's health after it failed at a moment."""
    is_resting = _rest_end(health, at) is not None
    match failure:
        case AccessRefused():
            return _resting(health, at, settings.longest_rest_s)
        case ModelBusy(retry_after_s=float() | int() as asked_s):
            return _resting(health, at, min(asked_s, settings.longest_rest_s))
        case ModelBusy() if not is_resting:
            return _resting(health, at, _next_rest_s(health, settings))
        case ModelUnreachable() | AnswerBroken() if not is_resting:
            failures = health.failures + 1
            if failures >= settings.failures or health.rests:
                return _resting(health, at, _next_rest_s(health, settings))
            return Health(failures, health.rests, health.rests_until)
        case _:
            return health


def after_answer(health: Health, at: datetime) -> Health:
    """Return a model's health after it answered at a moment."""
    return health if _rest_end(health, at) else HEALTHY


def resting_models(healths: Mapping[str, Health], at: datetime) -> dict[str, datetime]:
    """Return the models that rest at a moment, each with the end of its rest."""
    return {model: until for model, health in healths.items() if (until := _rest_end(health, at))}


def _next_rest_s(health: Health, settings: CooldownSettings) -> float:
    doublings = min(health.rests, 32)
    return min(settings.rest_s * 2.0**doublings, settings.longest_rest_s)


def _resting(health: Health, at: datetime, rest_s: float) -> Health:
    until = at + timedelta(seconds=rest_s)
    if running := _rest_end(health, at):
        return Health(0, health.rests, max(until, running))
    return Health(0, health.rests + 1, until)


def _rest_end(health: Health, at: datetime) -> datetime | None:
    """Return the end of the rest a model is in at a moment; None when it is in none."""
    until = health.rests_until
    return until if until is not None and until > at else None
