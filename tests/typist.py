"""Types commands of `pointsman`, all of them into one process, which is not the tests' own.

An interpreter a command would take half a second each. The process has its own environment, folder
and log, so nothing a command leaves behind meets a test. `python -m tests.typist` is that process.
"""

import json
import os
import sys
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from subprocess import PIPE, Popen
from typing import NamedTuple

from bot.cli import main
from tests.pages import ROOT


class Typed(NamedTuple):
    """What came of one command: its exit code, and all it said."""

    code: int
    said: str


@dataclass(frozen=True)
class Typist:
    """Types one command after another."""

    process: Popen[str]

    def type(self, arguments: Sequence[str], place: Path, environ: Mapping[str, str]) -> Typed:
        """Run `pointsman` in a folder with an environment of its own."""
        assert self.process.stdin
        assert self.process.stdout
        order = {"arguments": arguments, "place": str(place), "environ": dict(environ)}
        self.process.stdin.write(f"{json.dumps(order)}\n")
        self.process.stdin.flush()
        return Typed(*json.loads(self.process.stdout.readline()))


@contextmanager
def typist() -> Generator[Typist]:
    """Run the process until left."""
    command = [sys.executable, "-m", "tests.typist"]
    with Popen(command, stdin=PIPE, stdout=PIPE, text=True, cwd=ROOT) as process:
        yield Typist(process)


def _typed(arguments: Sequence[str], place: str, environ: Mapping[str, str]) -> Typed:
    os.chdir(place)
    os.environ.clear()
    os.environ.update(environ)
    said = StringIO()
    with redirect_stdout(said), redirect_stderr(said):
        try:
            code = main(arguments)
        except SystemExit as left:  # as argparse does
            code = int(left.code or 0)
    return Typed(code, said.getvalue())


if __name__ == "__main__":
    told = sys.stdout
    sys.path.insert(0, str(ROOT))
    for line in sys.stdin:
        told.write(f"{json.dumps(_typed(**json.loads(line)))}\n")
        told.flush()
    os._exit(0)  # not waiting for what a command may have left importing
