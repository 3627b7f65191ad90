"""README and guide tell the truth about settings, commands and files."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import BaseModel

from bot.cli import command_line
from bot.commands.everything import COMMANDS
from config.applying import AT_START
from config.environment import IN_FILES, WINNING
from config.settings import Settings
from tests.pages import GUIDE, PAGES, README, ROOT, anchors_in, links_in, text_of

each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)


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

    assert table in text_of("settings.md"), f"the table in settings.md should be:\n{table}"


def test_the_guide_names_what_needs_a_restart() -> None:
    section = text_of("settings.md").partition("## Change it while it runs")[2]
    sentence = section.partition("**A restart is needed**")[2].partition("\n- ")[0]
    named = re.findall(r"`([\w.]+)`", sentence)
    known = re.findall(r"^\| `([\w.]+)` \|", "\n".join(settings_rows()), re.MULTILINE)

    meant = {each for each in known for name in named if f"{each}.".startswith(f"{name}.")}
    assert meant == AT_START


def test_the_page_of_settings_names_every_variable_that_wins_over_the_file() -> None:
    rows = re.findall(
        r"^\| `(\w+)` \| `([\w.]+)` \| (✓?) ?\|$", text_of("settings.md"), re.MULTILINE
    )

    assert [(name, key, bool(mark)) for name, key, mark in rows] == [
        (variable, f"{section}.{key}".lstrip("."), variable in IN_FILES)
        for variable, section, key in WINNING
    ]


def leads_nowhere(page: Path, link: str) -> bool:
    """Tell whether a link to a file of ours, or to a heading, has no end."""
    file, _, anchor = link.partition("#")
    target = (page.parent / file).resolve() if file else page
    if not target.is_relative_to(ROOT) or not target.exists():
        return True
    return bool(anchor) and anchor not in anchors_in(text_of(target))


@each_page
def test_every_link_of_a_page_leads_somewhere(page: Path) -> None:
    links = [link for link in links_in(text_of(page)) if not link.startswith("https://")]

    assert [link for link in links if leads_nowhere(page, link)] == []


@each_page
def test_no_two_headings_of_a_page_have_one_anchor(page: Path) -> None:
    anchors = anchors_in(text_of(page))

    assert len(anchors) == len(set(anchors)) > 0


def test_the_readme_leads_to_every_page_of_the_guide() -> None:
    linked = {(ROOT / link).resolve() for link in links_in(text_of(README))}

    assert set(GUIDE.iterdir()) - linked == set()


def test_the_readme_names_every_command_of_the_program() -> None:
    told = re.findall(r"^\| `pointsman ([\w-]+)", text_of(README), re.MULTILINE)
    known = re.findall(r"^ {4}([a-z][\w-]+)\b", command_line().format_help(), re.MULTILINE)

    assert known
    assert list(dict.fromkeys(told)) == known


def test_the_readme_is_short() -> None:
    assert len(text_of(README).splitlines()) <= 200


def test_the_changelog_names_every_command() -> None:
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")

    assert [each.name for each in COMMANDS.commands if f"/{each.name}" not in changes] == []


SAID_IN_CHATS = re.findall(
    r"`/([a-z]+)(?: ([a-z]+)\b[^`]*| [^`]*)?`", "\n".join(map(text_of, PAGES))
)
OF_OTHERS = frozenset({"ask", "invite", "live", "metrics", "ready", "slack"})
"""Discord's and Slack's own, and pages of ours."""


def test_every_command_of_the_chat_that_a_page_names_is_one_that_there_is() -> None:
    known = {each.name: each for each in COMMANDS.commands}
    named = [each for each in SAID_IN_CHATS if each[0] not in OF_OTHERS]

    assert {name for name, _ in named} == set(known)
    for name, verb in named:
        verbs = {each.name for each in known[name].subcommands}
        assert not (verb and verbs) or verb in verbs or known[name].is_open, f"/{name} {verb}"


SAMPLES = re.findall(
    r"^ *(?:docker compose exec bot |\.venv/bin/)?pointsman ([^#\n]+?)(?: *#.*)?$",
    "\n".join(map(text_of, PAGES)),
    re.MULTILINE,
)


def test_every_command_in_a_sample_is_one_that_there_is() -> None:
    parser = command_line()

    parsed = [parser.parse_args(shlex.split(each)) for each in SAMPLES]

    assert len(parsed) > 5
    assert all(each.command for each in parsed)


SAID = re.findall(
    r"`(?:\.venv/bin/)?pointsman ([^`\[…]+?)(?: --help)?`", "\n".join(map(text_of, PAGES))
)


def test_every_command_in_a_sentence_is_one_that_there_is() -> None:
    parser = command_line()

    words = [shlex.split(each) for each in SAID]
    parsed = [parser.parse_args(each) for each in words if len(each) > 1]

    assert len(parsed) > 2
    assert {each[0] for each in words} <= set(parser.format_help().split())
