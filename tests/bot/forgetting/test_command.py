"""`pointsman forget`: what there is is told, it is asked for, and then it is gone."""

import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from secrets import token_hex

import pytest

from bot.forgetting.command import FAILED, MISUSED, OK, Patience, Wanted, forget
from bot.forgetting.files import files_of
from bot.platforms.slack.doors.unheard import UNHEARD
from bot.platforms.terminal_identity import TYPED, terminal_origin
from config.references import Secret
from config.settings import Settings
from routing.backends.embedded_store import embedded_store
from routing.backends.unsettled import UnsettledFiles
from routing.clock import Clock
from routing.forgetting import somebody
from routing.holds import Hold
from tests.bot.town import ADA, ADA_ON_SLACK, SECRET, Town, everything_in
from tests.fakes.ports import ToldClock
from tests.routing.backends.conftest import connection_to, valkey

LOOK = Wanted(ADA.asker, with_linked=False, with_budgets=False, is_dry=True, confirm=None)
FORGET = replace(LOOK, is_dry=False, confirm=lambda _: True)


class Operator:
    """Who runs the bot of a town from the shell of its machine."""

    def __init__(self, town: Town, url: str, folder: Path) -> None:
        store = town.settings.store.model_copy(update={"url": Secret("env:REDIS_URL", url)})
        changed = {"store": store, "state_dir": folder}
        self.settings: Settings = town.settings.model_copy(update=changed)
        self.town = town
        self._clock = ToldClock()

    async def forget(self, wanted: Wanted) -> int:
        """Give the command; what is waited for takes no time."""

        async def sleep(seconds: float) -> None:
            self._clock.advance(seconds)

        return await forget(self.settings, wanted, Patience(self._clock.clock(), sleep))

    async def leave_unsettled(self, folder: Path) -> Path:
        """Keep a call of Ada's on disk, as while the store is away; return where."""
        reservation = self.town.reservation(ADA, "unsettled")
        unsettled = UnsettledFiles(folder / "unsettled", self.settings.quotas, Clock())
        hold = Hold(reservation, ADA.asker, 10)
        await unsettled.keep(hold, reservation.known, reservation.entry)
        assert list((folder / "unsettled").glob("*.json"))
        return folder / "unsettled"

    async def everything(self) -> list[tuple[str, str]]:
        """Return all that is in the store."""
        return [each[:2] for each in await everything_in(self.town.connection, self.town.keys)]


@asynccontextmanager
async def an_operator(folder: Path) -> AsyncGenerator[Operator]:
    async with embedded_store(valkey(), folder) as url, connection_to(url) as connection:
        yield Operator(Town(connection, token_hex(4)), url, folder)


async def test_somebody_is_told_of_asked_for_and_forgotten_with_who_is_linked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = {"event": {"user": ADA_ON_SLACK.person, "text": SECRET, "event_ts": "9999999999.1"}}
    unheard = tmp_path / UNHEARD / "1.json"
    unheard.parent.mkdir()
    unheard.write_text(json.dumps(said))
    async with an_operator(tmp_path) as operator:
        await operator.town.live()
        unsettled = await operator.leave_unsettled(tmp_path)
        before = await operator.everything()

        assert await operator.forget(LOOK) == OK
        assert await operator.forget(replace(FORGET, confirm=lambda _: False)) == FAILED
        assert await operator.everything() == before
        told = capsys.readouterr().out
        assert "2  questions, with their answers" in " ".join(told.split(" "))
        assert f"{ADA.asker} is one person with {ADA_ON_SLACK.asker}: --linked" in told
        assert "Nothing is changed." in told

        assert await operator.forget(replace(FORGET, with_linked=True)) == FAILED
        assert "Something was still being answered" in capsys.readouterr().out
        await operator.town.end(("killed0", 2), ("left0", 1))
        assert await operator.forget(FORGET) == OK
        assert await operator.forget(FORGET) == OK
        assert "There is nothing to forget of discord:" in capsys.readouterr().out

        left = [name for name, text in await operator.everything() if SECRET in text + name]
        installed = await operator.town.stores.installations.of("T1")  # type: ignore[union-attr] # they have a key
        forgotten = await operator.town.stores.audit.last(9, kinds={"forget"})
        assert left == []
        assert installed
        assert installed.installed_by == ""
        assert not unheard.exists()
        assert list(unsettled.glob("*.json")) == []
        assert {each.about for each in forgotten} == {"a person", "2 accounts of a person"}


def test_what_was_typed_on_this_machine_is_a_file_of_who_sits_at_it(tmp_path: Path) -> None:
    me = somebody(terminal_origin().asker)
    assert files_of(me, tmp_path) == []

    (tmp_path / TYPED).write_text(SECRET)

    assert files_of(me, tmp_path) == [tmp_path / TYPED]
    assert files_of(replace(me, person="another"), tmp_path) == []


@pytest.mark.parametrize(
    ("wanted", "told"),
    [
        pytest.param(replace(FORGET, asker="ada"), "ada names nobody", id="no platform"),
        pytest.param(replace(FORGET, confirm=None), "Nobody can be asked here", id="no terminal"),
    ],
)
async def test_what_cannot_be_meant_is_refused_before_the_store_is_opened(
    wanted: Wanted, told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = Settings(state_dir=tmp_path / "none")

    assert await forget(settings, wanted, Patience()) == MISUSED

    assert told in capsys.readouterr().out
    assert not settings.state_dir.exists()
