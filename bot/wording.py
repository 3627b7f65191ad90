"""The sentences and numbers people are shown. Pure; where they are shown is the platforms' part."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

from bot.budget_wording import exceeded, warning
from bot.money import dollars
from routing.agreeing import DISAGREED
from routing.answering import ONLY_ALLOWED
from routing.errors import (
    AccessRefused,
    AllModelsFailed,
    AnswerBroken,
    LimitsFull,
    ModelBusy,
    ModelFailed,
    ModelsDisagreed,
    ModelUnreachable,
    NoModelFits,
    NotAdmitted,
    OrdersFull,
    Paused,
    QueryRefused,
    QueryTooLong,
    QuotaExceeded,
    RequestInvalid,
    RoutingError,
    SpendingClosed,
    StoreNotUnderstood,
    StoreUnavailable,
    Superseded,
)
from routing.holds import Level
from routing.installations import SealBroken
from routing.objections import Objection, Reason
from routing.reply import Comparing, Finished, HandedOver, Outcome, Receipt

UNEXPECTED: Final = (
    "Something went wrong, and it is not your question. Ask it again; if it happens again, "
    "the log says what it was."
)
"""What is shown for an error nobody foresaw."""

NOT_UNDERSTOOD: Final = (
    "A newer version of me took this question in, and none is there to answer it: I do not "
    "understand what it wrote down. Ask again."
)
"""What is shown for a question whose form is unknown to all who are there."""

_AGAIN: Final = "Try again in a moment."
_CHECK: Final = "`pointsman check` tells the operator what to change."

_WHAT_FAILED: Final[Mapping[type[ModelFailed], str]] = MappingProxyType(
    {
        ModelBusy: "is busy",
        ModelUnreachable: "cannot be reached",
        AccessRefused: "refuses us",
        RequestInvalid: "does not take the request",
        QueryTooLong: "cannot hold that much text",
        AnswerBroken: "gave no whole answer",
        ModelsDisagreed: "stands alone with its answer",
        QueryRefused: "refuses the question",
    }
)

_MOST_NAMED: Final = 2

_RULE_CHARS: Final = 40
"""Of a rule's name, where it stands on a receipt; in `/why` it is whole."""

# Objections a person's choice or the operator's explains: naming them would hide the real one.
_CHOSEN_AWAY: Final = frozenset({Reason.DISABLED, Reason.NOT_ASKED_FOR, Reason.STAND_IN})

_WAYS_OUT: Final[Mapping[Reason, str]] = MappingProxyType(
    {
        Reason.RESTING: _AGAIN,
        Reason.CONTEXT_TOO_SMALL: "Ask with less text.",
        Reason.OVER_PRICE: "Ask with less text, or raise `routing.max_usd_per_answer`.",
        Reason.LACKS_CAPABILITY: "Set up a model that can do it.",
        Reason.NOT_CONFIGURED: _CHECK,
        Reason.RULE: "The operator can change the rule.",
        Reason.ORDERED_OFF: "Choose another with `/model`; an admin can `/models enable` it.",
    }
)

_NOT_YOU: Final = (
    "Sorry, I may not answer you: whoever runs this place lets only some people ask me, and can "
    "let you in with `/access`."
)
_NOT_HERE: Final = (
    "Sorry, I may not answer questions here: whoever runs this place can change that with "
    "`/access`."
)

_SAID: Final[Mapping[type[RoutingError], str]] = MappingProxyType(
    {
        SpendingClosed: (
            "The store of budgets does not answer, so nothing that costs money may be asked. "
            f"{_AGAIN} A free model, such as a local one, would answer meanwhile. {_CHECK}"
        ),
        StoreUnavailable: (
            f"The store of conversations and usage does not answer. {_AGAIN} {_CHECK}"
        ),
        StoreNotUnderstood: (
            "What is kept of conversations and usage is for another version of me, so I leave it "
            f"alone. {_CHECK}"
        ),
        OrdersFull: (
            "There are as many orders here as there may be, so nothing is changed. Take one back "
            "first: `/access show`, `/preset show` and `/persona show` list them."
        ),
        SealBroken: (
            f"What is kept of this workspace's installation cannot be opened. {_CHECK} Or install "
            "the app there anew."
        ),
        LimitsFull: (
            "There are as many limits here as there may be, so nothing is changed. Remove one "
            "first: `/quota show` lists them."
        ),
        Superseded: (
            "Another process of mine answers this question now: its answer comes here. "
            "Try again if it does not within a minute."
        ),
    }
)


def sentence(error: RoutingError) -> str:
    """Say why a question goes unanswered and what can be done about it, as plain Markdown."""
    match error:
        case NoModelFits():
            return _nobody_fits(error)
        case Paused():
            return _paused(error)
        case NotAdmitted(is_about_place=is_about_place):
            return _NOT_HERE if is_about_place else _NOT_YOU
        case AllModelsFailed(failures=failures):
            tried = _listed(f"{_failure(each)} ({each.reason})" for each in failures)
            return f"No model answered:\n\n{tried}\n\n{_way_out(failures)}"
        case QueryRefused():
            said = f"{_failure(error)}: {error.reason}."
            return f"{said} Put it in other words, or choose another model with `/model`."
        case ModelFailed():
            return f"{_failure(error)}: {error.reason}. {_way_out((error,))}"
        case QuotaExceeded():
            return exceeded(error)
        case _:
            return _SAID.get(type(error), f"The question could not be answered. {_AGAIN}")


def _paused(error: Paused) -> str:
    who = "the operator" if error.is_everywhere else "an admin of this place"
    reason = f": {error.reason}" if error.reason else ""
    return f"Answers are paused by {who}{reason}. Try again later; commands work meanwhile."


def not_allowed(wanted: str, rule: str) -> str:
    """Say that a rule forbids what somebody chose, and how to go on."""
    return f"{_not_allowed(wanted, rule)} Choose another one, or leave it to me with `/model auto`."


def _not_allowed(wanted: str, rule: str) -> str:
    return f'The rule "{rule}" does not allow **{wanted}** here.'


def comparing(event: Comparing) -> str:
    """Say that two models are asked, and why nothing is to be read yet."""
    return f"asking {event.model} and {event.other}, to see whether they agree …"


def handed_over(event: HandedOver) -> str:
    """Say that another model takes over, and why."""
    goes_on = f"{event.model} continues" if event.is_continuing else f"asking {event.model}"
    return f"{_failure(event.failure)}, {goes_on} …"


def receipt_line(finished: Finished) -> str:
    """Return the line under an answer; `~` marks what was counted here, not by the host."""
    receipt = finished.receipt
    usage, cost, about = receipt.usage, receipt.cost_microusd, "" if receipt.is_reported else "~"
    tokens = f"{about}{usage.input_tokens:,} in, {about}{usage.output_tokens:,} out"
    parts = [
        _who(finished),
        _why(finished),
        "" if receipt.outcome is Outcome.COMPLETE else receipt.outcome,
        "" if receipt.is_cached else tokens,
        f"{about}{dollars(cost)}" if cost else "free",
        duration(receipt.took_s),
        _cached(receipt),
        _savings(receipt),
        _after(receipt),
        _shortened(receipt),
    ]
    return with_warnings(" · ".join(part for part in parts if part), receipt.warnings)


def with_warnings(line: str, warnings: Iterable[Level]) -> str:
    """Return the line under an answer with the limits that the answer brought near their end."""
    return " · ".join((line, *map(warning, warnings)))


def duration(seconds: float) -> str:
    """Return a time as people say it: `80 ms`, `2.1 s`, `34 s`, `2 min 5 s`."""
    if seconds < 0.0995:  # noqa: PLR2004 # what rounds to 100 ms is told in tenths
        return f"{seconds * 1000:.0f} ms"
    if seconds < 9.95:  # noqa: PLR2004 # what rounds to 10 s needs no tenths
        return f"{seconds:.1f} s"
    minutes, rest_s = divmod(round(seconds), 60)
    return f"{minutes} min {rest_s} s" if minutes else f"{rest_s} s"


def age(seconds: float) -> str:
    """Return how old something is, in its largest unit: `5 min`, `2 h`, `3 days`."""
    for unit_s, unit in ((86_400, "day"), (3600, "h"), (60, "min")):
        if seconds >= unit_s:
            number = int(seconds // unit_s)
            return f"{number} {unit}{'s' if unit == 'day' and number > 1 else ''}"
    return f"{max(int(seconds), 0)} s"


def _cached(receipt: Receipt) -> str:
    if receipt.cached_age_s is None:
        return "not cached"
    return f"cached {age(receipt.cached_age_s)} ago, /fresh asks anew"


def _shortened(receipt: Receipt) -> str:
    is_felt = receipt.is_shortened and receipt.outcome is Outcome.LIMIT
    return "shortened by the budget" if is_felt else ""


def _failure(failure: ModelFailed) -> str:
    return f"{failure.model} {_WHAT_FAILED.get(type(failure), 'did not answer')}"


def _way_out(failures: Iterable[ModelFailed]) -> str:
    """Say what helps: waiting if any host may recover by itself, else less text or the operator."""
    failures = tuple(failures)
    waits_s = [each.retry_after_s for each in failures if isinstance(each, ModelBusy)]
    if any(wait_s is not None for wait_s in waits_s):
        shortest_s = min(wait_s for wait_s in waits_s if wait_s is not None)
        return f"Try again in {duration(shortest_s)}." if shortest_s >= 1 else _AGAIN
    if all(isinstance(each, AccessRefused | RequestInvalid) for each in failures):
        return _CHECK
    if all(isinstance(each, QueryTooLong) for each in failures):
        return "Ask with less text, or begin anew with `/new`."
    return _AGAIN


def _nobody_fits(error: NoModelFits) -> str:
    relevant = {
        name: objection
        for name, objection in error.passed_over.items()
        if objection.reason not in _CHOSEN_AWAY
    }
    reasons = {objection.reason for objection in relevant.values()}
    if not error.passed_over:
        return "No model is configured. Add one under `models` in the configuration file."
    if not relevant:
        return "That model is not available. Choose another with `/model`."
    if reasons == {Reason.NOT_CONFIGURED}:
        return _nobody_set_up(relevant)
    if error.because and error.wanted:
        return (
            f"{_not_allowed(error.wanted, error.because)} Ask for another one, or without naming "
            "one; what was chosen with `/model` ends with `/model auto`."
        )
    if error.because:
        return (
            f'The rule "{error.because}" takes away the last model that could answer this here. '
            "Ask something else, ask elsewhere, or ask the operator to change the rule."
        )
    named = _listed(_named(relevant))
    ways_out = " ".join(way_out for reason, way_out in _WAYS_OUT.items() if reason in reasons)
    return f"No model can answer this:\n\n{named}\n\n{ways_out}"


def _nobody_set_up(objections: Mapping[str, Objection]) -> str:
    """Say what is to be set; of a model that a rule forbids only where that is so of all."""
    allowed = {name: each for name, each in objections.items() if not each.rule}
    if allowed:
        return (
            "No model that may answer is set up. Set one of these, then start again:\n\n"
            f"{_missing(allowed)}"
        )
    rules = ", ".join(f'"{rule}"' for rule in dict.fromkeys(e.rule for e in objections.values()))
    return (
        f"No model that could answer is set up, and rules forbid them here: {rules}. Choose "
        "another with `/model`, or ask the operator."
    )


def _named(objections: Mapping[str, Objection]) -> list[str]:
    """Name models with their objections; many that are not set up are only counted."""
    waiting = [each for each in objections.values() if each.reason is Reason.NOT_CONFIGURED]
    folded = waiting if len(waiting) > _MOST_NAMED else []
    told = [f"{name}: {each}" for name, each in objections.items() if each not in folded]
    return [*told, f"{len(folded)} more are not set up"] if folded else told


def _missing(objections: Mapping[str, Objection]) -> str:
    """List what is to be set, each once, as the objections' details name it."""
    by_needs: dict[str, list[str]] = {}
    for name, objection in objections.items():
        needs = objection.detail.removeprefix("needs ").replace("env:", "")
        by_needs.setdefault(needs, []).append(name)
    return _listed(f"{needs} for {', '.join(names)}" for needs, names in by_needs.items())


def _listed(items: Iterable[str]) -> str:
    return "\n".join(f"- {item}" for item in items)


def _who(finished: Finished) -> str:
    model = finished.receipt.model
    candidates = finished.decision.candidates if finished.decision else ()
    cards = (candidate.card for candidate in candidates)
    is_tiny = any(card.embedded and card.name == model for card in cards)
    return f"{model} (tiny local model)" if is_tiny else model or "no model"


def _why(finished: Finished) -> str:
    """Say why this model answered; where rules left no other, which."""
    reason, decision = finished.receipt.reason, finished.decision
    if reason != ONLY_ALLOWED or decision is None:
        return reason
    ruled = (each for each in decision.passed_over.values() if each.reason is Reason.RULE)
    names = [f'"{_short(rule)}"' for rule in dict.fromkeys(each.rule for each in ruled)]
    if len(names) == 1:
        return f"only model the rule {names[0]} allows"
    more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
    return f"only model the rules {', '.join(names[:_MOST_NAMED])}{more} allow"


def _short(rule: str) -> str:
    rule = " ".join(rule.split())
    return rule if len(rule) <= _RULE_CHARS else f"{rule[: _RULE_CHARS - 1].rstrip()}…"


def _savings(receipt: Receipt) -> str:
    if not receipt.saved_microusd:
        return ""
    saved = f"saved {dollars(receipt.saved_microusd)}"
    return f"{saved} against {receipt.best_model}" if receipt.best_model else saved


def _after(receipt: Receipt) -> str:
    if receipt.reason == DISAGREED:  # that is said already, and nobody failed
        return ""
    failed = [each.model for each in receipt.attempts[:-1] if each.failure]
    return f"after {' and '.join(failed)} failed" if failed else ""
