"""`pointsman check`: every problem at once, each with the way out."""

import os
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from itertools import starmap
from pathlib import Path
from typing import Final, NamedTuple

from bot.platforms.slack.credentials import is_wanted
from bot.printing import Mark, print_marked
from config.errors import ConfigError
from config.lint import lint, lost_files
from config.loading import find_config, load
from config.settings import Settings
from routing.backends.local_model import NOT_INSTALLED, is_installed
from routing.backends.published import published_model
from routing.errors import StoreUnavailable

_GGUF: Final = b"GGUF"


class Line(NamedTuple):
    """One thing that was looked at."""

    mark: Mark
    text: str


async def check(argument: str | None, environ: Mapping[str, str], *, is_offline: bool) -> bool:
    """Print what is right and wrong with the configuration; False when anything is wrong.

    Args:
        argument: The configuration file that was named, if any.
        environ: The environment.
        is_offline: Whether nothing may be asked over a network, nor any store be opened.
    """
    try:
        path = find_config(argument, environ)
        settings = load(path, environ, published_model)
    except ConfigError as error:
        for problem in error.problems:
            print_marked("problem", str(problem))
        return False
    lines = [
        Line("ok", f"configuration: {path or 'the defaults, there is no pointsman.yaml'}"),
        *(Line("problem", lost) for lost in lost_files(settings)),
        *(Line("warning", warning) for warning in lint(settings, datetime.now(UTC).date())),
        _state_folder(settings.state_dir),
        *_gguf(settings.local_model.gguf),
        *_models(settings),
        *_unused(settings),
    ]
    if not is_offline:
        lines += [*await _store(settings), *await _keys(settings)]
        lines += [*await _discord(settings), *await _slack(settings)]
    for line in lines:
        print_marked(*line)
    return all(line.mark != "problem" for line in lines)


def _state_folder(folder: Path) -> Line:
    nearest = next(path for path in (folder, *folder.parents) if path.exists())
    if nearest.is_dir() and os.access(nearest, os.W_OK | os.X_OK):
        return Line("ok", f"state folder: {folder}")
    return Line("problem", f"state folder: {nearest} cannot be written: set POINTSMAN_STATE_DIR")


def _gguf(path: Path | None) -> Iterator[Line]:
    """Look whether a model file that is named is one: its first bytes say so."""
    if path is None:
        return
    try:
        with path.open("rb") as file:
            is_gguf = file.read(len(_GGUF)) == _GGUF
    except OSError as error:
        what = f"{path} cannot be read ({error.strerror}): correct local_model.gguf (LOCAL_GGUF)"
        yield Line("problem", f"local model: {what}")
        return
    if not is_gguf:
        what = f"{path} is no GGUF file: correct local_model.gguf (LOCAL_GGUF)"
        yield Line("problem", f"local model: {what}")


def _models(settings: Settings) -> Iterator[Line]:
    enabled = [card for card in settings.models if card.enabled]
    ready = [card.name for card in enabled if not card.missing and not card.embedded]
    waiting = [card for card in enabled if card.missing]
    if ready:
        yield Line("ok", f"models: {', '.join(ready)}")
    elif any(card.embedded for card in enabled):
        if is_installed(settings.local_model):
            yield Line("warning", "models: only the tiny local one; set a provider's key for more")
        else:
            yield Line("problem", f"models: none is set up; {NOT_INSTALLED}")
    else:
        yield Line("problem", "models: none is set up; set a provider's key")
    for card in waiting:
        needed = [each for each in card.missing if each.startswith("env:")]
        if needed:  # what is lost with a file has its own line
            yield Line("note", f"{card.name} is not set up: it needs {', '.join(needed)}")


async def _store(settings: Settings) -> list[Line]:
    from routing.backends.stores import open_stores

    try:
        async with open_stores(settings) as stores:
            await stores.ping()
            there = Counter(each.version for each in await stores.versions.present())
            line = Line("warning" if stores.notice else "ok", f"store: {stores.describe}")
            return [line, *starmap(_in_use, sorted(there.items()))]
    except (ConfigError, StoreUnavailable) as error:
        return [Line("problem", f"store: {error}")]


def _in_use(by: str, processes: int) -> Line:
    return Line("note", f"Pointsman {by}: {processes} running on it")


def _unused(settings: Settings) -> Iterator[Line]:
    """Name the chat services that nobody set up: a misspelt variable looks the same."""
    if settings.discord.token is None:
        yield Line("note", "discord is not set up: it needs DISCORD_TOKEN")
    if not (is_wanted(settings.slack) or any(lost_files(settings.slack))):
        needs = "SLACK_BOT_TOKEN and SLACK_APP_TOKEN"
        yield Line("note", f"slack is not set up: it needs {needs}; see pointsman slack-manifest")


async def _discord(settings: Settings) -> list[Line]:
    token = settings.discord.token
    if token is None or token.is_lost:
        return []
    if not token.is_set:
        return [Line("problem", f"discord: {token.reference} leads nowhere: set DISCORD_TOKEN")]
    from bot.platforms.discord.token_check import check_discord

    found = await check_discord(settings.discord, timeout_s=settings.timeouts.connect_s)
    return [Line(mark, f"discord: {text}") for mark, text in found]


async def _slack(settings: Settings) -> list[Line]:
    if not is_wanted(settings.slack):
        return []
    from bot.platforms.slack.token_check import check_slack

    found = await check_slack(settings.slack, timeout_s=settings.timeouts.connect_s)
    return [Line(mark, f"slack: {text}") for mark, text in found]


async def _keys(settings: Settings) -> list[Line]:
    from routing.backends.key_check import check_keys

    ready = [card for card in settings.models if card.enabled and not card.missing]
    return [
        Line("problem", f"{', '.join(finding.models)}: {finding.problem}")
        if finding.problem
        else Line("ok", f"{', '.join(finding.models)}: the provider answers")
        for finding in await check_keys(ready, timeout_s=settings.timeouts.connect_s)
    ]
