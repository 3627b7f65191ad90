"""`pointsman init`: asks, or takes what the options say; writes; and tries what was written."""

import argparse
import asyncio
import json
import shlex
import sys
from collections.abc import Mapping
from pathlib import Path
from shutil import which
from typing import Final
from urllib.parse import quote

from bot.checking import check
from bot.commands.everything import COMMANDS
from bot.platforms.discord.invitation import application_of, invitation
from bot.platforms.slack.manifest import manifest
from bot.printing import print_marked
from bot.setting_up.answers import (
    SECRETS,
    Answers,
    cards_by_key,
    configuration_of,
    secrets_of,
    secrets_of_compose,
)
from bot.setting_up.files import existing, write_together
from bot.setting_up.options import answers_of, is_answered
from bot.setting_up.questions import ask, yes
from bot.setting_up.shapes import Unfit
from config.chats import SlackSettings
from config.loading import load
from routing.backends.published import published_model

OK: Final = 0
FAILED: Final = 1
MISUSED: Final = 2

_MOST_LINK_CHARS: Final = 7500
"""Servers and browsers take lines of 8,000 characters."""


def set_up(options: argparse.Namespace, environ: Mapping[str, str]) -> int:
    """Set everything up and return the exit code: 0 done, 1 left or not sound, 2 wrong use."""
    path = Path(options.config or environ.get("POINTSMAN_CONFIG") or "pointsman.yaml")
    cards = cards_by_key(load(None, {}, published_model).models)
    is_asking = not is_answered(options) and sys.stdin.isatty()
    variables = tuple(cards)
    try:
        answers = (
            ask(variables, slack_way_in(), slack_link())
            if is_asking
            else answers_of(options, variables)
        )
        files = _files(path, answers, configuration_of(answers, cards))
        if not (options.force or _may_replace(existing(files), is_asking=is_asking)):
            return _left()
        write_together(files)
    except Unfit as unfit:
        print_marked("problem", str(unfit))
        return MISUSED
    except (EOFError, KeyboardInterrupt):
        print()  # noqa: T201 # below the prompt that was left
        return _left()
    except OSError as error:
        print_marked("problem", f"{error.filename} cannot be written: {error.strerror}")
        return FAILED
    _tell(path, answers)
    is_sound = options.no_check or asyncio.run(check(str(path), environ, is_offline=False))
    starts = "run" if answers.discord_token or answers.slack_bot_token else "chat"
    named = f" --config {shlex.quote(options.config)}" if options.config else ""
    begin = "start it" if is_sound else "mend what is marked, then start it"
    print_marked("note", f"{begin}: {called()} {starts}{named}, or docker compose up -d --build")
    return OK if is_sound else FAILED


def called() -> str:
    """Return how this program was called, as the shell takes it again."""
    program = Path(sys.argv[0])
    if program.name == "__main__.py":
        return f"{shlex.quote(sys.executable)} -m bot"
    is_on_path = which(program.name) == str(program)
    return shlex.quote(program.name if is_on_path else str(program))


def slack_way_in() -> str:
    """Say in a sentence how the app is made on Slack."""
    return (
        "at https://api.slack.com/apps choose Create New App, From a manifest, and paste what "
        f"`{called()} slack-manifest` prints in another terminal."
    )


def slack_link() -> str:
    """Return a link that makes the app with its manifest; empty where it would be too long."""
    made = manifest(SlackSettings(), COMMANDS.commands)
    text = quote(json.dumps(made, separators=(",", ":"), ensure_ascii=False), safe="")
    is_taken = len(text) <= _MOST_LINK_CHARS
    return f"https://api.slack.com/apps?new_app=1&manifest_json={text}" if is_taken else ""


def _files(path: Path, answers: Answers, configuration: str) -> dict[Path, str]:
    """Return what is to be written; the file that names the others comes last."""
    folder = path.parent / SECRETS
    shared = secrets_of_compose()
    if any((folder / name).exists() for name in shared):
        shared = {}  # a running Redis knows the password that is there
    files = {folder / name: text for name, text in (secrets_of(answers) | shared).items()}
    return files | {path: configuration}


def _may_replace(there: list[Path], *, is_asking: bool) -> bool:
    if not there:
        return True
    names = ", ".join(map(str, there))
    if not is_asking:
        raise Unfit(f"{names}: already there; --force replaces them")
    return yes(f"Already there: {names}. Replace them? [y/N] ")


def _left() -> int:
    print_marked("note", "nothing was written")
    return FAILED


def _tell(path: Path, answers: Answers) -> None:
    print_marked("ok", f"written: {path} and the folder {path.parent / SECRETS}, for you alone")
    if answers.discord_token:
        link = invitation(application_of(answers.discord_token))
        print_marked("note", f"invite it to a Discord server: {link}")
    if answers.slack_bot_token:
        print_marked("note", "on Slack invite it to a channel: /invite @Pointsman")
        print_marked("note", f"to make the app on Slack anew: {slack_way_in()}")
