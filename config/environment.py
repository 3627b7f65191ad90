"""What comes from outside the file: where its references lead, and variables that win over it."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from config.references import REFERENCE_PATTERN, Resolved, Unset
from config.yaml_lines import Block, Items, Place

_ENVIRONMENT: Final = Place("environment")

WINNING: Final = (
    ("POINTSMAN_STATE_DIR", "", "state_dir"),
    ("REDIS_URL", "store", "url"),
    ("LOCAL_GGUF", "local_model", "gguf"),
    ("DISCORD_TOKEN", "discord", "token"),
    ("DISCORD_API_URL", "discord", "api_url"),
    ("DISCORD_GATEWAY_URL", "discord", "gateway_url"),
    ("DISCORD_CDN_URL", "discord", "cdn_url"),
    ("SLACK_BOT_TOKEN", "slack", "bot_token"),
    ("SLACK_APP_TOKEN", "slack", "app_token"),
    ("SLACK_SIGNING_SECRET", "slack", "signing_secret"),
    ("SLACK_API_URL", "slack", "api_url"),
    ("POINTSMAN_OBSERVE_HOST", "observe", "host"),
    ("POINTSMAN_OBSERVE_PORT", "observe", "port"),
)
"""Each variable, with the section and the key it sets."""

IN_FILES: Final = frozenset(
    {"REDIS_URL", "DISCORD_TOKEN", "SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET"}
)
"""Those that may also be given as `…_FILE`: the path of a file, as containers are given secrets."""


def look_up(value: object, environ: Mapping[str, str], folder: Path) -> object:
    """Replace every reference in `value`, in place, by a Resolved or an Unset; return it.

    Args:
        value: As read from YAML.
        environ: A variable that is empty counts as not set.
        folder: What a relative `file:` starts from.
    """
    if isinstance(value, Block):
        value.update({key: look_up(each, environ, folder) for key, each in value.items()})
    elif isinstance(value, Items):
        value[:] = [look_up(each, environ, folder) for each in value]
    elif isinstance(value, str) and re.fullmatch(REFERENCE_PATTERN, value):
        kind, _, where = value.partition(":")
        if kind == "file":
            return _content(folder, where, value)
        text = environ.get(where)
        return Resolved(text, value) if text else Unset(value)
    return value


def references_in(value: object) -> Iterator[str]:
    """Yield what `look_up` would replace in `value`, in order."""
    if isinstance(value, Block | Items):
        for each in value.values() if isinstance(value, Block) else value:
            yield from references_in(each)
    elif isinstance(value, str) and re.fullmatch(REFERENCE_PATTERN, value):
        yield value


def files_in_environment(environ: Mapping[str, str]) -> tuple[Path, ...]:
    """Return the files that variables ending in `_FILE` name."""
    return tuple(Path(name) for each in sorted(IN_FILES) if (name := environ.get(f"{each}_FILE")))


def _content(folder: Path, name: str, reference: str) -> Resolved | Unset:
    """Return what a file holds, without the line end most editors add."""
    try:
        text = path_of(folder, name).read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, ValueError, RuntimeError) as error:
        return Unset(reference, _trouble(error))
    return Resolved(text, reference) if text else Unset(reference, "is empty: fill it")


def _trouble(error: Exception) -> str:
    match error:
        case FileNotFoundError():
            return "is not there: write that file, or correct its path"
        case IsADirectoryError():
            return "is a folder, not a file"
        case PermissionError():
            return "cannot be read: mend its permissions"
        case UnicodeError():
            return "is not UTF-8: save it as that"
        case _:
            return "cannot be read: correct its path"


def path_of(folder: Path, name: str) -> Path:
    """Return the path that a `file:` names.

    Args:
        folder: What a relative one starts from.
        name: What stands behind `file:`.

    Raises:
        RuntimeError: It begins with ~, and there is no home folder.
    """
    return folder / Path(name).expanduser()


def let_environment_win(given: Block, environ: Mapping[str, str]) -> None:
    """Set what the environment says over what the file says; the file's own mistakes stay."""
    for variable, section, key in WINNING:
        if said := _said(variable, environ):
            holder = _section(given, section)
            if isinstance(holder, Block):
                holder.put(key, said, _ENVIRONMENT)
    # The XDG specification ignores a relative folder.
    home = Path(environ.get("XDG_STATE_HOME", ""))
    if "state_dir" not in given and home.is_absolute():
        given.put("state_dir", home / "pointsman", _ENVIRONMENT)


def _said(variable: str, environ: Mapping[str, str]) -> Resolved | Unset | None:
    """Return what a variable, or else the file that its `…_FILE` names, says; None if neither."""
    if text := environ.get(variable):
        return Resolved(text, f"env:{variable}")
    if variable in IN_FILES and (name := environ.get(f"{variable}_FILE")):
        return _content(Path(), name, f"file:{name}")
    return None


def _section(given: Block, name: str) -> object:
    if not name:
        return given
    if given.get(name) is None:
        given.put(name, Block(), _ENVIRONMENT)
    return given[name]
