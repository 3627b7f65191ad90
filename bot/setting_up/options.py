"""What can be typed after `pointsman init`, in place of being asked."""

import argparse
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final, TypeVar

from bot.setting_up import shapes
from bot.setting_up.answers import Answers, provider_of
from bot.setting_up.ready_rules import READY_RULES
from bot.setting_up.shapes import Unfit

T = TypeVar("T")

NEEDS: Final = (
    "Nobody is at a keyboard to be asked: give --discord-token-file, or --slack-bot-token-file and "
    "--slack-app-token-file, or --terminal-only; and --key PROVIDER=FILE for each provider"
)


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add all of them; with any of those that answer, nothing is asked."""
    given = parser.add_argument_group("answers; with any of these nothing is asked")
    given.add_argument("--terminal-only", action="store_true", help="no chat service")
    given.add_argument("--discord-token-file", metavar="FILE", help="holds the bot's token")
    given.add_argument(
        "--message-content", action="store_true", help="its message content intent is switched on"
    )
    given.add_argument("--slack-bot-token-file", metavar="FILE", help="holds the xoxb- token")
    given.add_argument("--slack-app-token-file", metavar="FILE", help="holds the xapp- token")
    given.add_argument(
        "--key", action="append", default=[], metavar="PROVIDER=FILE",
        help="such as openai=key.txt; may be given more than once",
    )  # fmt: skip
    given.add_argument(
        "--ollama", nargs="?", const=shapes.OLLAMA_USUALLY, default="", metavar="URL",
        help="where Ollama answers with Llama, if not on this machine",
    )  # fmt: skip
    given.add_argument("--usd-per-month", default="", metavar="USD", help="of everyone together")
    given.add_argument("--usd-per-person-and-day", default="", metavar="USD", help="of each")
    given.add_argument(
        "--rule", action="append", default=[], choices=tuple(READY_RULES), help="a ready rule"
    )
    parser.add_argument("--force", action="store_true", help="replace files that are there")
    parser.add_argument("--no-check", action="store_true", help="do not try what was given")


def is_answered(options: argparse.Namespace) -> bool:
    """Tell whether the options answer, so that nothing is to be asked."""
    names = (
        *("terminal_only", "discord_token_file", "message_content"),
        *("slack_bot_token_file", "slack_app_token_file", "key", "ollama"),
        *("usd_per_month", "usd_per_person_and_day", "rule"),
    )
    return any(getattr(options, name) for name in names)


def answers_of(options: argparse.Namespace, variables: tuple[str, ...]) -> Answers:
    """Return what the options answer.

    Args:
        options: As parsed.
        variables: Of the providers that are known, such as OPENAI_API_KEY.

    Raises:
        Unfit: Something is missing, or not what it should be; says which option and why.
    """
    has_slack = bool(options.slack_bot_token_file)
    if has_slack != bool(options.slack_app_token_file):
        raise Unfit("--slack-bot-token-file and --slack-app-token-file go together")
    if not (options.terminal_only or options.discord_token_file or has_slack):
        raise Unfit(NEEDS)
    return Answers(
        discord_token=_held(
            "--discord-token-file", options.discord_token_file, shapes.discord_token
        ),
        message_content=options.message_content,
        slack_bot_token=_held(
            "--slack-bot-token-file", options.slack_bot_token_file, shapes.slack_bot_token
        ),
        slack_app_token=_held(
            "--slack-app-token-file", options.slack_app_token_file, shapes.slack_app_token
        ),
        keys=dict(_key(each, variables) for each in options.key),
        ollama=_fit("--ollama", options.ollama, shapes.ollama) if options.ollama else "",
        usd_per_month=_fit("--usd-per-month", options.usd_per_month, shapes.usd),
        usd_per_person_and_day=_fit(
            "--usd-per-person-and-day", options.usd_per_person_and_day, shapes.usd
        ),
        rules=tuple(dict.fromkeys(options.rule)),
    )


def _key(given: str, variables: tuple[str, ...]) -> tuple[str, str]:
    provider, _, file = given.partition("=")
    by_name = {provider_of(each): each for each in variables}
    if provider not in by_name or not file:
        raise Unfit(f"--key {provider}: write PROVIDER=FILE, with one of {', '.join(by_name)}")
    fit = _held(f"--key {provider}", file, partial(shapes.provider_key, provider))
    return by_name[provider], fit


def _held(option: str, file: str | None, shape: Callable[[str], str]) -> str:
    """Return what a file holds, if it has the shape; empty when no file is named."""
    if not file:
        return ""
    try:
        text = Path(file).expanduser().read_text(encoding="utf-8")
    except (OSError, UnicodeError, RuntimeError) as error:
        raise Unfit(f"{option}: {file} cannot be read ({type(error).__name__})") from error
    return _fit(option, text, shape)


def _fit(option: str, text: str, shape: Callable[[str], T]) -> T:
    try:
        return shape(text)
    except Unfit as unfit:
        raise Unfit(f"{option}: {unfit}") from unfit
