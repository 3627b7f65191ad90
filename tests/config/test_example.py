"""The example names every key and changes nothing."""

import re
from pathlib import Path
from typing import Any

import pytest

from config.catalog import ModelCard
from config.hours import Hours
from config.loading import json_schema, load
from config.rules import Abilities, Models, Rule, When
from config.settings import Settings
from tests.config.written import loaded, nothing_published

EXAMPLE = Path(__file__).parents[2] / "config" / "pointsman.example.yaml"
TEXT = EXAMPLE.read_text(encoding="utf-8")

# An example in comments: its keys stand in lines such as `  # url: …` or `#    alias: …`.
COMMENTED = re.compile(r"^#(?= {2})|# (?=(?:url|gguf): )", re.MULTILINE)


def uncommented() -> str:
    text = COMMENTED.sub("", TEXT)
    for key in ("models", "rules", "limits"):
        text = text.replace(f"{key}: []", f"{key}:")
    return text


def keys_in_schema() -> set[str]:
    schema = json_schema()
    parts: list[dict[str, Any]] = [schema, *schema["$defs"].values()]
    return {key for part in parts for key in part.get("properties", {})}


def test_loading_the_example_gives_the_defaults() -> None:
    assert load(EXAMPLE, {}, nothing_published) == load(None, {}, nothing_published)


def test_its_commented_examples_are_valid(tmp_path: Path) -> None:
    settings = loaded(tmp_path, uncommented(), {"AWS_REGION_NAME": "eu-central-1"})

    own = settings.models[-1]
    assert own.model_fields_set == set(ModelCard.model_fields)
    assert settings.store.url is not None
    assert settings.local_model.gguf is not None
    assert settings.model_fields_set == set(Settings.model_fields)


def test_its_first_rule_gives_every_key(tmp_path: Path) -> None:
    rule = loaded(tmp_path, uncommented()).rules[0]

    assert rule.when.hours is not None
    assert rule.allow is not None
    assert rule.require is not None
    assert rule.when.model_fields_set == set(When.model_fields)
    assert rule.when.hours.model_fields_set == set(Hours.model_fields)
    assert rule.allow.model_fields_set == set(Models.model_fields)
    assert rule.require.model_fields_set == set(Abilities.model_fields)
    assert rule.model_fields_set == set(Rule.model_fields) - {"deny"}


@pytest.mark.parametrize("key", sorted(keys_in_schema()))
def test_it_names_every_key_of_the_schema(key: str) -> None:
    assert re.search(rf"(?:^|[ {{#-]){re.escape(key)}:", TEXT, re.MULTILINE)
