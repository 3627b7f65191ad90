"""The guide names every kind of key there is, how long it lives, and what it has of people."""

import re
from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_hex
from typing import Final, NamedTuple

from config.settings import Settings
from routing.backends import keys
from routing.backends.embedded_store import embedded_store
from routing.backends.redis_versions import RedisVersions
from routing.backends.stores import stores_over
from routing.errors import StoreUnavailable
from routing.versions import Speaks
from tests.bot.town import ADA, ADA_ON_SLACK, BOB, GUILD, SECRET, Interrupted, Town, everything_in
from tests.pages import text_of
from tests.routing.backends.conftest import connection_to, valkey

_UNITS: Final = {"s": 1, "min": 60, "h": 3600, "days": 86_400}
_IN_PARTS: Final = {"ledger", "inbox", "link"}
"""What has many kinds of keys of its own."""

_RECORDS: Final = 500
_TOLERANCE: Final = 0.9


class Row(NamedTuple):
    """What the guide says of a kind of key."""

    has_ids: bool
    has_words: bool
    lives: str

    def allows(self, ttl_s: int, settings: Settings) -> bool:
        """Tell whether a key of this kind may live on for so long."""
        return any(_is_so(each, ttl_s, settings) for each in self.lives.split(" or "))


def _is_so(said: str, ttl_s: int, settings: Settings) -> bool:
    if said == "none":
        return ttl_s == -1
    found = re.fullmatch(r"(up to )?(?:`(\w+)\.(\w+)`|(\d+)) (\w+)", said)
    assert found, f"how long is that: {said}"
    up_to, section, name, number, unit = found.groups()
    most = getattr(getattr(settings, section), name) if section else int(number)
    most_s = most * _UNITS[unit]
    return (0 if up_to else most_s * _TOLERANCE) <= ttl_s <= most_s


def rows() -> dict[str, Row]:
    """Return what the guide's table says, by kind."""
    cells = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in text_of("store.md").splitlines()
        if line.startswith("| `")
    ]
    said = [
        (cell[0].strip("`"), Row(cell[2] == "yes", cell[3] == "yes", cell[4]))
        for cell in cells
        if len(cell) == 6
    ]
    assert len(dict(said)) == len(said), "a kind of key is there twice"
    return dict(said)


def kind_of(name: str, town: Town) -> str:
    """Return the kind of a key."""
    first, *others = name.removeprefix(town.keys.prefix).split(":")
    return f"{first}:{others[0]}" if first in _IN_PARTS else first


async def interrupt(town: Town) -> None:
    """Leave somebody half forgotten: what is kept meanwhile is to be seen then."""
    many = f"for n = 1, {_RECORDS} do redis.call('XADD', KEYS[1], '*', 'by', ARGV[1]) end"
    records = town.keys.ledger("records")
    copy, _ = town.keys.copy(records)
    await town.connection.command("EVAL", many, 1, records, BOB.asker)
    await town.stores.forgetting.begin(BOB, datetime.now(UTC))
    for scripts in range(10, 200):
        cut = stores_over(Interrupted(town.connection, scripts), town.settings, "cut")
        try:
            await cut.forgetting.forget(BOB)
        except StoreUnavailable:
            if await town.connection.command("EXISTS", copy):
                return
        for stream in (records, town.keys.audit(GUILD), town.keys.audit("")):
            await town.connection.command("DEL", *town.keys.copy(stream))
    raise AssertionError("it was never interrupted in the middle of the records")


def test_every_name_of_a_key_is_in_the_guide() -> None:
    """So that a new kind is noticed also where nobody in the town makes one."""
    named = re.findall(r'_key\(\s*"([^"]+)"', Path(keys.__file__).read_text(encoding="utf-8"))

    assert len(named) > 30
    assert set(named) - {kind.split(":")[0] for kind in rows()} == set()


async def test_every_key_is_in_the_guide_and_lives_as_long_as_is_said_there(tmp_path: Path) -> None:
    said, wrong, seen = rows(), defaultdict(set), set()
    ids = (ADA.person, ADA_ON_SLACK.person)
    async with embedded_store(valkey(), tmp_path) as url, connection_to(url) as connection:
        town = Town(connection, token_hex(4))
        await town.live()
        await RedisVersions(connection, town.keys, Speaks("of tomorrow", 1, 99)).attend()
        await town.stores.inbox.pass_on(town.claims[-1], "worker", within_s=60)
        before = await everything_in(connection, town.keys)
        await interrupt(town)
        for name, text, ttl_s in before + await everything_in(connection, town.keys):
            seen.add(kind := kind_of(name, town))
            row = said.get(kind, Row(has_ids=True, has_words=True, lives="1 s"))
            if not row.allows(ttl_s, town.settings):
                wrong[kind].add(f"lives for {ttl_s} s")
            if not row.has_ids and any(each in name + text for each in ids):
                wrong[kind].add("has ids of people")
            if not row.has_words and SECRET in name + text:
                wrong[kind].add("has words of people")

    assert dict(wrong) == {}
    assert seen == said.keys()
