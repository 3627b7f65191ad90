"""Judges requests by Discord's own OpenAPI file, where that file is at hand."""

import json
from collections.abc import Iterable, Iterator
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Final

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError
from jsonschema.protocols import Validator
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from tests.fakes.discord.limits import Route

PLACE: Final = Path(__file__).parents[4] / "shared" / "data" / "discord-openapi.json"
_ROOT: Final = "urn:discord"
_JSON: Final = "application/json"
_MOST_SHAPES: Final = 5000


class Judge:
    """Knows every operation of the file; compiles what is asked of it once."""

    def __init__(self, place: Path = PLACE) -> None:
        self._place = place
        self._bodies: dict[Route, Validator | None] = {}
        self._judged: dict[tuple[Route, str], str | None] = {}
        self._answers: dict[tuple[Route, int], Validator | None] = {}

    @property
    def is_seated(self) -> bool:
        """Return whether the file is there."""
        return self._place.exists()

    def objection(self, route: Route, query: list[str], body: Any) -> str | None:
        """Say what is wrong with a request; None: nothing, or the file is not there."""
        if not self.is_seated:
            return None
        if self._operation(route) is None:
            return "no such operation"
        unknown = set(query) - {each["name"] for each in self._parameters(route)}
        if unknown:
            return f"unknown in the query: {', '.join(sorted(unknown))}"
        if route not in self._bodies:
            self._bodies[route] = self._body_validator(route)
        return self._body_objection(route, body)

    def objection_to_answer(self, route: Route, status: int, body: Any) -> str | None:
        """Say what is wrong with an answer of the fake."""
        if not self.is_seated:
            return None
        if (route, status) not in self._answers:
            self._answers[route, status] = self._answer_validator(route, status)
        return _fault_of(self._answers[route, status], body)

    def _body_objection(self, route: Route, body: Any) -> str | None:
        """Judge a body, or find what was said of one of the same shape: edits are many."""
        shape = route, _shape_of(body)
        if shape not in self._judged:
            if len(self._judged) >= _MOST_SHAPES:
                self._judged.clear()
            self._judged[shape] = _fault_of(self._bodies[route], _with_snowflakes(body))
        return self._judged[shape]

    @cached_property
    def _document(self) -> dict[str, Any]:
        document: dict[str, Any] = _read(self._place)
        return document

    @cached_property
    def _registry(self) -> Registry[Any]:
        resource = DRAFT202012.create_resource(self._document)
        registry: Registry[Any] = Registry().with_resource(_ROOT, resource)
        return registry

    def _operation(self, route: Route) -> dict[str, Any] | None:
        method, path = route
        operation: dict[str, Any] | None = self._document["paths"].get(path, {}).get(method.lower())
        return operation

    def _parameters(self, route: Route) -> Iterator[dict[str, Any]]:
        operation = self._operation(route) or {}
        yield from operation.get("parameters", [])

    def _body_validator(self, route: Route) -> Validator | None:
        content = (self._operation(route) or {}).get("requestBody", {}).get("content", {})
        if _JSON not in content:
            return None
        return self._validator(route, "requestBody", "content", _JSON, "schema")

    def _answer_validator(self, route: Route, status: int) -> Validator | None:
        answers = (self._operation(route) or {}).get("responses", {})
        if _JSON not in answers.get(str(status), {}).get("content", {}):
            return None
        return self._validator(route, "responses", str(status), "content", _JSON, "schema")

    def _validator(self, route: Route, *steps: str) -> Validator:
        method, path = route
        pointer = "/".join(_escaped(step) for step in ("paths", path, method.lower(), *steps))
        return Draft202012Validator({"$ref": f"{_ROOT}#/{pointer}"}, registry=self._registry)


@cache
def _read(place: Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(place.read_bytes())
    return document


def _escaped(step: str) -> str:
    return step.replace("~", "~0").replace("/", "~1").replace("{", "%7B").replace("}", "%7D")


def _shape_of(body: Any) -> str:
    """Write a body with the length of its texts only; no more matters of them to the file."""
    if isinstance(body, dict):
        texts = {name: body[name] for name in ("content", "nonce") if name in body}
        body = body | {
            name: {"length": len(text)} for name, text in texts.items() if isinstance(text, str)
        }
    return json.dumps(body)


def _with_snowflakes(body: Any) -> Any:
    """Write snowflakes as text: Discord takes numbers too, and discord.py sends some."""
    if not isinstance(body, dict):
        return body
    written = _with_ids(body)
    if reference := body.get("message_reference"):
        written["message_reference"] = _with_ids(reference)
    if attachments := body.get("attachments"):
        written["attachments"] = [each | {"id": str(each["id"])} for each in attachments]
    if allowed := body.get("allowed_mentions"):
        ids = {name: [str(each) for each in allowed.get(name) or []] for name in ("users", "roles")}
        written["allowed_mentions"] = allowed | {name: each for name, each in ids.items() if each}
    if isinstance(body.get("data"), dict):
        written["data"] = _with_snowflakes(body["data"])
    return written


def _with_ids(body: dict[str, Any]) -> dict[str, Any]:
    return {
        name: str(each) if name.endswith("_id") and isinstance(each, int) else each
        for name, each in body.items()
    }


def _fault_of(validator: Validator | None, body: Any) -> str | None:
    if validator is None or validator.is_valid(body):
        return None
    error = max(_leaves(validator.iter_errors(body)), key=_telling)
    place = "/".join(str(step) for step in error.absolute_path) or "the body"
    return f"{place}: {error.message[:300]}"


def _leaves(errors: Iterable[ValidationError]) -> Iterator[ValidationError]:
    for error in errors:
        if error.context:
            yield from _leaves(error.context)
        else:
            yield error


def _telling(error: ValidationError) -> tuple[bool, int]:
    """Prefer what is deep inside to the kinds of thing it is not."""
    return error.validator not in {"enum", "const"}, len(error.absolute_path)
