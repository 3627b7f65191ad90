"""Values for tests: each names only what matters to the test that calls it."""

from decimal import Decimal
from typing import Any

from config.catalog import ModelCard, TaskClass
from config.quotas import Scope, Unit, Window
from config.references import Resolved
from routing.holds import Level
from routing.policy import Candidate
from routing.query import Origin, Query
from routing.quota import Limit
from routing.scoring import Offer


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


def a_candidate(
    name: str = "llama", quality: float = 0.8, price: int = 60, value: int = 20_000, **card: Any
) -> Candidate:
    """Build a candidate whose score is value x quality - price."""
    offer = Offer(name, 0, quality, price)
    return Candidate(a_card(name, **card), offer, value * quality - price)


def a_limit(**changes: Any) -> Limit:
    """Build an asker's allowance of a dollar a day."""
    given: dict[str, Any] = {
        "scope": Scope.ASKER,
        "who": ("terminal:ada",),
        "tenant": "",
        "unit": Unit.MICROUSD,
        "window": Window.DAY,
        "zone": "UTC",
        "amount": 1_000_000,
    }
    return Limit(**(given | changes))


def a_level(*, spent: int = 0, held: int = 0, **changes: Any) -> Level:
    """Build how far a limit is used."""
    return Level(a_limit(**changes), spent, held)


def a_query(text: str = "hello", **changes: Any) -> Query:
    """Build a question without history."""
    return Query(text=text, **({"origin": an_origin()} | changes))
