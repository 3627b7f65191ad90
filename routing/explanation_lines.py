"""Explanations as lines of JSON: for the log, for programs, and to be asked about later. Pure.

A line holds all that was weighed, so the decision replays from it bit for bit: the filters as they
objected, since the text they looked at is in no log; the ordering by doing it again.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, Final

from routing.explain import ExplainedModel, Explanation, weighed
from routing.read_back import read_as
from routing.scoring import Offer, Scale

VERSION: Final = 2
"""Counts the forms of a line: raise it with any change by which an earlier one is read wrong."""


def to_line(explanation: Explanation) -> str:
    """Return as one line of JSON what `replay` makes the explanation of again."""
    return json.dumps(to_value(explanation), separators=(",", ":"))


def to_whole_line(explanation: Explanation) -> str:
    """Return all of an explanation as one line of JSON, what follows from the rest too."""
    value = to_value(explanation)
    told = {model.model: model for model in explanation.models}
    for model in value["models"]:
        if parts := told[model["model"]].contributions:
            model["contributions"] = parts
    if explanation.runner_up:
        value["runner_up"] = asdict(explanation.runner_up)
    return json.dumps(value, separators=(",", ":"))


def to_value(explanation: Explanation) -> dict[str, Any]:
    """Return what a decision replays from: what was weighed, without what follows from it."""
    return {
        "version": VERSION,
        "task": explanation.task,
        "needs": explanation.needs,
        "input_tokens": explanation.input_tokens,
        "output_tokens": explanation.output_tokens,
        "wanted": explanation.wanted,
        "rules": explanation.rules,
        "because": explanation.because,
        "scale": asdict(explanation.scale),
        "models": [_model_value(model) for model in explanation.models],
        "attempts": explanation.attempts,
        "cache": explanation.cache,
        **({"goes_on": True} if explanation.goes_on else {}),
        **({"orders": explanation.orders} if explanation.orders else {}),
        **({"kept_under": explanation.kept_under} if explanation.kept_under else {}),
    }


def replay(line: str) -> Explanation:
    """Decide again from a line: of the log, with the decision under `decision`, or of `to_line`.

    Scores, order, contributions and the runner-up are worked out anew; those in the line are not
    looked at.

    Raises:
        ValueError: It is no such line, or one of another version.
    """
    try:
        given = json.loads(line)
        given = given.get("decision", given)
        if given.get("version") != VERSION:
            raise ValueError("an explanation of another version, or none")
        return _read(given)
    except (KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError("not an explanation") from error


def _read(given: Mapping[str, Any]) -> Explanation:
    models = given["models"]
    told = Explanation(
        **{name: given[name] for name in ("task", "input_tokens", "output_tokens", "wanted")},
        needs=tuple(given["needs"]),
        rules=tuple(given["rules"]),
        because=given["because"],
        orders=tuple(given.get("orders", ())),
        scale=read_as(Scale, given["scale"]),
        models=tuple(
            ExplainedModel(model["model"], model["objection"], model.get("rule", ""))
            for model in models
            if "objection" in model
        ),
        attempts=tuple(given["attempts"]),
        cache=given["cache"],
        kept_under=tuple(given.get("kept_under", ())),
        goes_on=given.get("goes_on", False),
    )
    return weighed(told, [_offer(model) for model in models if "objection" not in model])


def _model_value(model: ExplainedModel) -> dict[str, Any]:
    if model.offer is None:
        by_rule = {"rule": model.rule} if model.rule else {}
        return {"model": model.model, "objection": model.objection} | by_rule
    usual = Offer._field_defaults
    told = {
        name: value
        for name, value in zip(Offer._fields, model.offer, strict=True)
        if name not in usual or value != usual[name]
    }
    return told | {"score_microusd": model.score_microusd}


def _offer(given: Mapping[str, Any]) -> Offer:
    offer = Offer(**{name: given[name] for name in Offer._fields if name in given})
    return offer._replace(
        parts=tuple((name, part) for name, part in offer.parts),
        ranks=tuple(offer.ranks),
        bonuses=tuple((name, worth) for name, worth in offer.bonuses),
    )
