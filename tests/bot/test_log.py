import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.log import log_to


@pytest.fixture(autouse=True)
def the_log_is_put_back() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    for handler in root.handlers:
        handler.close()
    root.handlers[:] = handlers
    root.setLevel(level)


def test_a_line_is_json_with_the_fields_it_carries(tmp_path: Path) -> None:
    log_to(tmp_path / "new")

    logging.getLogger("routing.router").info("answered", extra={"fields": {"cost_microusd": 7}})

    (line,) = (tmp_path / "new" / "pointsman.log").read_text().splitlines()
    told = json.loads(line)
    assert (told["what"], told["cost_microusd"]) == ("answered", 7)
    assert (tmp_path / "new" / "pointsman.log").stat().st_mode & 0o077 == 0


def test_outside_libraries_are_quiet_until_something_is_wrong(tmp_path: Path) -> None:
    log_to(tmp_path)

    logging.getLogger("some.library").info("chatter")
    logging.getLogger("some.library").warning("trouble")

    assert (tmp_path / "pointsman.log").read_text().count("\n") == 1


def test_a_folder_that_cannot_be_written_only_costs_the_log(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    log_to(tmp_path / "file" / "below")

    logging.getLogger("bot").warning("nobody hears this")
