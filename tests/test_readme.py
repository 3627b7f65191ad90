"""The README tells the truth about settings, commands and files."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

from pydantic import BaseModel

from bot.cli import command_line
from bot.commands.everything import COMMANDS
from config.settings import Settings

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def settings_rows(model: type[BaseModel] = Settings, prefix: str = "") -> Iterator[str]:
    """Yield the table row of every setting: key, default, what it is."""
    for name, field in model.model_fields.items():
        kind = field.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            yield from settings_rows(kind, f"{prefix}{name}.")
        else:
            yield f"| `{prefix}{name}` | {_default(field.default)} | {field.description} |"


def _default(value: object) -> str:
    if value is None or value in ((), frozenset()):
        return ""
    if isinstance(value, tuple):
        return ", ".join(value)
    if isinstance(value, dict):
        return ", ".join(f"{key} {each}" for key, each in value.items())
    text = str(value)
    return "a short prompt" if len(text) > 60 else text


def test_the_settings_table_names_every_setting_with_its_default() -> None:
    table = "\n".join(["| setting | default | what it is |", "|---|---|---|", *settings_rows()])

    assert table in README, f"the table in README.md should be:\n{table}"


def test_every_file_the_readme_links_to_exists() -> None:
    links = re.findall(r"\]\(([^)#:]+)\)", README)

    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_the_changelog_names_every_command() -> None:
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")

    assert [each.name for each in COMMANDS.commands if f"/{each.name}" not in changes] == []


SAMPLES = re.findall(
    r"^ *(?:docker compose exec bot |\.venv/bin/)?pointsman ([^#\n]+?)(?: *#.*)?$",
    README,
    re.MULTILINE,
)


def test_every_command_in_a_sample_is_one_that_there_is() -> None:
    parser = command_line()

    parsed = [parser.parse_args(shlex.split(each)) for each in SAMPLES]

    assert len(parsed) > 5
    assert all(each.command for each in parsed)
