"""Recordings of what versions of the bot keep: one file for each form there was."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from routing.backends.schema import SCHEMA
from tests.stored.dump import Dump, dumped, restore
from tests.stored.walk import HASH_TAG, World, a_world, walk

FOLDER: Final = Path(__file__).parent / "recorded"


@dataclass(frozen=True, slots=True)
class Recording:
    """What was left in a store and a folder.

    Attributes:
        store: What was in the store.
        files: By their place in the folder, the texts of the files.
    """

    store: Dump
    files: Mapping[str, str]


async def record(folder: Path) -> Recording:
    """Leave one of each kind as this version does, and return it."""
    async with a_world(folder) as world:
        await walk(world)
        return await taken(world, folder)


async def taken(world: World, folder: Path) -> Recording:
    """Return what is there."""
    return Recording(await dumped(world.connection, HASH_TAG), _files(folder))


def _files(folder: Path) -> Mapping[str, str]:
    return {
        # What is not heard yet has names that are never the same.
        f"{path.parent.name}/{'event' if path.parent.name == 'unheard' else path.stem}":
        path.read_text("utf-8")
        for path in sorted(folder.rglob("*.json"))
    }  # fmt: skip


async def put(recording: Recording, world: World, folder: Path) -> None:
    """Leave in a store and a folder what was recorded."""
    await restore(world.connection, recording.store)
    for name, text in recording.files.items():
        path = folder / f"{name}.json"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, "utf-8")


def recorded() -> list[Path]:
    """Return the files there are, in order: `1.0.json` has the first form of schema 1."""
    return sorted(FOLDER.glob("*.json"), key=number_of)


def number_of(path: Path) -> tuple[int, int]:
    """Return the schema of a recording, and which of its forms it is."""
    schema, _, form = path.stem.partition(".")
    return int(schema), int(form)


def load(path: Path) -> Recording:
    """Read a recording."""
    given: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return Recording(given["store"], given["files"])


def keep(recording: Recording) -> Path:
    """Write a recording down as the newest form of the schema of this version; return the file."""
    forms = [form for schema, form in map(number_of, recorded()) if schema == SCHEMA]
    path = FOLDER / f"{SCHEMA}.{max(forms, default=-1) + 1}.json"
    given = {"store": recording.store, "files": recording.files}
    path.write_text(json.dumps(given, indent=1) + "\n", "utf-8")
    return path
