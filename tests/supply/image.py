"""Takes the steps of `bot/Dockerfile` without an engine, and runs what comes of it.

`python -m tests.supply.image [--python python3.13]`: two environments from the locks of the
image, the wheel, then its entrypoint with the environment, the mounts and the secrets of
`docker-compose.yml`, as another user where that is possible, in a folder that cannot be written.
"""

import argparse
import asyncio
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final, NamedTuple

from tests.supply.locks import ROOT
from tests.supply.serving import serve

_NOBODY: Final = 65_534
_PATIENCE_S: Final = 600
_ABSOLUTE: Final = re.compile(r"(?<!\w)/(?=(?:build|opt|wheels)\b)")
_STEP: Final = re.compile(r"^(?:RUN| &&) (.+?)(?: \\)?$", re.MULTILINE)


class Expected(NamedTuple):
    """One command of the image, and what must come of it."""

    arguments: tuple[str, ...]
    code: int
    says: str
    environ: Mapping[str, str] = {}


COMMANDS: Final = (
    Expected(("--version",), 0, "pointsman "),
    Expected(("check", "--offline"), 1, "models: none is set up"),
    Expected(("check", "--offline"), 0, "models: gpt-", {"OPENAI_API_KEY": "k"}),
    Expected(("run",), 2, "There is nowhere to listen", {"OPENAI_API_KEY": "k"}),
    Expected(
        (
            *("init", "--no-check", "--discord-token-file", "../tmp/token"),
            *("--key", "openai=../tmp/key"),
        ),
        0,
        "written: pointsman.yaml",
    ),
    Expected(("check", "--offline"), 0, "models: gpt-"),
    Expected(("explain", "hi"), 0, "gpt-luna"),
)


def steps_of(dockerfile: str) -> list[str]:
    """Return what the build stage runs, a shell command each."""
    stage = dockerfile.split("\nFROM ")[1]
    joined = re.sub(r"\\\n +(?!&&)", "", stage)
    return _STEP.findall(joined)


def build(place: Path, python: str) -> Path:
    """Take the steps of the build stage in a folder; return the program."""
    source = place / "src"
    source.mkdir()
    (place / "opt").mkdir()
    for name in ("bot", "config", "routing", "pyproject.toml", "README.md", "LICENSE"):
        here = ROOT / name
        copy = shutil.copytree if here.is_dir() else shutil.copy
        copy(here, source / name)
    quiet = os.environ | {"PIP_QUIET": "2", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    for step in steps_of((ROOT / "bot" / "Dockerfile").read_text(encoding="utf-8")):
        said = _ABSOLUTE.sub(f"{place}/", step).replace("python -m venv", f"{python} -m venv")
        sys.stdout.write(f"$ {said}\n")
        subprocess.run(
            ["/bin/sh", "-ec", said], cwd=source, env=quiet, check=True, timeout=_PATIENCE_S
        )
    return place / "opt" / "pointsman" / "bin" / "pointsman"


def _unprivileged(program: Path) -> int | None:
    """Return whom to run as; None: as ourselves, who are nobody special or alone get at Python."""
    if os.geteuid() != 0:
        return None
    python = program.with_name("python")
    with suppress(PermissionError):
        subprocess.run([python, "-c", ""], user=_NOBODY, check=True, timeout=60)
        return _NOBODY
    return None


def run(
    program: Path, place: Path, arguments: Sequence[str], environ: Mapping[str, str]
) -> subprocess.CompletedProcess[str]:
    """Run the program as the image does: unprivileged, nothing to write but its state folder."""
    return subprocess.run(
        [program, *arguments],
        cwd=place / "etc", user=_unprivileged(program),
        env={
            "HOME": str(place / "tmp"), "PATH": "/usr/bin:/bin", "PYTHONDONTWRITEBYTECODE": "1",
            "POINTSMAN_STATE_DIR": str(place / "state"), **environ,
        },
        stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip


def _prepared(place: Path) -> None:
    place.chmod(0o755)
    for name in ("etc", "state", "tmp", "data"):
        (place / name).mkdir()
        (place / name).chmod(0o1777)
    (place / "tmp" / "token").write_text("MTA4MjM0NTY3ODkwMTIzNDU2Nw.GfAkE1.not-a-secret\n")
    (place / "tmp" / "key").write_text("sk-0123456789abcdef\n")


def _commands(program: Path, place: Path) -> int:
    """Run every command; return how many do not do as expected."""
    wrong = 0
    for each in COMMANDS:
        ran = run(program, place, each.arguments, each.environ)
        told = f"{ran.stdout}{ran.stderr}"
        is_right = ran.returncode == each.code and each.says in told
        wrong += not is_right
        line = f"{'ok' if is_right else 'WRONG'}: pointsman {' '.join(each.arguments)}"
        sys.stdout.write(f"{line} -> {ran.returncode}\n{'' if is_right else told}")
    return wrong


def _services(program: Path, place: Path) -> list[str]:
    """Run the bot beside Redis, where there is one; return what went wrong."""
    if shutil.which("redis-server") is None:
        sys.stdout.write("not run beside Redis: redis-server is not installed\n")
        return []
    found = asyncio.run(serve(program, place, _unprivileged(program)))
    sys.stdout.write("\n".join(found or ["ok: it listens beside Redis, and ends"]) + "\n")
    return found


def main(python: str) -> int:
    """Build, run every command and the bot, print what is wrong; return 1 when anything is."""
    with tempfile.TemporaryDirectory(prefix="pointsman-image-") as name:
        place = Path(name)
        _prepared(place)
        program = build(place, python)
        wrong = _commands(program, place)
        found = _services(program, place)
    return 1 if wrong or found else 0


if __name__ == "__main__":
    options = argparse.ArgumentParser(description="Build and run the image without an engine.")
    options.add_argument("--python", default=sys.executable)
    sys.exit(main(options.parse_args().python))
