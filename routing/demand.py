"""What a query demands of a model. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final, NamedTuple, TypeAlias

from config.catalog import AttachmentKind, Capability, ModelCard, TaskClass
from routing.following import expected_tokens, subject_of
from routing.pricing import price_microusd
from routing.query import Query
from routing.signals import task_of
from routing.tokens import turn_tokens

LEAST_OUTPUT_TOKENS: Final = 64
"""An answer with less room than this is not worth asking for."""

Measured: TypeAlias = Mapping[TaskClass, Mapping[str, int]]
"""The mean length of answers by kind of question and card name, reasoning included."""

NOTHING_MEASURED: Final[Measured] = MappingProxyType({})

# Medians of what is seen of answers in chat traffic, by task.
_USUAL_OUTPUT_TOKENS: Final[Mapping[TaskClass, int]] = MappingProxyType(
    {
        TaskClass.GENERAL: 250,
        TaskClass.WRITING: 500,
        TaskClass.KNOWLEDGE: 250,
        TaskClass.CODE: 600,
        TaskClass.MATH: 400,
        TaskClass.EXTRACTION: 200,
    }
)


@dataclass(frozen=True, slots=True)
class Demand:
    """What a query needs of a model.

    Attributes:
        task: The kind of question.
        needs: Capabilities that must be there.
        system_tokens: The general system prompt, for models without one of their own.
        question_tokens: What cannot be left out: the question and what comes with it.
        history_tokens: Earlier turns: what may be shortened to fit.
        output_tokens: Expected length of what is seen of the answer.
        max_output_tokens: The longest answer asked for.
        persona_tokens: What an admin adds to either system prompt.
        usual_tokens: The length of what is seen of an answer of this kind in any conversation.
        measured: Where answers of this kind were measured: by card name, their mean length in
            tokens, reasoning included.
        goes_on: Whether it is taken for what the question before it was taken for.
    """

    task: TaskClass
    needs: frozenset[Capability]
    system_tokens: int
    question_tokens: int
    history_tokens: int
    output_tokens: int
    max_output_tokens: int
    persona_tokens: int = 0
    goes_on: bool = False
    usual_tokens: int = 250
    measured: Mapping[str, int] = field(default_factory=dict)


def demand_of(
    query: Query, max_output_tokens: int, measured: Measured = NOTHING_MEASURED
) -> Demand:
    """State what a query needs, with answers of at most `max_output_tokens`."""
    subject = subject_of(query)
    task = task_of(subject)
    usual_tokens = _USUAL_OUTPUT_TOKENS[task]
    return Demand(
        task=task,
        needs=query.needs | ({Capability.VISION} if _has_image(query) else frozenset()),
        system_tokens=turn_tokens(query.system_prompt),
        question_tokens=query.turn.tokens,
        history_tokens=sum(turn.tokens for turn in query.history),
        output_tokens=min(expected_tokens(usual_tokens, query), max_output_tokens),
        max_output_tokens=max_output_tokens,
        persona_tokens=turn_tokens(query.ordered.persona),
        goes_on=subject != query.text,
        usual_tokens=usual_tokens,
        measured=measured.get(task, {}),
    )


def _has_image(query: Query) -> bool:
    return bool(query.images) or any(
        each.kind is AttachmentKind.IMAGE for each in query.attachments
    )


def prompt_tokens(card: ModelCard, demand: Demand) -> int:
    """Return the tokens of what a model is always sent: its system prompt and the question."""
    prompt = card.system_prompt
    instructed = turn_tokens(prompt) if prompt else demand.system_tokens
    return instructed + demand.persona_tokens + demand.question_tokens


def room_for_history(card: ModelCard, demand: Demand) -> int:
    """Return how many tokens of history a model can be sent.

    A long answer and a long history share what the question leaves: the answer may claim half.
    """
    return fit_of(card, demand).history_tokens


def room_for_output(card: ModelCard, demand: Demand) -> int:
    """Return the longest answer a model can give beside its history, in tokens; maybe negative."""
    return fit_of(card, demand).room_tokens


class Fit(NamedTuple):
    """How a query goes into a model.

    Attributes:
        sent_tokens: What it would be sent, history included.
        history_tokens: As much of the history as there is room for.
        room_tokens: The longest answer it can give beside that; maybe negative.
        worst_microusd: The highest price an answer can have: the longest one, nothing cached.
    """

    sent_tokens: int
    history_tokens: int
    room_tokens: int
    worst_microusd: int


def fit_of(card: ModelCard, demand: Demand) -> Fit:
    """Return how a query goes into a model."""
    prompt = prompt_tokens(card, demand)
    room = card.context_tokens - prompt
    longest = min(demand.max_output_tokens, card.max_output_tokens)
    history = max(min(demand.history_tokens, room - min(longest, room // 2)), 0)
    output = min(longest, room - history)
    worst = price_microusd(card, prompt + history, output)
    return Fit(prompt + history, history, output, worst)


def worst_microusd(card: ModelCard, demand: Demand) -> int:
    """Return the highest price an answer can have: the longest answer, nothing cached."""
    return fit_of(card, demand).worst_microusd


def sent_tokens(card: ModelCard, demand: Demand) -> int:
    """Return the tokens a model is sent: system prompt, question, and the history that fits."""
    return fit_of(card, demand).sent_tokens
