"""Values for tests: each names only what matters to the test that calls it."""

from decimal import Decimal
from typing import Any

from config.catalog import ModelCard, TaskClass
from config.references import Resolved
from routing.query import Origin, Query


def a_card(name: str = "llama", **changes: Any) -> ModelCard:
    """Build a card of a cheap, configured vendor model."""
    given: dict[str, Any] = {
        "name": name,
        "litellm_id": f"openai/{name}",
        "api_key": Resolved("sk-test", "env:TEST_API_KEY"),
        "input_price": Decimal("0.5"),
        "output_price": Decimal("1.5"),
        "context_tokens": 8192,
        "max_output_tokens": 4096,
        "weights": "open",
        "hosting": "vendor",
        "jurisdiction": "US",
        "quality": {TaskClass.GENERAL: 0.8},
    }
    return ModelCard.model_validate(given | changes)


def an_origin(**changes: Any) -> Origin:
    """Build the place of a private question in the terminal."""
    given: dict[str, Any] = {
        "platform": "terminal",
        "tenant": "local",
        "place": "terminal",
        "person": "ada",
        "private": True,
    }
    return Origin(**(given | changes))


def a_query(text: str = "hello", **changes: Any) -> Query:
    """Build a question without history."""
    return Query(text=text, **({"origin": an_origin()} | changes))
