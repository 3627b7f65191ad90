"""The command line: what can be typed after `pointsman`.

Exit codes: 0 done, 1 the check or the question failed, 2 wrong use or bad configuration.
Every import that costs time stands in the command that needs it, so that `--help` is instant.
"""

import argparse
import asyncio
import gc
import os
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from typing import TYPE_CHECKING, Final

from bot.cli_options import (
    add_chat_options,
    add_check_options,
    add_forget_options,
    add_nothing,
    add_quota_words,
    add_run_options,
    add_usage_words,
)
from bot.explain_options import add_options as add_explain_options
from bot.explain_options import asked_as
from bot.setting_up.options import add_options as add_set_up_options

if TYPE_CHECKING:
    from config.files import ConfigFiles
    from config.settings import Settings

OK: Final = 0
FAILED: Final = 1
MISUSED: Final = 2
TERMINATED: Final = 143  # as a shell says it of SIGTERM

_CONFIG: Final = "the configuration file"


class _Misused(Exception):
    """What was typed, or configured, cannot be done; it says why."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return the exit code."""
    options = command_line().parse_args(arguments)
    command: Callable[[argparse.Namespace], int] = options.command
    try:
        return command(options)
    except _Misused as error:
        print(error, file=sys.stderr)  # noqa: T201 # before any platform runs
        return MISUSED
    except KeyboardInterrupt:
        return FAILED
    except asyncio.CancelledError:
        return TERMINATED
    except BrokenPipeError:
        # Whoever read our output has gone; nothing more may be written, not even at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED


def command_line() -> argparse.ArgumentParser:
    """Return what understands all that can be typed."""
    parser = argparse.ArgumentParser(
        prog="pointsman",
        description="Every message goes to the cheapest model that is good enough for it and "
        "allowed to see it.",
        epilog="The configuration is --config FILE, else $POINTSMAN_CONFIG, else ./pointsman.yaml, "
        "else the defaults.",
    )
    parser.add_argument("--version", action="version", version=f"pointsman {version('pointsman')}")
    parser.add_argument("--config", metavar="FILE", help=_CONFIG)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)

    for name, purpose, run, add_own in (
        ("init", "ask for tokens, keys and budgets, and set it all up", _init, add_set_up_options),
        ("chat", "talk in the terminal, or ask one question", _chat, add_chat_options),
        ("run", "listen and answer where a token is set, until SIGTERM", _run, add_run_options),
        ("explain", "show which model would answer, calling none", _explain, add_explain_options),
        ("check", "find every problem at once", _check, add_check_options),
        ("quota", "show and change what may be spent, as in the chat", _quota, add_quota_words),
        ("usage", "what was used, by tenant, day, model, place or person", _usage, add_usage_words),
        ("forget", "take a person out of everything that is kept", _forget, add_forget_options),
        ("slack-manifest", "print what Slack is to know of the app", _slack_manifest, add_nothing),
        ("schema", "print the JSON Schema of the configuration file", _schema, add_nothing),
    ):
        command = commands.add_parser(name, help=purpose)
        add_own(command)
        # Behind the command, too; left out there, it takes back nothing said before it.
        command.add_argument("--config", metavar="FILE", help=_CONFIG, default=argparse.SUPPRESS)
        command.set_defaults(command=run)
    return parser


def _init(options: argparse.Namespace) -> int:
    from bot.setting_up.command import set_up

    return set_up(options, os.environ)


def _chat(options: argparse.Namespace) -> int:
    settings = _settings(options)
    from bot.platforms.terminal import Streams

    _require_model(settings, options.model)
    question = " ".join(options.text)
    is_conversation = not question and Streams().is_interactive
    if is_conversation and options.model:
        raise _Misused("--model goes with a question; in a conversation say /model")
    if not (question or is_conversation):
        from bot.platforms.terminal_question import NothingAsked, read_question

        try:
            question = read_question(sys.stdin, sys.stderr)
        except NothingAsked as error:
            raise _Misused(error) from error
    from bot.chatting import chat

    return asyncio.run(chat(settings, question, options.model))


def _run(options: argparse.Namespace) -> int:
    warnings: list[str] = []
    files = _files(options)
    settings = _settings(options, warnings.append, files)
    import logging

    from bot.log import log_to_stderr
    from bot.platforms.opening import OPENERS
    from bot.running import run
    from bot.station import Listening

    log_to_stderr(settings.log)
    for warning in warnings:
        logging.getLogger(__name__).warning("%s", warning)
    try:
        listening = Listening(options.listens, options.shards)
        return asyncio.run(run(settings, listening, OPENERS, files if files.may_change else None))
    finally:
        # All is closed. Else the interpreter looks for two seconds at what it gives back anyway.
        gc.freeze()


def _explain(options: argparse.Namespace) -> int:
    settings = _settings(options)
    _require_model(settings, options.model)
    from bot.explain_command import explain_question, origin_as
    from routing.orders import NOTHING_ORDERED

    text, asked, in_force = " ".join(options.text), asked_as(options), NOTHING_ORDERED
    if options.orders:
        from bot.explain_orders import load_orders

        loaded = asyncio.run(load_orders(settings, origin_as(asked)))
        if loaded is None:
            return FAILED
        in_force = loaded
    found = explain_question(settings, text, asked, as_json=options.json, in_force=in_force)
    return OK if found else FAILED


def _check(options: argparse.Namespace) -> int:
    from bot.checking import check

    is_sound = asyncio.run(check(options.config, os.environ, is_offline=options.offline))
    return OK if is_sound else FAILED


def _quota(options: argparse.Namespace) -> int:
    return _as_in_chat(options, "/quota")


def _usage(options: argparse.Namespace) -> int:
    if options.words:
        return _as_in_chat(options, "/usage")
    settings = _settings(options)
    from bot.budget_commands import records, usage

    if options.records:
        return asyncio.run(records(settings, days=options.days))
    by = options.by or ["tenant", "day", "model"]
    return asyncio.run(
        usage(settings, by=by, days=options.days, tenant=options.tenant, as_csv=options.csv)
    )


def _as_in_chat(options: argparse.Namespace, command: str) -> int:
    settings = _settings(options)
    from bot.budget_commands import run_command

    return asyncio.run(run_command(settings, " ".join((command, *options.words))))


def _forget(options: argparse.Namespace) -> int:
    settings = _settings(options)
    from bot.forgetting.command import Patience, Wanted, forget
    from bot.setting_up.questions import yes

    can_ask = yes if sys.stdin.isatty() else None
    wanted = Wanted(
        asker=options.user,
        with_linked=options.linked,
        with_budgets=options.with_budgets,
        is_dry=options.dry_run,
        confirm=(lambda _: True) if options.yes else can_ask,
    )
    return asyncio.run(forget(settings, wanted, Patience()))


def _schema(_options: argparse.Namespace) -> int:
    import json

    from config.loading import json_schema

    print(json.dumps(json_schema(), indent=2))  # noqa: T201 # this is the output
    return OK


def _slack_manifest(options: argparse.Namespace) -> int:
    settings = _settings(options)
    import json

    from bot.commands.everything import COMMANDS
    from bot.platforms.slack.manifest import manifest

    made = manifest(settings.slack, COMMANDS.commands)
    print(json.dumps(made, indent=2, ensure_ascii=False))  # noqa: T201 # this is the output
    return OK


def _require_model(settings: "Settings", wanted: str) -> None:
    from bot.commands.words import nearest_model, shown
    from routing.wishes import is_somebody

    if wanted and not is_somebody(wanted.lower(), settings.models):
        guess = nearest_model(wanted, settings.models)
        raise _Misused(f"No model is called {shown(wanted)}.{guess}")


def _warn(text: str) -> None:
    print(f"warning: {text}", file=sys.stderr)  # noqa: T201 # before any platform runs


def _files(options: argparse.Namespace) -> "ConfigFiles":
    from config.files import ConfigFiles
    from config.loading import find_config
    from routing.backends.published import published_model

    return ConfigFiles(find_config(options.config, os.environ), os.environ, published_model)


def _settings(
    options: argparse.Namespace,
    warn: Callable[[str], object] = _warn,
    files: "ConfigFiles | None" = None,
) -> "Settings":
    from config.errors import ConfigError
    from config.lint import lint, lost_files

    try:
        settings = (files or _files(options)).load()
    except ConfigError as error:
        raise _Misused(f"The configuration cannot be used:\n{error}") from error
    for warning in (*lost_files(settings), *lint(settings, datetime.now(UTC).date())):
        warn(str(warning))
    return settings
