"""The catalogue that comes with Pointsman is true and whole."""

from datetime import date
from decimal import Decimal

import pytest

from config.catalog import Capability, Catalog, ModelCard, TaskClass
from config.lint import lint
from config.loading import load
from routing.backends.published import published_model
from tests.config.written import nothing_published

TODAY = date(2026, 11, 24)
SHIPPED: Catalog = load(None, {}, published_model).models
BY_VENDORS = [card for card in SHIPPED if card.hosting == "vendor"]


def test_the_expected_models_are_there() -> None:
    aliases = {card.alias for card in SHIPPED}

    assert {"deepseek-flash", "deepseek-pro", "llama", "llama-maverick"} <= aliases
    assert {"gpt-luna", "gpt-sol", "gpt-astra", "smollm2"} <= aliases
    assert {"claude-haiku", "claude-sonnet", "claude-opus"} <= aliases
    assert {"gemini-flash", "gemini-argon"} <= aliases
    assert sum(card.alias == "llama" for card in SHIPPED) == 4
    assert sum(card.embedded for card in SHIPPED) == 1


@pytest.mark.parametrize("card", BY_VENDORS, ids=lambda card: card.name)
def test_a_vendors_card_says_what_litellm_publishes(card: ModelCard) -> None:
    published = published_model(card.litellm_id)

    assert published is not None, "LiteLLM does not know it"
    assert card.input_price == published.input_price
    assert card.cached_input_price == published.cached_input_price
    assert card.output_price == published.output_price
    assert card.context_tokens <= (published.context_tokens or 0)
    assert card.max_output_tokens <= (published.max_output_tokens or 0)
    assert card.capabilities >= published.capabilities


def test_only_bedrocks_llama_sees_more_than_litellm_knows_of() -> None:
    more = {
        card.name: card.capabilities - published.capabilities
        for card in BY_VENDORS
        if (published := published_model(card.litellm_id))
        and card.capabilities != published.capabilities
    }

    assert more == {"llama-bedrock": {Capability.VISION}}


def test_none_is_past_its_date() -> None:
    assert [card.name for card in SHIPPED if card.retires_on and card.retires_on <= TODAY] == []


@pytest.mark.parametrize("card", SHIPPED, ids=lambda card: card.name)
def test_each_card_is_whole(card: ModelCard) -> None:
    assert set(card.quality) == set(TaskClass)
    assert card.licence != "unknown"
    assert card.embedded or card.missing, "without any key only the embedded model is ready"
    if card.hosting == "self":
        assert (card.input_price, card.output_price) == (Decimal(0), Decimal(0))
        assert card.jurisdiction == "local"


def test_the_catalogue_needs_no_price_list() -> None:
    assert [card.name for card in load(None, {}, nothing_published).models] == [
        card.name for card in SHIPPED
    ]


def test_with_every_key_set_there_is_nothing_to_warn_of() -> None:
    environ = {
        reference.removeprefix("env:"): "https://set.example"
        for card in SHIPPED
        for reference in card.missing
    }
    settings = load(None, environ, published_model)

    assert [card.name for card in settings.models if card.missing] == []
    assert lint(settings, TODAY) == ()
