"""What can be typed behind each command of the shell; nothing here is slow to import."""

import argparse
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from bot.shards import ShardRange

_MOST_DAYS: Final = 3650


def add_chat_options(chat: argparse.ArgumentParser) -> None:
    """Let a question stand behind `chat`, and which model it is for."""
    chat.add_argument("text", nargs="*", metavar="TEXT", help="one question; none: a conversation")
    chat.add_argument("--model", default="", help="a model, its alias or a preset, for TEXT")


def add_run_options(run: argparse.ArgumentParser) -> None:
    """Let `run` be told its part among several processes."""
    run.add_argument(
        "--shards", type=_shards, default=None, metavar="0-3/8",
        help="which of Discord's shards, of how many; none: all",
    )  # fmt: skip
    run.add_argument(
        "--no-listen", dest="listens", action="store_false",
        help="answer only what other processes take in",
    )  # fmt: skip


def add_check_options(check: argparse.ArgumentParser) -> None:
    """Let `check` stay off the network."""
    check.add_argument("--offline", action="store_true", help="try nothing over the network")


def add_quota_words(quota: argparse.ArgumentParser) -> None:
    """Let stand behind `quota` what stands behind it in the chat."""
    quota.add_argument("words", nargs="*", metavar="WORDS", help="such as: set asker '$2' per day")


def add_usage_words(usage: argparse.ArgumentParser) -> None:
    """Let stand behind `usage` what stands behind it in the chat, or how it is told of all."""
    usage.add_argument("words", nargs="*", metavar="WORDS", help="as behind /usage in the chat")
    usage.add_argument(
        "--by", action="append", default=[],
        choices=("tenant", "day", "model", "place", "person"),
        help="may be given more than once; none: tenant, day and model",
    )  # fmt: skip
    usage.add_argument("--days", type=_days, default=30, help="so many, with today; 30")
    usage.add_argument("--tenant", default="", help="as discord:ID or slack:ID; none: all")
    usage.add_argument("--csv", action="store_true", help="for spreadsheets, in micro-dollars")
    usage.add_argument("--records", action="store_true", help="every answer, as CSV")


def add_forget_options(forget: argparse.ArgumentParser) -> None:
    """Let `forget` be told whom, and how much of them."""
    forget.add_argument("user", metavar="USER", help="discord:1234, slack:U024 or terminal:ada")
    forget.add_argument(
        "--linked", action="store_true", help="whoever is one person with them, too"
    )
    forget.add_argument(
        "--with-budgets", action="store_true",
        help="what they spent counts no longer: they begin with whole budgets",
    )  # fmt: skip
    forget.add_argument("--dry-run", action="store_true", help="only tell what there is")
    forget.add_argument("--yes", action="store_true", help="ask nobody")


def add_nothing(_: argparse.ArgumentParser) -> None:
    """Let nothing stand behind a command."""


def _shards(text: str) -> "ShardRange":
    from bot.shards import parse_shards

    try:
        return parse_shards(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def _days(text: str) -> int:
    if text.isdecimal() and 1 <= int(text) <= _MOST_DAYS:
        return int(text)
    raise argparse.ArgumentTypeError(f"must be a whole number from 1 to {_MOST_DAYS}")
