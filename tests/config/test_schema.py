"""The schema takes what loading takes, and refuses what it refuses."""

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from config.loading import SHIPPED, json_schema
from config.yaml_lines import parse
from tests.config.test_example import EXAMPLE, uncommented

VALIDATOR = Draft202012Validator(json_schema())


def faults(text: str) -> list[str]:
    block, wrong = parse(text, "p")
    assert wrong == []
    return [error.json_path for error in VALIDATOR.iter_errors(block)]


def test_it_is_a_schema_and_is_json() -> None:
    schema = json.loads(json.dumps(json_schema()))

    Draft202012Validator.check_schema(schema)
    assert schema["title"] == "Pointsman configuration"
    assert schema["$schema"].endswith("2020-12/schema")


@pytest.mark.parametrize("path", [SHIPPED, EXAMPLE], ids=lambda path: path.name)
def test_it_takes_the_shipped_files(path: Path) -> None:
    assert faults(path.read_text(encoding="utf-8")) == []


def test_it_takes_the_commented_examples() -> None:
    assert faults(uncommented()) == []


@pytest.mark.parametrize(
    "text",
    [
        "models: [{name: gpt-sol}]",
        "models: [{name: gpt-sol, input_price: env:PRICE, enabled: env:ON, context_tokens: env:N}]",
        "models: [{name: gpt-sol, capabilities: [env:C], weights: env:W, retires_on: file:day}]",
        "models: [{name: gpt-sol, quality: {math: env:Q}, jurisdiction: env:J}]",
        "routing: {preset: env:P, max_output_tokens: file:n}",
        "models: [{name: gpt-sol, retires_on: 2027-01-01, cached_input_price: null}]",
    ],
)
def test_it_takes_names_alone_and_references_for_any_value(text: str) -> None:
    assert faults(text) == []


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("models: [{enabled: true}]", "$.models[0]"),
        ("models: [{name: x, api_key: sk-literal}]", "$.models[0].api_key"),
        ("models: [{name: x, quality: {maths: 1}}]", "$.models[0].quality"),
        ("models: [{name: x, context_tokens: many}]", "$.models[0].context_tokens"),
        ("models: [{name: x, weights: opn}]", "$.models[0].weights"),
        ("routing: {preset: 'env:'}", "$.routing.preset"),
        ("routing: {prset: best}", "$.routing"),
        ("shipped_models: perhaps", "$.shipped_models"),
    ],
)
def test_it_refuses_what_is_wrong(text: str, where: str) -> None:
    assert faults(text) == [where]
