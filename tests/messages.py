"""Every sentence that a module of ours can say, read from its source.

A hole, where what is said depends on what happened, is written `…`. What is put together of
constants is told whole.
"""

import ast
import re
from collections.abc import Iterator, Mapping
from importlib import import_module
from pathlib import Path
from typing import Final

HOLE: Final = "…"

_HOLES: Final = re.compile(r"%[sdr]|%\.\d+f|\{\w*\}|…")
_TWO_WORDS: Final = re.compile(r"[a-z]{2,}\W* \W*[a-z…]", re.IGNORECASE)


def messages_of(module: str, *, only_raised: bool = False) -> Iterator[str]:
    """Yield every text of two words or more in a module, docstrings left out.

    Args:
        module: Its dotted name.
        only_raised: Leave out what is no part of a `raise`.
    """
    made = import_module(module)
    assert made.__file__
    tree = ast.parse(Path(made.__file__).read_text(encoding="utf-8"))
    roots = [node for node in ast.walk(tree) if isinstance(node, ast.Raise)]
    for root in roots if only_raised else [tree]:
        for text in _texts(root):
            said = " ".join(_HOLES.sub(HOLE, _said(text, vars(made))).split())
            if _TWO_WORDS.search(said):
                yield said


def _texts(node: ast.AST) -> Iterator[ast.expr]:
    """Yield the whole texts below a node, not the pieces an f-string is made of."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant):
            continue  # a docstring
        if isinstance(child, ast.JoinedStr | ast.Constant | ast.Name):
            yield child
        if not isinstance(child, ast.JoinedStr):
            yield from _texts(child)
        for part in child.values if isinstance(child, ast.JoinedStr) else ():
            if isinstance(part, ast.FormattedValue) and not isinstance(part.value, ast.Name):
                yield from _texts(part)  # one of two texts, as things are


def _said(text: ast.expr, names: Mapping[str, object]) -> str:
    """Return a text with `…` for each hole; empty for what is none."""
    match text:
        case ast.Constant(value=str(value)):
            return value
        case ast.Name(id=name):
            known = names.get(name)
            return known if isinstance(known, str) else ""
        case ast.JoinedStr(values=parts):
            return "".join(_said(part, names) for part in parts)
        case ast.FormattedValue(value=filling):
            return _said(filling, names) or HOLE
    return ""
