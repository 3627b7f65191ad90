"""What LiteLLM's price list is taken to say."""

import json
import subprocess
import sys
from datetime import date
from decimal import Decimal
from importlib.util import find_spec
from pathlib import Path

import pytest

from config.catalog import Capability, PublishedModel
from routing.backends.published import PublishedPrices, published_model

ENTRY = """{
    "acme/one": {
        "litellm_provider": "acme",
        "input_cost_per_token": 3e-07,
        "cache_read_input_token_cost": 6e-09,
        "output_cost_per_token": 1e-05,
        "max_input_tokens": 1000,
        "max_tokens": 100,
        "deprecation_date": "2027-03-30",
        "supports_vision": true,
        "supports_reasoning": false,
        "tiers": {"nested": {"deep": [1]}}
    },
"two": {
        "nested": {},
        "litellm_provider": "acme_converse",
        "input_cost_per_token": 0,
        "output_cost_per_token": "what it costs",
        "max_input_tokens": "how many",
        "deprecation_date": "YYYY-MM-DD"
    }
}"""


@pytest.fixture
def prices(tmp_path: Path) -> PublishedPrices:
    (tmp_path / "list.json").write_text(ENTRY)
    return PublishedPrices(tmp_path / "list.json")


def test_prices_are_exact_dollars_per_million_tokens(prices: PublishedPrices) -> None:
    assert prices("acme/one") == PublishedModel(
        input_price=Decimal("0.3"),
        cached_input_price=Decimal("0.006"),
        output_price=Decimal(10),
        context_tokens=1000,
        max_output_tokens=100,
        capabilities=frozenset({Capability.VISION}),
        retires_on=date(2027, 3, 30),
    )
    assert str(prices("acme/one").output_price) == "10"  # type: ignore[union-attr] # just seen


def test_what_is_not_a_number_or_a_day_is_unknown(prices: PublishedPrices) -> None:
    assert prices("two") == PublishedModel(input_price=Decimal(0))


def test_an_id_is_found_without_its_provider_if_the_provider_is_the_same(
    prices: PublishedPrices,
) -> None:
    assert prices("acme/two") == prices("two")
    assert prices("other/two") is None


@pytest.mark.parametrize(
    "content",
    [None, "", "[]", "\xff", '{\n    "two": {', '{\n    "two": {"a": oops}', '{"two": 5}'],
)
def test_a_list_that_is_missing_or_odd_knows_nothing(tmp_path: Path, content: str | None) -> None:
    path = tmp_path / "list.json"
    if content is not None:
        path.write_bytes(content.encode("latin-1"))

    assert PublishedPrices(path)("two") is None


def test_every_model_of_litellms_list_is_found() -> None:
    spec = find_spec("litellm")
    assert spec is not None
    assert spec.origin is not None
    path = Path(spec.origin).with_name("model_prices_and_context_window_backup.json")

    unknown = [name for name in json.loads(path.read_text()) if published_model(name) is None]

    assert unknown == []


def test_odd_ids_are_unknown(prices: PublishedPrices) -> None:
    odd_ids = ("", "/", "acme/", '"', "one", "wo", "acme", "nested", "tiers")

    assert [prices(odd) for odd in odd_ids] == [None] * len(odd_ids)


def test_litellms_own_list_is_read_without_importing_litellm() -> None:
    program = (
        "import sys; from routing.backends.published import published_model;"
        "assert published_model('openai/gpt-6-sol').output_price == 10;"
        "assert 'litellm' not in sys.modules"
    )

    subprocess.run([sys.executable, "-c", program], check=True, cwd=Path(__file__).parents[3])


def test_the_descriptive_first_entry_of_litellms_list_is_harmless() -> None:
    sample = published_model("sample_spec")

    assert sample is not None
    assert (sample.context_tokens, sample.retires_on) == (None, None)
