"""The shape of the tree, read from its source: imports point inward, one library has one file."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
LAYERS = {"config": 0, "routing": 1, "bot": 2}
SOURCES = sorted(path for layer in LAYERS for path in (ROOT / layer).rglob("*.py"))

# Which files may know an outside library; each path is a file or a folder.
HOMES = {
    "litellm": ("routing/backends",),
    "redis": ("routing/backends/redis.py",),
    "fakeredis": ("routing/backends/stores.py",),
    "xllamacpp": ("routing/backends/local_model_server.py",),
    "tokenizers": ("routing/backends/word_vectors.py",),
    "aiohttp": (
        "routing/backends/litellm_contact.py",
        "bot/platforms/discord",
        "bot/platforms/slack",
        "bot/reading",
        "bot/observing",
    ),
    "prometheus_client": ("bot/observing",),
    "structlog": ("bot/log.py",),
    "httpx": ("routing/backends/key_check.py",),
    "rich": ("bot/printing.py", "bot/platforms"),
    "prompt_toolkit": ("bot/platforms",),
    "pydantic": ("config",),
    "yaml": ("config",),
    "re2": ("config/patterns.py",),
    "discord": ("bot/platforms/discord",),
    "slack_bolt": ("bot/platforms/slack",),
    "slack_sdk": ("bot/platforms/slack",),
    "markdown_it": ("bot/platforms",),
    "cryptography": ("routing/backends/sealing.py",),
    "pypdf": ("bot/reading",),
    "docx": ("bot/reading",),
    "PIL": ("bot/reading", "bot/usage_picture.py"),
}


def imports_of(path: Path) -> Iterator[tuple[str, int]]:
    """Yield each imported module's dotted name and the level of a relative import."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((alias.name, 0) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or "", node.level


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_point_inward_and_are_absolute(path: Path) -> None:
    layer = LAYERS[path.relative_to(ROOT).parts[0]]

    for module, level in imports_of(path):
        assert level == 0, f"{module} is imported relatively"
        assert LAYERS.get(module.partition(".")[0], 0) <= layer, f"{module} lies further out"
        assert not module.startswith("tests"), "the product knows nothing of its tests"


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_an_outside_library_is_known_where_it_is_at_home_only(path: Path) -> None:
    place = str(path.relative_to(ROOT))

    for module, _ in imports_of(path):
        homes = HOMES.get(module.partition(".")[0])
        assert homes is None or place.startswith(homes), f"{module} is not at home here"


def test_no_file_is_named_for_its_kind() -> None:
    names = {path.stem for path in SOURCES}

    assert not names & {"utils", "helpers", "base", "common", "manager", "misc", "types"}


def test_modules_do_not_import_one_another_in_a_circle() -> None:
    modules = {".".join(path.relative_to(ROOT).with_suffix("").parts): path for path in SOURCES}
    graph = {
        name: {module for module, _ in imports_of(path) if module in modules}
        for name, path in modules.items()
    }

    while free := {name for name, needs in graph.items() if not needs & graph.keys()}:
        for name in free:
            del graph[name]

    assert not graph, f"these import one another: {sorted(graph)}"
