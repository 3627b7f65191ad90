"""What LiteLLM's own price list says of a model, read without importing LiteLLM."""

import json
from collections.abc import Mapping
from contextlib import suppress
from datetime import date
from decimal import Decimal
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from config.catalog import Capability, PublishedModel, PublishedModels

_LIST: Final = "model_prices_and_context_window_backup.json"
_DECODER: Final = json.JSONDecoder(parse_float=Decimal)
_INDENT: Final = " " * 4
_MILLION_DIGITS: Final = 6

_CAPABILITIES: Final = {
    "supports_vision": Capability.VISION,
    "supports_function_calling": Capability.TOOLS,
    "supports_reasoning": Capability.REASONING,
    "supports_response_schema": Capability.JSON,
}

_Entry = Mapping[str, object]


class PublishedPrices:
    """Looks models up in a price list by their LiteLLM id.

    The list has 3 MB: it is read at the first look, and only the entry asked for is parsed.
    """

    def __init__(self, path: Path | None = None) -> None:
        """Look into `path`; None is the list that came with LiteLLM."""
        self._path = path
        self._known: dict[str, PublishedModel | None] = {}

    def __call__(self, litellm_id: str) -> PublishedModel | None:
        """Return what is published; None when nothing is, or the list cannot be read."""
        if litellm_id not in self._known:  # a look takes a millisecond
            self._known[litellm_id] = self._found(litellm_id)
        return self._known[litellm_id]

    def _found(self, litellm_id: str) -> PublishedModel | None:
        if (entry := self._entry(litellm_id)) is not None:
            return _model(entry)
        provider, _, name = litellm_id.partition("/")
        entry = self._entry(name) if name else None
        # Without its provider the name may be another host's, with other prices.
        if entry is None or not str(entry.get("litellm_provider")).startswith(provider):
            return None
        return _model(entry)

    def _entry(self, name: str) -> _Entry | None:
        key = f"{json.dumps(name)}: "
        start = -1
        while (start := self._text.find(f"{key}{{", start + 1)) >= 0:
            line = self._text.rfind("\n", 0, start) + 1
            # Deeper keys of the same name are no models. One model's line is not indented at all.
            if self._text[line:start] in {"", _INDENT}:
                with suppress(ValueError):
                    return dict(_DECODER.raw_decode(self._text, start + len(key))[0])
        return None

    @cached_property
    def _text(self) -> str:
        path = self._path or _litellm_list()
        if path is None:
            return ""
        try:
            return path.read_text(encoding="utf-8")
        except (OSError, ValueError):
            return ""


published_model: Final[PublishedModels] = PublishedPrices()
"""Looks a model up in the list that came with LiteLLM."""


def _litellm_list() -> Path | None:
    spec = find_spec("litellm")
    return Path(spec.origin).with_name(_LIST) if spec and spec.origin else None


def _model(entry: _Entry) -> PublishedModel:
    return PublishedModel(
        input_price=_usd_per_mtok(entry.get("input_cost_per_token")),
        cached_input_price=_usd_per_mtok(entry.get("cache_read_input_token_cost")),
        output_price=_usd_per_mtok(entry.get("output_cost_per_token")),
        context_tokens=_tokens(entry.get("max_input_tokens")),
        max_output_tokens=_tokens(entry.get("max_output_tokens", entry.get("max_tokens"))),
        capabilities=frozenset(
            capability for key, capability in _CAPABILITIES.items() if entry.get(key) is True
        ),
        retires_on=_day(entry.get("deprecation_date")),
    )


def _usd_per_mtok(per_token: object) -> Decimal | None:
    if not isinstance(per_token, (int, Decimal)) or per_token < 0:
        return None
    return Decimal(f"{Decimal(per_token).scaleb(_MILLION_DIGITS):f}")


def _tokens(count: object) -> int | None:
    return count if isinstance(count, int) and count > 0 else None


def _day(text: object) -> date | None:
    with suppress(ValueError):
        return date.fromisoformat(str(text))
    return None
