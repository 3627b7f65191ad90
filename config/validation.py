"""Says in plain words what pydantic objects to, and where it stands. No value is repeated."""

import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any, Final, TypeVar, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from config.errors import Problem
from config.references import Resolved, Unset
from config.yaml_lines import Block, Items, Place

Path = tuple[str | int, ...]
"""The way to a value: keys and list positions."""

_Model = TypeVar("_Model", bound=BaseModel)

_KEY: Final = "[key]"
"""Ends pydantic's way to a mapping's key, when the key itself is wrong."""

_ONLY_FOLLOWS: Final = "default_factory_not_called"
"""A default made of other fields, of which one is wrong."""

_IN_WORDS: Final[Mapping[str, str]] = {
    "missing": "is required",
    "greater_than": "must be above {gt}",
    "greater_than_equal": "must be at least {ge}",
    "less_than": "must be below {lt}",
    "less_than_equal": "must be at most {le}",
    "literal_error": "must be {expected}",
    "enum": "must be {expected}",
    "string_too_long": "must have at most {max_length} characters",
    "string_too_short": "must not be empty",
    "invalid-json-value": "must be text, a number, true, false, a list or a mapping",
}

_BY_KIND: Final[Mapping[str, str]] = {
    "int": "must be a whole number",
    "float": "must be a number",
    "decimal": "must be a number",
    "finite": "must be a number",
    "bool": "must be true or false",
    "string": "must be text, in quotes if it looks like a number",
    "path": "must be a path",
    "date": "must be a date, such as 2026-12-31",
    "model": "must be keys with values",
    "mapping": "must be keys with values",
    "dict": "must be keys with values",
    "tuple": "must be a list",
    "frozen": "must be a list",
}
"""What the other errors say, by the word their type begins with: `int_parsing`, `tuple_type`."""

_FORMS: Final[Mapping[str, str]] = {
    "jurisdiction": "must be a country code such as US, or local",
    "url": "must begin with https:// or http://",
    "begin": "must be a time such as 08:30, in quotes",
    "end": "must be a time such as 17:00, in quotes",
    "hash_tag": "must be letters, digits, dots, dashes and underscores",
}
_NAME_FORM: Final = "must be lower-case letters, digits, dots and dashes"


def validated(
    model: type[_Model], given: Block, required: Mapping[str, str]
) -> tuple[_Model | None, list[Problem]]:
    """Make a model of what was read, or say everything that is wrong with it.

    Args:
        model: What to make.
        given: As read, with references looked up.
        required: By key: what to say when it is missing, instead of that it is required.
    """
    try:
        return model.model_validate(given), []
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False)
    told = (each for each in found if each["type"] != _ONLY_FOLLOWS)
    return None, [_problem(model, given, each, required) for each in told]


def nearest(name: str, names: Iterable[str]) -> str:
    """Return a hint at the most similar of some names; empty when none is."""
    found = get_close_matches(name, sorted(names), n=1)
    return f": did you mean `{found[0]}`?" if found else ""


def locate(given: Block, path: Path) -> tuple[str, Place, object]:
    """Follow a path down what was read; return it as people write it, its place and value.

    A list item with a name is called by it: `models[llama].input_price`. What is not there
    has the place of what should hold it.
    """
    key, place = "", Place("")
    value: object = given
    for part in path:
        holder, value = value, None
        if isinstance(holder, Block) and part in holder:
            value, place = holder[str(part)], holder.places[str(part)]
        elif isinstance(holder, Items) and isinstance(part, int):
            value, place = holder[part], holder.places[part]
        elif part in {"dict", "list"}:  # pydantic's own steps inside `parameters`
            value = holder
            continue
        key += f"[{_label(value, part)}]" if isinstance(part, int) else f".{part}"
    return key.lstrip("."), place, value


def _label(item: object, index: int) -> object:
    name = item.get("name") if isinstance(item, Block) else None
    return name if type(name) is str else index


def _problem(
    model: type[BaseModel], given: Block, error: ErrorDetails, required: Mapping[str, str]
) -> Problem:
    path = tuple(part for part in error["loc"] if part != _KEY)
    key, place, value = locate(given, path)
    if isinstance(value, Unset) and error["type"] != "extra_forbidden":
        return Problem(key, value.why, *place)
    message = _message(model, path, error, required)
    if isinstance(value, Resolved) and error["type"] != "extra_forbidden":
        message = f"{value.reference}: {message}"
    return Problem(key, message, *place)


def _message(
    model: type[BaseModel], path: Path, error: ErrorDetails, required: Mapping[str, str]
) -> str:
    kind, context, name = error["type"], error.get("ctx", {}), str(path[-1]) if path else ""
    if kind == "extra_forbidden":
        return f"is no setting{nearest(name, _model_at(model, path[:-1]).model_fields)}"
    if error["loc"][-1:] == (_KEY,):
        expected = str(context.get("expected"))
        hint = nearest(name, re.findall(r"'([^']+)'", expected))
        return f"is unknown here{hint or f', use {expected}'}"
    if kind == "value_error":
        return str(context["error"])
    if kind == "string_pattern_mismatch":
        return _FORMS.get(name, _NAME_FORM)
    if kind == "missing" and name in required:
        return required[name]
    if kind in _IN_WORDS:
        return _IN_WORDS[kind].format_map({each: _plain(limit) for each, limit in context.items()})
    return _BY_KIND.get(kind.partition("_")[0], "is not valid here")


def _plain(limit: object) -> str:
    return limit if isinstance(limit, str) else f"{float(str(limit)):,.10g}"


def _model_at(model: type[BaseModel], path: Path) -> type[BaseModel]:
    """Return the model whose keys stand at a path below `model`."""
    for part in path:
        if isinstance(part, str) and part in model.model_fields:
            model = next(_models_in(model.model_fields[part].annotation), model)
    return model


def _models_in(annotation: Any) -> Any:  # noqa: ANN401 # an annotation may be anything
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in get_args(annotation):
        yield from _models_in(argument)
