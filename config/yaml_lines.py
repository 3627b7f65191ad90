"""YAML as plain values that know their file and line. What they mean is not known here.

Scalars follow YAML 1.2 where 1.1 surprises: only `true` and `false` are booleans, so that the
country `NO` is no falsehood. Dates stay text. No message repeats what stands in the file.
"""

import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final, NamedTuple

import yaml

from config.errors import Problem

_LOADER: Final[type[yaml.SafeLoader | yaml.CSafeLoader]] = getattr(
    yaml, "CSafeLoader", yaml.SafeLoader
)
_TAG: Final = "tag:yaml.org,2002:"
_MERGE: Final = f"{_TAG}merge"
_SCALARS: Final = frozenset({"str", "int", "float", "bool", "null", "timestamp", "value", "merge"})

_MOST_NODES: Final = 100_000
"""Aliases of aliases multiply; a configuration has a few hundred values."""

_DEEPEST: Final = 50
"""The C loader builds nested values by recursion and takes the whole program down."""


class Place(NamedTuple):
    """Where something is written; line 0 is unknown."""

    file: str
    line: int = 0


class Block(dict[str, object]):
    """A mapping that knows where each of its keys stands. It shows its keys only."""

    def __init__(self, values: dict[str, object] | None = None) -> None:
        super().__init__(values or {})
        self.places: dict[str, Place] = dict(getattr(values, "places", {}))

    def put(self, key: str, value: object, place: Place) -> None:
        """Set a key that stands at `place`."""
        self[key] = value
        self.places[key] = place

    def overlaid(self, changes: "Block") -> "Block":
        """Return a copy with `changes` over it; mappings inside are overlaid in turn."""
        made = Block(self)
        for key, value in changes.items():
            mine = self.get(key)
            if isinstance(mine, Block) and isinstance(value, Block):
                made.put(key, mine.overlaid(value), changes.places[key])
            else:
                made.put(key, value, changes.places[key])
        return made

    def __repr__(self) -> str:
        return f"<{', '.join(self)}>"


class Items(list[object]):
    """A list that knows where each of its items stands. It shows its length only."""

    def __init__(self) -> None:
        super().__init__()
        self.places: list[Place] = []

    def put(self, value: object, place: Place) -> None:
        """Append an item that stands at `place`."""
        self.append(value)
        self.places.append(place)

    def __repr__(self) -> str:
        return f"<{len(self)} items>"


def read(path: Path) -> tuple[Block | None, list[Problem]]:
    """Read a YAML file whose top level is a mapping; an empty file is an empty one.

    Returns:
        The mapping, or None when the file cannot be read at all; and what is wrong with it.
    """
    try:
        return parse(path.read_bytes().decode("utf-8-sig"), str(path))
    except FileNotFoundError:
        wrong, line = "there is no such file", 0
    except IsADirectoryError:
        wrong, line = "is a folder, not a file", 0
    except UnicodeDecodeError as error:
        wrong, line = "is not UTF-8: save it as that", error.object.count(b"\n", 0, error.start) + 1
    except (OSError, ValueError):
        wrong, line = "cannot be read: mend its permissions", 0
    return None, [Problem("", wrong, str(path), line)]


def parse(text: str, file: str) -> tuple[Block | None, list[Problem]]:
    """Parse YAML as `read` does; `file` is only for the places."""
    try:
        _refuse_depth(text, file)
        root = yaml.compose(text, _LOADER)
        reading = _Reading(file)
        if root is None or root.tag == f"{_TAG}null":
            return Block(), []
        if not isinstance(root, yaml.MappingNode):
            return None, [Problem("", "must be keys with values, such as `routing:`", file, 1)]
        return reading.block(root, ""), reading.problems
    except yaml.YAMLError as error:
        return None, [_syntax_problem(error, text, file)]
    except _Refused as refused:
        return None, [refused.problem]


class _Refused(Exception):
    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


def _refuse_depth(text: str, file: str) -> None:
    depth = 0
    for event in yaml.parse(text, _LOADER):
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > _DEEPEST:
            line = event.start_mark.line + 1 if event.start_mark else 0
            raise _Refused(Problem("", "is nested too deeply", file, line))


class _Reading:
    """Turns the nodes of one file into values, collecting what is wrong on the way."""

    def __init__(self, file: str) -> None:
        self.problems: list[Problem] = []
        self._file = file
        self._nodes = 0
        self._open: list[yaml.Node] = []

    def block(self, node: yaml.MappingNode, key: str) -> Block:
        block, merged = Block(), []
        for name_node, node_value in node.value:
            if name_node.tag == _MERGE:
                merged.append(node_value)
            elif (name := self._name(name_node, key)) is not None:
                path = f"{key}.{name}".lstrip(".")
                if name in block:
                    first = block.places[name].line
                    self._complain(name_node, path, f"is given twice, first on line {first}")
                else:
                    block.put(name, self._value(node_value, path), self._place(name_node))
        for each in merged:
            self._merge(each, block, key)
        return block

    def _merge(self, node: yaml.Node, block: Block, key: str) -> None:
        """Add the keys of what `<<` names; a key that is there already wins."""
        for source in node.value if isinstance(node, yaml.SequenceNode) else [node]:
            found = self._value(source, key)
            if not isinstance(found, Block):
                self._complain(source, key, "`<<` takes a mapping or a list of mappings")
                continue
            for name, value in found.items():
                if name not in block:
                    block.put(name, value, found.places[name])

    def _value(self, node: yaml.Node, key: str) -> object:
        self._nodes += 1
        if self._nodes > _MOST_NODES or node in self._open:
            wrong = "aliases make too many values of it"
            raise _Refused(Problem("", wrong, *self._place(node)))
        if not _is_plain(node):
            self._complain(node, key, "tags, that is words beginning with !, mean nothing here")
        self._open.append(node)
        value = self._content(node, key)
        self._open.pop()
        return value

    def _content(self, node: yaml.Node, key: str) -> object:
        if isinstance(node, yaml.MappingNode):
            return self.block(node, key)
        if isinstance(node, yaml.SequenceNode):
            items = Items()
            for index, each in enumerate(node.value):
                items.put(self._value(each, f"{key}[{index}]"), self._place(each))
            return items
        return _scalar(node)

    def _name(self, node: yaml.Node, key: str) -> str | None:
        name = _scalar(node) if isinstance(node, yaml.ScalarNode) else None
        if isinstance(name, str):
            return name
        self._complain(node, key, "a key must be text: put it in quotes")
        return None

    def _place(self, node: yaml.Node) -> Place:
        return Place(self._file, node.start_mark.line + 1)

    def _complain(self, node: yaml.Node, key: str, message: str) -> None:
        self.problems.append(Problem(key, message, *self._place(node)))


def _is_plain(node: yaml.Node) -> bool:
    kind = node.tag.removeprefix(_TAG)
    if isinstance(node, yaml.ScalarNode):
        return kind in _SCALARS
    return kind == ("map" if isinstance(node, yaml.MappingNode) else "seq")


def _scalar(node: yaml.Node) -> object:
    kind, text = node.tag.removeprefix(_TAG), str(node.value)
    if kind == "null":
        return None
    if kind == "bool" and text.lower() in {"true", "false"}:
        return text.lower() == "true"
    # Octal `010`, sexagesimal `1:30` and `.inf` are not numbers here: they stay text.
    with suppress(ValueError):
        if kind == "int":
            return int(text, 0)
        if kind == "float":
            return float(text)
    return text


def _syntax_problem(error: yaml.YAMLError, text: str, file: str) -> Problem:
    """Say what is wrong in our own words: the parser's may repeat what stands in the file."""
    if not isinstance(error, yaml.MarkedYAMLError) or error.problem_mark is None:
        return Problem("", "has a control character in it", file, _control_line(text))
    mark = error.problem_mark
    context = error.context or ""
    for kind in ("quoted scalar", "flow sequence", "flow mapping"):
        if kind in context and error.context_mark and "escape" not in (error.problem or ""):
            mark = error.context_mark
    said = f"{context} {error.problem}"
    line = mark.line + 1
    written = "".join(text.split("\n")[mark.line : line])
    if "\t" in written[: len(written) - len(written.lstrip())]:
        return Problem("", "a tab: indent with spaces", file, line)
    is_below = any(fragment in said for fragment in _BELOW_A_BARE_KEY)
    if is_below and (bare := _bare_key_above(text.split("\n"), line)):
        return Problem("", "a key without its colon", file, bare)
    return Problem("", next(_explanations(said), "is not YAML"), file, line)


def _bare_key_above(lines: list[str], line: int) -> int:
    """Return the line of the word alone that a line goes on from, counted from 1; 0 for none."""
    before = [number for number in range(1, line) if lines[number - 1].partition("#")[0].strip()]
    above = lines[before[-1] - 1].partition("#")[0] if before else ""
    return before[-1] if re.fullmatch(r"\s*(- +)?[\w-]+\s*", above) else 0


def _control_line(text: str) -> int:
    found = yaml.reader.Reader.NON_PRINTABLE.search(text)
    return text.count("\n", 0, found.start()) + 1 if found else 0


def _explanations(said: str) -> Iterator[str]:
    return (words for fragment, words in _SYNTAX if fragment in said)


_SYNTAX: Final = (
    ("unknown escape", "a backslash that means nothing: use '…' instead of \"…\""),
    ("quoted scalar", "a quote is not closed"),
    ("flow sequence", "a [ is not closed, or a comma is missing"),
    ("flow mapping", "a { is not closed, or a comma is missing"),
    ("undefined alias", "an alias (*) without its anchor (&) before it"),
    ("another document", "a second document (---): a configuration is one"),
    ("cannot start any token", "a character that needs quotes around the text it begins"),
    ("mapping values are not allowed", "a colon where none can stand: indent evenly, or quote"),
    ("could not find expected ':'", "a key without its colon"),
    ("block mapping", "this line does not fit the lines before: indent evenly, or quote"),
    ("block collection", "this line does not fit the list before: indent evenly"),
    ("document start", "this line does not fit the lines before: indent evenly"),
)

_BELOW_A_BARE_KEY: Final = (
    "mapping values are not allowed",
    "could not find expected ':'",
    "document start",
)
"""What the parser says, a line late, of a key without its colon."""
