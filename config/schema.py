"""The JSON Schema of the configuration file, as the operator writes it."""

from typing import Any, Final

from config.references import REFERENCE_PATTERN
from config.settings import Settings

_Schema = dict[str, Any]

_REFERENCE: Final[_Schema] = {"$ref": "#/$defs/Reference"}
_TEXT: Final[_Schema] = {"type": "string"}
_ABOUT: Final = frozenset({"description", "default"})
_LIMITS: Final = frozenset({"enum", "pattern", "format", "minLength", "maxLength"})


def json_schema() -> _Schema:
    """Return the schema: every value may be a reference, a card needs no more than its name."""
    schema = Settings.model_json_schema()
    choices = {f"#/$defs/{name}" for name, each in schema["$defs"].items() if "enum" in each}
    defs = {
        name: each if "enum" in each else _opened(each, choices)
        for name, each in schema["$defs"].items()
    }
    defs["ModelCard"]["required"] = ["name"]
    defs["Reference"] = {
        "type": "string",
        "pattern": REFERENCE_PATTERN,
        "description": "env:NAME or file:PATH, where the value is",
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **_opened(schema, choices),
        "title": "Pointsman configuration",
        "description": "Any value may be written as env:NAME or file:PATH; keys and tokens must.",
        "$defs": defs,
    }


def _opened(schema: _Schema, choices: set[str]) -> _Schema:
    """Return a schema that admits a reference wherever `schema` asks for a scalar.

    Args:
        schema: As pydantic makes it; the keys of mappings are left alone.
        choices: Where the enumerations are defined.
    """
    made = {key: value for key, value in schema.items() if key != "title"}
    if "properties" in made:
        made["properties"] = {
            name: _opened(each, choices) for name, each in made["properties"].items()
        }
    for inner in ("items", "additionalProperties"):
        if isinstance(made.get(inner), dict):
            made[inner] = _opened(made[inner], choices)
    if "anyOf" in made and _TEXT not in made["anyOf"]:
        made["anyOf"] = [_opened(each, choices) for each in made["anyOf"]]
    if _is_scalar(made, choices):
        about = {key: value for key, value in made.items() if key in _ABOUT}
        asked = {key: value for key, value in made.items() if key not in _ABOUT}
        return {**about, "anyOf": [asked, _REFERENCE]}
    return made


def _is_scalar(schema: _Schema, choices: set[str]) -> bool:
    """Tell whether a schema asks for a scalar that a reference would not pass as."""
    if schema.get("type") == "string":
        return bool(_LIMITS & schema.keys()) and schema.get("pattern") != REFERENCE_PATTERN
    return schema.get("type") in {"integer", "number", "boolean"} or schema.get("$ref") in choices
