import json
from dataclasses import asdict

import pytest

from bot.draft import View
from bot.platforms.port import NamedFile
from bot.view_lines import view_from_line, view_to_line


@pytest.mark.parametrize(
    "view",
    [
        View("Set.", is_final=True, is_notice=True, confirm_by="/quota remove everyone confirm"),
        View("Used:", files=(NamedFile("a.png", b"\x89\x00\xff", "image/png", "a bar"),)),
    ],
)
def test_a_view_is_read_as_it_was_written(view: View) -> None:
    line = view_to_line(view)

    assert line.isascii()
    assert view_from_line(line) == view


def test_a_view_of_an_older_version_is_read_too() -> None:
    record = asdict(View("Set.", is_final=True))
    del record["files"], record["confirm_by"]

    assert view_from_line(json.dumps(record)) == View("Set.", is_final=True)
