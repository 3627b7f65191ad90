"""`pointsman explain`: the decision, without calling a model or opening a store.

What admins ordered is in the store: whoever wants it heeded loads it before, by `explain_orders`.
"""

import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime

from bot.explain_options import AskedAs
from bot.explaining import (
    HEADINGS,
    explained_cells,
    explained_demand,
    explained_notes,
    folded_models,
)
from bot.platforms.terminal_identity import terminal_origin
from bot.printing import print_table
from bot.wording import sentence
from config.catalog import AttachmentKind, Capability
from config.settings import Settings
from routing.agreeing import panel_for
from routing.backends.learned_files import LearnedPredictor
from routing.choosing import choose
from routing.demand import demand_of
from routing.errors import NoModelFits, RoutingError
from routing.explain import Explanation, explain, explain_nobody
from routing.explanation_lines import to_whole_line
from routing.orders import NOTHING_ORDERED, InForce
from routing.policy import Decision
from routing.query import Attachment, LastAnswer, Origin, Query
from routing.wishes import addressed


def explain_question(
    settings: Settings,
    text: str,
    asked: AskedAs,
    *,
    as_json: bool,
    in_force: InForce = NOTHING_ORDERED,
) -> bool:
    """Print who would answer a question asked so; False when nobody could, or it were refused."""
    query = _query(settings, text, asked)
    query = replace(query, ordered=in_force.for_question(query.origin))
    failure, beside = _refusal(query.origin, in_force), ""
    demand = demand_of(query, settings.routing.max_output_tokens)
    predictions = LearnedPredictor()(query, demand, settings.models)
    try:
        decision = choose(
            query,
            settings,
            budget_used=asked.budget_used,
            predictions=predictions,
            demand=demand,
        )
        explanation, beside = explain(decision), _asked_beside(settings, query, decision)
    except NoModelFits as error:
        explanation = explain_nobody(demand, error)
        failure = failure or sentence(error)
    if as_json:
        print(to_whole_line(explanation))  # noqa: T201 # this is the output
    else:
        _print(explanation)
    for unheard in _unheard_of(settings, asked):
        print(unheard, file=sys.stderr)  # noqa: T201 # beside the output
    if beside:
        print(beside, file=sys.stderr)  # noqa: T201 # beside the output
    if failure:
        print(failure, file=sys.stderr)  # noqa: T201 # beside the output
    return not failure


def _unheard_of(settings: Settings, asked: AskedAs) -> Iterator[str]:
    """Yield a sentence for each id that was typed and of which nothing in the file speaks."""
    spoken_of = set(_texts_in(settings.model_dump()))
    for option in ("tenant", "place", "person"):
        typed = getattr(asked, option)
        if typed and typed not in spoken_of:
            yield f"Nothing in the configuration is about --{option} {typed}; is the id right?"
    for role in asked.roles:
        if role not in spoken_of:
            yield f"Nothing in the configuration is about --role {role}; is the id right?"


def _texts_in(value: object) -> Iterator[str]:
    """Yield every text in nested values, and of an id such as `discord:1` also its last part."""
    if isinstance(value, str):
        yield from {value, value.rpartition(":")[2]}
    elif isinstance(value, Mapping):
        for each in (*value.keys(), *value.values()):
            yield from _texts_in(each)
    elif isinstance(value, Iterable):
        for each in value:
            yield from _texts_in(each)


def _refusal(origin: Origin, in_force: InForce) -> str:
    try:
        in_force.admit(origin)
    except RoutingError as error:
        return sentence(error)
    return ""


def _asked_beside(settings: Settings, query: Query, decision: Decision) -> str:
    """Say who is asked side by side, where two are; empty where one model is asked."""
    if query.origin.place not in settings.routing.agreement.places:
        return ""
    if (found := panel_for(query.text, decision)) is None:
        return ""
    panel, _ = found
    two = f"{panel.first.card.name} and {panel.second.card.name}"
    return f"{two} are asked side by side; if they differ, {panel.decider.card.name} decides"


def _query(settings: Settings, text: str, asked: AskedAs) -> Query:
    wish = addressed(text, settings.models)
    return Query(
        text=wish.question,
        origin=origin_as(asked),
        system_prompt=settings.system_prompt,
        needs=frozenset(Capability(need) for need in asked.needs),
        wanted=wish.wanted or asked.model.lower(),
        attachments=tuple(Attachment(AttachmentKind(kind)) for kind in asked.attachments),
        asked_at=asked.at or datetime.now(UTC),
        last_answer=_last_answer(settings, asked.last_model),
    )


def origin_as(asked: AskedAs) -> Origin:
    """Return this terminal's origin with what was typed in its place; a channel is not private."""
    here = terminal_origin()
    is_here = asked.platform in {None, here.platform} and asked.place in {None, here.place}
    return replace(
        here,
        platform=asked.platform or here.platform,
        tenant=asked.tenant or here.tenant,
        place=asked.place or here.place,
        person=asked.person or here.person,
        roles=frozenset(asked.roles),
        private=is_here if asked.is_private is None else asked.is_private,
    )


def _last_answer(settings: Settings, model: str) -> LastAnswer | None:
    aliases = {card.name: card.alias for card in settings.models}
    return LastAnswer(model, aliases.get(model, model)) if model else None


def _print(explanation: Explanation) -> None:
    demand = explained_demand(explanation)
    print(f"Taken for a {explanation.task} question: {demand}.\n")  # noqa: T201 # output
    shown, folded = folded_models(explanation)
    rows = [explained_cells(model) for model in shown]
    print_table(HEADINGS, rows, numeric={1, 2, 3})
    if folded:
        print(f"\n{'; '.join(folded)}. `--json` has them all.")  # noqa: T201 # output
    if notes := list(explained_notes(explanation)):
        print("\n" + "\n".join(notes))  # noqa: T201 # output
