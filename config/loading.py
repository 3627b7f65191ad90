"""Loads the configuration: one file, the environment and the shipped catalogue as one value."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from pydantic import TypeAdapter, ValidationError

from config.catalog import PublishedModels
from config.completing import REQUIRED, complete
from config.environment import let_environment_win, look_up
from config.errors import ConfigError, Problem
from config.naming import naming_problems
from config.schema import json_schema
from config.settings import Settings
from config.validation import validated
from config.yaml_lines import Block, Items, read

__all__ = ["find_config", "json_schema", "load"]

SHIPPED: Final = Path(__file__).with_name("models.yaml")
"""The catalogue that comes with Pointsman."""

_USUAL: Final = Path("pointsman.yaml")


def find_config(argument: str | None, environ: Mapping[str, str]) -> Path | None:
    """Return the configuration file: the named one, else the usual one if it is there.

    A named file need not exist: `load` says what is wrong with it.

    Args:
        argument: What `--config` was given, if anything.
        environ: Where POINTSMAN_CONFIG may name a file.
    """
    if named := argument or environ.get("POINTSMAN_CONFIG"):
        return Path(named)
    return _USUAL if _USUAL.exists() else None


def load(path: Path | None, environ: Mapping[str, str], published: PublishedModels) -> Settings:
    """Return the whole configuration, its `models` being the whole catalogue.

    Args:
        path: The operator's file; None for the defaults.
        environ: Wins over the file; references lead into it.
        published: Fills what a card leaves out.

    Raises:
        ConfigError: Holds everything that is wrong, the file's problems first, by line.
    """
    settings, problems = _assembled(path, environ, published)
    del environ  # a traceback that prints locals must not show the keys in it
    if settings is None:
        raise ConfigError(tuple(problems))
    return settings


def _assembled(
    path: Path | None, environ: Mapping[str, str], published: PublishedModels
) -> tuple[Settings | None, list[Problem]]:
    given, problems = read(path) if path else (Block(), [])
    if given is None:
        return None, problems
    # A section whose lines are all commented out reads as null.
    for name in [name for name, value in given.items() if value is None]:
        del given[name]
    look_up(given, environ, path.parent if path else Path())
    let_environment_win(given, environ)
    shipped, its_problems = _shipped(given, environ)
    problems += its_problems
    problems += complete(given, shipped, published)
    problems += naming_problems(given, str(SHIPPED))
    settings, invalid = validated(Settings, given, REQUIRED)
    problems += invalid
    if settings is not None and not problems:
        return _with_local_model(settings), []
    ranks = {str(path): 0, "environment": 1}
    problems.sort(key=lambda problem: (ranks.get(problem.file, 2), problem.line))
    return None, problems


def _shipped(given: Block, environ: Mapping[str, str]) -> tuple[Items, list[Problem]]:
    """Return the shipped cards; none when the operator does without them."""
    try:
        is_wanted = TypeAdapter(bool).validate_python(given.get("shipped_models", True))
    except ValidationError:
        is_wanted = True
    if not is_wanted:
        return Items(), []
    catalogue, problems = read(SHIPPED)
    cards = catalogue["models"] if catalogue else None
    look_up(cards, environ, SHIPPED.parent)
    return (cards if isinstance(cards, Items) else Items()), problems


def _with_local_model(settings: Settings) -> Settings:
    """Let the section `local_model` speak for the embedded model's card."""
    local = settings.local_model
    return settings.model_copy(
        update={
            "models": tuple(
                card.model_copy(
                    update={
                        "enabled": card.enabled and local.use != "never",
                        "context_tokens": local.context_tokens,
                    }
                )
                if card.embedded
                else card
                for card in settings.models
            )
        }
    )
