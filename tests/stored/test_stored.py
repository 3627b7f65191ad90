"""Two versions understand what each other keeps, and who changes it has to say so."""

import json
import re
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import pytest

from routing.backends import keys
from routing.backends.schema import LEAST, SCHEMA
from tests.stored.reading import EXPECTED, expected, read
from tests.stored.recordings import Recording, load, number_of, put, record, recorded, taken
from tests.stored.shape import missing, shape_of
from tests.stored.values import HERE
from tests.stored.walk import a_world

WAY_OUT: Final = (
    "What is kept has another shape than the last recording. See `Changing what is kept` in "
    "CONTRIBUTING.md: where only something was added that older versions may pass over, record it "
    "by `python -m tests.stored`; else raise SCHEMA in routing/backends/schema.py first, and write "
    "the old form as long as that one is in force."
)
MORE: Final = {"from_the_future": {"all": [1, "2"]}}

UNDERSTOOD: Final = [path for path in recorded() if number_of(path)[0] >= LEAST]


async def test_what_this_version_keeps_has_the_shape_that_is_recorded(tmp_path: Path) -> None:
    now, last = shape_of(await record(tmp_path)), recorded()[-1]
    then = shape_of(load(last))

    differences = [*missing(then, now), *(f"(new) {each}" for each in missing(now, then))]
    assert not differences, "\n".join([WAY_OUT, f"Unlike {last.name}:", *differences])
    assert number_of(last)[0] == SCHEMA, "SCHEMA rose, and nothing has another shape"


def test_within_a_schema_things_are_only_added() -> None:
    for older, newer in pairwise(recorded()):
        if number_of(older)[0] == number_of(newer)[0]:
            assert list(missing(shape_of(load(older)), shape_of(load(newer)))) == [], WAY_OUT


def test_what_is_gone_or_of_another_kind_is_noticed_and_what_is_added_is_not() -> None:
    recording = load(recorded()[-1])
    then, future = shape_of(recording), shape_of(of_the_future(recording))
    key = "{stored}:hold:r4%3A0"
    hold = dict(recording.store[key]["value"])
    del hold["held"]
    now = shape_of(Recording({**recording.store, key: {"type": "hash", "value": hold}}, {}))

    assert list(missing(then, future)) == []
    assert any("from_the_future" in each for each in missing(future, then))
    gone = list(missing(then, now))
    assert [each for each in gone if key in each]
    assert " / unsettled/r3%3A0,2 is gone" in gone


def test_one_of_each_kind_of_key_is_recorded() -> None:
    source = Path(keys.__file__).read_text("utf-8")
    kinds = set(re.findall(r'_key\("([a-z-]+)"', source))
    found = {key.split(":")[1] for key in load(recorded()[-1]).store}

    assert len(kinds) > 20
    # None stands for the first schema; the others are there while somebody is being forgotten.
    passing = {"schema", "forgetting", "copy", "copying"}
    assert kinds - found == passing, "leave one in tests/stored/walk.py"


@pytest.mark.parametrize("path", UNDERSTOOD, ids=lambda path: path.stem)
async def test_all_that_a_version_may_find_is_read(path: Path, tmp_path: Path) -> None:
    async with a_world(tmp_path) as world:
        await put(load(path), world, tmp_path)
        found, then = await read(world), expected(number_of(path))

        assert {what: found[what] for what in then} == then


async def test_what_a_newer_version_adds_is_passed_over_everywhere(tmp_path: Path) -> None:
    async with a_world(tmp_path) as world:
        await put(of_the_future(load(recorded()[-1])), world, tmp_path)

        assert await read(world) == EXPECTED


async def test_what_a_newer_version_added_is_not_lost_where_something_is_written_anew(
    tmp_path: Path,
) -> None:
    async with a_world(tmp_path) as world:
        await put(of_the_future(load(recorded()[-1])), world, tmp_path)
        assert await world.history.revise(HERE, "r1", "8 x 9?")
        await read(world)
        kept = (await taken(world, tmp_path)).store

    exchange = json.loads(kept["{stored}:exchanges:discord:guild:general:r1:"]["value"]["r1"])
    assert (exchange["question"], exchange["from_the_future"]) == (
        "8 x 9?",
        MORE["from_the_future"],
    )
    parcel = kept["{stored}:inbox:parcel:discord:2"]["value"]
    assert parcel["from_the_future"] == "1"


def of_the_future(recording: Recording) -> Recording:
    """Return a recording as a newer version might have made it: with more in whatever has names."""
    store = {
        key: {**each, "value": _with_more(key, each["type"], each["value"])}
        for key, each in recording.store.items()
    }
    return Recording(store, {name: _text(text) for name, text in recording.files.items()})


_HASHES: Final = ("{stored}:inbox:parcel:", "{stored}:hold:", "{stored}:deliveries:")
"""Hashes whose fields are those of one thing."""


def _with_more(key: str, kind: str, value: Any) -> Any:
    if kind == "string":
        return _text(value)
    if kind == "hash":
        more = {"from_the_future": "1"} if key.startswith(_HASHES) else {}
        return {name: _text(text) for name, text in value.items()} | more
    if kind == "stream":
        entries = [
            [entry, {name: _text(text) for name, text in fields.items()} | {"from_the_future": "1"}]
            for entry, fields in value["entries"]
        ]
        return value | {"entries": entries}
    return value


def _text(text: str) -> str:
    return json.dumps(_value(json.loads(text)), ensure_ascii=False) if text[:2] == '{"' else text


def _value(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _value(part) for name, part in value.items()} | MORE
    return [_value(part) for part in value] if isinstance(value, list) else value
