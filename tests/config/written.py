"""Configuration files as tests write them."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from config.catalog import PublishedModel, PublishedModels
from config.errors import ConfigError
from config.loading import load
from config.settings import Settings


def nothing_published(_litellm_id: str) -> PublishedModel | None:
    """Know no model."""
    return None


def loaded(
    folder: Path,
    text: str,
    environ: Mapping[str, str] | None = None,
    published: PublishedModels = nothing_published,
) -> Settings:
    """Load `text` from a file pointsman.yaml."""
    path = folder / "pointsman.yaml"
    path.write_text(text, encoding="utf-8")
    return load(path, environ or {}, published)


def problems(
    folder: Path,
    text: str,
    environ: Mapping[str, str] | None = None,
    published: PublishedModels = nothing_published,
) -> list[str]:
    """Return what is wrong with `text`, as people see it, the file being called `p`."""
    with pytest.raises(ConfigError) as caught:
        loaded(folder, text, environ, published)
    file = str(folder / "pointsman.yaml")
    return [str(problem).replace(file, "p") for problem in caught.value.problems]


OWN_CARD = """
models:
  - name: own
    litellm_id: openai/own
    input_price: 1
    output_price: 2
    context_tokens: 8192
    max_output_tokens: 4096
    weights: open
    hosting: self
    jurisdiction: local
    quality: {general: 0.5}
"""
"""A whole card of the operator's own; lines 2 to 12, and more keys may follow."""
