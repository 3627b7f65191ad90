"""The numbers of one process, in Prometheus' words.

No label names a person, a place or anything said: models are those of the catalogue, all the rest
is one of a few words. What happens is counted here as it happens, which costs microseconds; what
can be looked up is looked up when somebody asks, in `looked_up`.
"""

from datetime import datetime
from functools import partial
from importlib.metadata import version
from typing import Final

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    Info,
    ProcessCollector,
    generate_latest,
)

from bot.observing.looked_up import LookedUp
from bot.observing.readings import Readings
from routing.backends.schema import SCHEMA
from routing.errors import ModelFailed, RoutingError, kind_of
from routing.pricing import Usage
from routing.reply import Receipt

_NOBODY: Final = "none"
"""Stands for the model where none answered."""

_FIRST_TEXT_S: Final = (0.05, 0.1, 0.25, 0.5, 0.75, 1, 1.5, 2, 3, 5, 10, 20, 60)
_ANSWER_S: Final = (0.1, 0.25, 0.5, 1, 2, 3, 5, 8, 13, 20, 30, 60, 120, 300)
_LAG_S: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5)


class Metrics:
    """Counts what happens; a `Watch` of the router's."""

    def __init__(self) -> None:
        self._registry = here = CollectorRegistry()
        counter, gauge = partial(Counter, registry=here), partial(Gauge, registry=here)
        histogram = partial(Histogram, registry=here)
        lag = partial(histogram, buckets=_LAG_S)
        self._questions = counter(
            "pointsman_questions", "Questions begun here, by service.", ["platform"]
        )
        self._commands = counter(
            "pointsman_commands",
            "Commands given, in a message, behind a slash or by a press.",
            ["platform"],
        )
        self._running = gauge("pointsman_questions_running", "Questions being answered here.")
        self._answers = counter(
            "pointsman_answers", "Answers ended, by outcome.", ["model", "outcome"]
        )
        self._first_text = histogram(
            "pointsman_first_text_seconds",
            "From the question's turn to the first visible text.",
            buckets=_FIRST_TEXT_S,
        )
        self._whole = histogram(
            "pointsman_answer_seconds",
            "From the question's turn to the end of the answer.",
            buckets=_ANSWER_S,
        )
        self._tokens = counter("pointsman_tokens", "Tokens used, by kind.", ["model", "kind"])
        self._spent = counter("pointsman_spent_microusd", "Micro-dollars spent.", ["model"])
        self._saved = counter("pointsman_saved_microusd", "Micro-dollars saved, by what.", ["by"])
        self._cache_hits = counter("pointsman_cache_hits", "Cached answers, by tier.", ["tier"])
        self._refusals = counter("pointsman_refusals", "Questions unanswered, by why.", ["reason"])
        self._failures = counter("pointsman_model_failures", "Failed calls.", ["model", "kind"])
        self._lag = lag("pointsman_loop_lag_seconds", "How late the event loop does what is due.")
        self._reloads = counter(
            "pointsman_config_reloads",
            "Times the configuration was read anew, by what became of it.",
            ["outcome"],
        )
        self._loaded = gauge(
            "pointsman_config_loaded_timestamp_seconds",
            "When the configuration was last loaded without a mistake.",
        )
        self._door_lag = lag(
            "pointsman_door_lag_seconds",
            "How late the event loop does what is due, by which a service comes in.",
            ["platform"],
        )
        build = Info(
            "pointsman_build",
            "1, with its version, and the newest form of what is kept that it knows.",
            registry=here,
        )
        build.info({"version": version("pointsman"), "schema": str(SCHEMA)})
        self._looked_up = LookedUp()
        here.register(self._looked_up)
        ProcessCollector(registry=here)

    # ---- what the router tells

    def settled(self, receipt: Receipt) -> None:
        """Count an answer that has ended, with its times, tokens and cost."""
        self._answers.labels(receipt.model or _NOBODY, receipt.outcome.name.lower()).inc()
        self._whole.observe(receipt.took_s)
        if receipt.first_text_s is not None:
            self._first_text.observe(receipt.first_text_s)
        for attempt in receipt.attempts:
            self._spent.labels(attempt.model).inc(attempt.cost_microusd)
            self._count_tokens(attempt.model, attempt.usage)
        if receipt.saved_microusd:
            by = "cache" if receipt.cache_tier else "routing"
            self._saved.labels(by).inc(receipt.saved_microusd)
        if receipt.cache_tier:
            self._cache_hits.labels(receipt.cache_tier).inc()

    def failed(self, failure: ModelFailed) -> None:
        """Count a model that did not answer."""
        self._failures.labels(failure.model, kind_of(failure)).inc()

    # ---- what happens around it

    def begun(self) -> None:
        """Count one message more that is being answered."""
        self._running.inc()

    def ended(self) -> None:
        """Count one fewer."""
        self._running.dec()

    def asked(self, platform: str) -> None:
        """Count a question."""
        self._questions.labels(platform).inc()

    def told(self, platform: str) -> None:
        """Count a command."""
        self._commands.labels(platform).inc()

    def unanswered(self, error: RoutingError) -> None:
        """Count a question that found no answer."""
        self.refused(kind_of(error))

    def refused(self, reason: str) -> None:
        """Count a question that was not taken in, or found no answer; one of a few words says why.

        Args:
            reason: As an error is named (`quota_exceeded`), or as the intake says it.
        """
        self._refusals.labels(reason).inc()

    def late(self, by_s: float) -> None:
        """Count by how much the event loop was late."""
        self._lag.observe(by_s)

    def loaded(self, at: datetime) -> None:
        """Note when the configuration was last loaded."""
        self._loaded.set(at.timestamp())

    def reloaded(self, outcome: str) -> None:
        """Count one time that it was read anew while the bot ran."""
        self._reloads.labels(outcome).inc()

    def door_late(self, platform: str, by_s: float) -> None:
        """Count likewise of the event loop by which a service comes in; from any thread."""
        self._door_lag.labels(platform).observe(by_s)

    # ---- what is seen of it

    def text(self, readings: Readings) -> bytes:
        """Return all numbers in Prometheus' text format, with what was looked up for it."""
        self._looked_up.readings = readings
        return generate_latest(self._registry)

    def _count_tokens(self, model: str, usage: Usage) -> None:
        for kind, tokens in (
            ("input", usage.input_tokens),
            ("cached_input", usage.cached_input_tokens),
            ("output", usage.output_tokens),
            ("reasoning", usage.reasoning_tokens),
        ):
            if tokens:
                self._tokens.labels(model, kind).inc(tokens)
