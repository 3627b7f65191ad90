"""Does what a page says, sample by sample, as whoever reads it would.

A YAML sample becomes the configuration, a command is run, an `export` holds for what follows. What
stands before a page's first section holds in all of them; each section begins anew with it.

A comment behind a command that begins with `→` says what comes of it, the parts with `;` between:
for `explain` who would answer, or `nobody`; then whatever else its output has in it. A command
without one has to end with 0.
"""

import re
import shlex
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Final, NamedTuple

from bot.cli import command_line
from config.loading import load
from routing.backends.published import published_model
from tests.pages import ROOT, Sample, samples_in
from tests.typist import Typed, Typist

ELSEWHERE: Final[Mapping[str, str]] = MappingProxyType(
    {
        "docker": "tests/test_compose.py holds it against the compose file; no engine runs here",
        "make": "only what it would do is looked at: it is how these tests were begun",
        "ollama": "only that a card asks for this very model: it has 40 GB",
        "vllm": "the same",
        "pointsman run": "tests/test_pages.py runs it once, on both chats",
        "pointsman init": "without options it asks a person: tests/bot/setting_up/test_init.py",
    }
)
"""What is not run as it stands, and what looks after it."""

_PROGRAMS: Final = frozenset({"pointsman", ".venv/bin/pointsman"})
_EXPORT: Final = re.compile(r"(\w+)=(\S*)")
_FIRST_ROW: Final = re.compile(r"^model .*passed over *\n(\S+)", re.MULTILINE)


class Line(NamedTuple):
    """One command of a sample, and what the page says comes of it."""

    words: tuple[str, ...]
    outcome: tuple[str, ...] = ()


@dataclass(frozen=True)
class Reader:
    """Somebody with a page and a shell.

    Attributes:
        typist: Types what is typed.
        place: The folder it is typed in.
        given: What a variable holds where the page writes `…`.
        environ: What holds so far.
    """

    typist: Typist
    place: Path
    given: Mapping[str, str]
    environ: dict[str, str] = field(default_factory=dict)

    def follow(self, text: str) -> None:
        """Do what a page says, each of its sections for itself."""
        head, *sections = re.split(r"^## ", text, flags=re.MULTILINE)
        for section in sections or [""]:
            shutil.rmtree(self.place / "secrets", ignore_errors=True)
            (self.place / "pointsman.yaml").unlink(missing_ok=True)
            begun = replace(self, environ=dict(self.environ))
            for sample in samples_in(f"{head}{section}", "yaml", "sh"):
                begun.do(sample)

    def do(self, sample: Sample) -> None:
        """Write a sample down as the configuration, or run its commands."""
        if sample.language == "yaml":
            self._write(sample)
        else:
            for line in lines_of(sample):
                self._run(line)

    def _write(self, sample: Sample) -> None:
        """Make a sample the configuration; raises ConfigError when it cannot be."""
        path = self.place / "pointsman.yaml"
        path.write_text(sample.text, encoding="utf-8")
        load(path, self.environ, published_model)  # no command may come after it

    def _run(self, line: Line) -> None:
        program, *arguments = line.words
        if program == "export":
            self._export(arguments)
        elif program == "make":
            subprocess.run(["make", "-n", *arguments], cwd=ROOT, check=True, capture_output=True)  # noqa: S607
        elif program in _PROGRAMS:
            self._type(arguments, line.outcome)
        elif program in {"ollama", "vllm"}:
            shipped = load(None, {}, published_model).models
            assert any(card.litellm_id.endswith(f"/{arguments[1]}") for card in shipped)
        else:
            assert program in ELSEWHERE, f"nothing runs {shlex.join(line.words)}"

    def _export(self, arguments: Sequence[str]) -> None:
        for argument in arguments:
            name, value = argument.split("=", 1)
            self.environ[name] = self.given.get(name, "k") if "…" in value else value

    def _type(self, arguments: list[str], outcome: tuple[str, ...]) -> None:
        command = f"pointsman {command_line().parse_args(arguments).command.__name__.strip('_')}"
        if command in ELSEWHERE and not (command == "pointsman init" and len(arguments) > 1):
            return
        if command == "pointsman init":
            arguments = [*arguments, "--no-check"]  # which would ask the provider itself
        typed = self.typist.type(arguments, self.place, self.environ)
        wrong = _wrong(typed, outcome)
        assert not wrong, f"{shlex.join(arguments)}: {wrong} is not so:\n{typed.said}"


def lines_of(sample: Sample) -> list[Line]:
    """Return the commands of a shell sample, its comments cut off or read as outcomes."""
    found = []
    for line in sample.text.replace("\\\n", " ").splitlines():
        words = tuple(shlex.split(line, comments=True))
        if words:
            _, _, told = line.partition("# → ")
            found.append(Line(words, tuple(each.strip() for each in told.split(";") if each)))
    return found


def _wrong(typed: Typed, outcome: tuple[str, ...]) -> str:
    """Return what of an outcome did not come true; empty when all did."""
    said = " ".join(typed.said.split())
    row = _FIRST_ROW.search(typed.said)
    first = row[1] if row else ""
    is_nobody = outcome[:1] == ("nobody",)
    if typed.code != int(is_nobody):
        return f"the exit code {int(is_nobody)}, as it is {typed.code},"
    told = [each for each in outcome if each not in {"nobody", first} and each not in said]
    if row and outcome and not is_nobody and outcome[0] != first:
        return f"→ {outcome[0]}"
    return "; ".join(told)
