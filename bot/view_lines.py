"""A view as one line of JSON, for whoever shows it after a crash."""

import base64
import json
from dataclasses import asdict
from typing import Final

from bot.draft import View
from bot.platforms.port import NamedFile
from routing.read_back import read_as

_FILES: Final = "files"


def view_to_line(view: View) -> str:
    """Write a view down, with its files."""
    files = [
        asdict(file) | {"content": base64.b64encode(file.content).decode("ascii")}
        for file in view.files
    ]
    return json.dumps(asdict(view) | {_FILES: files})


def view_from_line(line: str) -> View:
    """Read a view as `view_to_line` wrote it, this version or an older one."""
    record = json.loads(line)
    files = tuple(
        read_as(NamedFile, file, content=base64.b64decode(file["content"]))
        for file in record.get(_FILES, ())
    )
    return read_as(View, record, files=files)
