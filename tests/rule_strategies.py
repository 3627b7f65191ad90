"""Random catalogues, rules and queries for properties: small, so that they meet."""

# ruff: noqa: S311 # chance for tests is no secret

from datetime import UTC, datetime
from random import Random
from typing import Any

from hypothesis import strategies as st

from config.catalog import AttachmentKind, Capability, ModelCard
from config.references import Unset
from config.rules import Rule
from routing.policy import Circumstances
from routing.prediction import Prediction
from routing.query import Attachment, LastAnswer, Query, Turn
from tests.builders import a_card, a_query, an_origin

NAMES = ("llama-a", "llama-b", "gpt", "claude", "tiny")

PRICES = ("0", "0.1", "0.5", "2", "10")
QUALITIES = st.floats(0, 1)


def _optional(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional=fields)


def _some(*values: str) -> st.SearchStrategy[set[str]]:
    return st.sets(st.sampled_from(values), min_size=1)


def _cards(name: str) -> list[ModelCard]:
    """Build some of the cards a model could have; once, since that takes long."""
    random = Random(name)
    return [
        a_card(
            name,
            alias=name.partition("-")[0],
            enabled=random.random() < 0.9,
            embedded=name == "tiny",
            input_price=random.choice(PRICES),
            cached_input_price=random.choice([None, "0"]),
            output_price=random.choice(PRICES),
            weights=random.choice(["open", "closed"]),
            hosting=random.choice(["self", "vendor"]),
            jurisdiction=random.choice(["US", "CN", "local"]),
            capabilities=[each for each in Capability if random.random() < 0.5],
            quality={"general": round(random.random(), 2)},
            output_tokens_per_s=random.choice([10.0, 60.0]),
            **({"api_key": Unset("env:KEY")} if random.random() < 0.1 else {}),
        )
        for _ in range(30)
    ]


CARDS = {name: _cards(name) for name in NAMES}


def catalogs(least: int = 1) -> st.SearchStrategy[tuple[ModelCard, ...]]:
    """Draw some of the models, in any order."""
    some = st.lists(st.sampled_from(NAMES), min_size=least, unique=True)
    return some.flatmap(lambda names: st.tuples(*(st.sampled_from(CARDS[name]) for name in names)))


MODELS = _optional(
    names=_some("llama", "gpt", "claude", "tiny"),
    weights=st.sampled_from(["open", "closed"]),
    hosting=st.sampled_from(["self", "vendor"]),
    jurisdictions=_some("US", "CN", "local"),
    max_output_price=st.sampled_from(PRICES),
).filter(bool)

WHENS = _optional(
    private=st.booleans(),
    places=_some("a", "b"),
    roles=_some("x", "y"),
    words=_some("red", "blue"),
    patterns=_some("^r", "u+"),
    attachments=_some("image", "audio"),
    tasks=_some("general", "code"),
    min_chars=st.integers(0, 12),
    max_chars=st.integers(0, 12),
    min_budget_used=st.sampled_from([0.0, 0.5, 1.0]),
    hours=st.sampled_from([{"end": "12:00"}, {"begin": "12:00"}]),
    last_models=_some("llama", "gpt"),
)

PREFERENCES = (
    MODELS
    | st.builds(lambda models: models | {"worth_usd": "0.001"}, MODELS)
    | st.sampled_from([{"preset": "best"}, {"preset": "thrifty"}])
)

ACTIONS = _optional(
    allow=MODELS,
    deny=MODELS,
    require=_optional(capabilities=_some("vision", "json")),
    prefer=PREFERENCES,
    pin=st.sampled_from(["llama", "gpt"]),
    ceiling=st.sampled_from(["0", "0.001", "0.01"]),
).filter(bool)


def rules(
    actions: st.SearchStrategy[dict[str, Any]] = ACTIONS,
) -> st.SearchStrategy[tuple[Rule, ...]]:
    """Draw a few rules, named for their position."""
    drawn = st.lists(st.tuples(st.just({}) | WHENS, actions), max_size=4)
    return drawn.map(
        lambda pairs: tuple(
            Rule.model_validate({"name": f"r{number}", "when": when, **action})
            for number, (when, action) in enumerate(pairs)
        )
    )


@st.composite
def queries(draw: st.DrawFn) -> Query:
    """Draw a question out of the words rules speak of."""
    kinds = draw(st.sets(st.sampled_from([AttachmentKind.IMAGE, AttachmentKind.AUDIO])))
    last = draw(st.none() | st.sampled_from(NAMES))
    return a_query(
        draw(st.sampled_from(["red", "blue red", "a ``` code", "x" * 20])),
        origin=an_origin(
            private=draw(st.booleans()),
            place=draw(st.sampled_from("abc")),
            roles=frozenset(draw(st.sets(st.sampled_from("xyz")))),
        ),
        history=draw(st.sampled_from([(), (Turn("user", "blue"), Turn("assistant", "ok"))])),
        attachments=tuple(Attachment(kind) for kind in sorted(kinds)),
        asked_at=datetime(2026, 11, 24, draw(st.integers(0, 23)), tzinfo=UTC),
        last_answer=last and LastAnswer(last, last.partition("-")[0], draw(st.integers(0, 9000))),
    )


PREDICTIONS = st.dictionaries(
    st.sampled_from(NAMES),
    st.builds(
        Prediction,
        quality=QUALITIES,
        output_tokens=st.integers(0, 3000),
        familiarity=st.floats(0, 1),
        contributions=st.dictionaries(st.sampled_from(["card", "words"]), st.floats(-1, 1)),
    ),
)


def circumstances() -> st.SearchStrategy[Circumstances]:
    """Draw everything else a decision depends on."""
    return _circumstances(rules(), st.sampled_from(["", "", "", "llama", "gpt"]))


def open_circumstances() -> st.SearchStrategy[Circumstances]:
    """Draw circumstances in which no rule and no wish takes a model away."""
    return _circumstances(rules(st.builds(lambda each: {"prefer": each}, PREFERENCES)), st.just(""))


def _circumstances(
    rules: st.SearchStrategy[tuple[Rule, ...]], wanted: st.SearchStrategy[str]
) -> st.SearchStrategy[Circumstances]:
    return st.builds(
        Circumstances,
        rules=rules,
        value_microusd=st.sampled_from([0, 2_000, 20_000, 5_000_000]),
        ceiling_microusd=st.none() | st.just(1_000_000),
        wanted=wanted,
        predictions=PREDICTIONS,
        budget_used=st.floats(0, 1),
        preset_values=st.sampled_from([{}, {"best": 5_000_000, "thrifty": 2_000}]),
        waiting_microusd_per_s=st.sampled_from([0.0, 5.5]),
    )
