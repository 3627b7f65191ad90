"""What `pointsman init` was told, and the files that say so. Pure."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from secrets import token_urlsafe
from typing import TYPE_CHECKING, Final

from bot.setting_up.ready_rules import READY_RULES

if TYPE_CHECKING:
    from config.catalog import ModelCard  # --help does without pydantic

SECRETS: Final = "secrets"
"""The folder beside the configuration with one file a secret."""

_HEAD: Final = """\
# Made by `pointsman init`. config/pointsman.example.yaml names every setting, and
# `pointsman check` tries what stands here.
"""


@dataclass(frozen=True, slots=True)
class Answers:
    """Everything the files are made of.

    Attributes:
        discord_token: Empty: not on Discord.
        message_content: Whether its message content intent is switched on.
        slack_bot_token: Empty, like the next: not on Slack.
        slack_app_token: Listens over sockets.
        keys: Of providers, by the variable their models' cards name, such as OPENAI_API_KEY.
        ollama: Where Ollama answers, which needs no key; empty: it is not used.
        usd_per_month: Of everyone together; None: no limit.
        usd_per_person_and_day: Likewise.
        rules: Names among `READY_RULES`.
    """

    discord_token: str = field(default="", repr=False)
    message_content: bool = False
    slack_bot_token: str = field(default="", repr=False)
    slack_app_token: str = field(default="", repr=False)
    keys: Mapping[str, str] = field(default_factory=dict, repr=False)
    ollama: str = ""
    usd_per_month: Decimal | None = None
    usd_per_person_and_day: Decimal | None = None
    rules: Sequence[str] = ()


def provider_of(variable: str) -> str:
    """Return how people call the provider whose key a variable holds."""
    return variable.removesuffix("_API_KEY").lower()


def cards_by_key(models: "Sequence[ModelCard]") -> dict[str, list[str]]:
    """Return the names of the shipped cards by the variable that holds their provider's key."""
    found: dict[str, list[str]] = {}
    for card in models:
        reference = card.api_key.reference if card.api_key else ""
        if reference.startswith("env:"):
            found.setdefault(reference.removeprefix("env:"), []).append(card.name)
    return found


def secrets_of(answers: Answers) -> dict[str, str]:
    """Return what each file in the folder of secrets holds, by its name."""
    given = {
        "discord_token": answers.discord_token,
        "slack_bot_token": answers.slack_bot_token,
        "slack_app_token": answers.slack_app_token,
        **{variable.lower(): key for variable, key in answers.keys.items()},
    }
    return {name: f"{text}\n" for name, text in given.items() if text}


def secrets_of_compose() -> dict[str, str]:
    """Return the secrets that the services of docker-compose.yml share, made anew."""
    password = token_urlsafe()
    return {
        "redis_password": f"{password}\n",
        "redis_url": f"redis://:{password}@redis:6379/0\n",
        "grafana_password": f"{token_urlsafe()}\n",
    }


def configuration_of(answers: Answers, cards: Mapping[str, Sequence[str]]) -> str:
    """Return the text of the configuration; no secret stands in it.

    Args:
        answers: What was told.
        cards: As `cards_by_key` gives them.
    """
    parts = [_HEAD, *_platforms(answers)]
    lines = [
        f"  - name: {name}\n    api_key: file:{SECRETS}/{variable.lower()}\n"
        for variable in answers.keys
        for name in cards[variable]
    ]
    if answers.ollama:
        lines.append(f"  - name: llama-ollama\n    api_base: {json.dumps(answers.ollama)}\n")
    if lines:
        parts.append("models:\n" + "".join(lines))
    if limits := _limits(answers):
        parts.append("quotas:\n  limits:\n" + limits)
    if answers.rules:
        parts.append("rules:\n" + "".join(READY_RULES[name] for name in answers.rules))
    return "\n".join(parts)


def _platforms(answers: Answers) -> list[str]:
    parts = []
    if answers.discord_token:
        intent = "  message_content: true\n" if answers.message_content else ""
        parts.append(f"discord:\n  token: file:{SECRETS}/discord_token\n{intent}")
    if answers.slack_bot_token:
        parts.append(
            f"slack:\n  bot_token: file:{SECRETS}/slack_bot_token\n"
            f"  app_token: file:{SECRETS}/slack_app_token\n"
        )
    return parts


def _limits(answers: Answers) -> str:
    lines = ""
    if answers.usd_per_month is not None:
        lines += f"    - {{of: everyone, usd: {answers.usd_per_month:f}, per: month}}\n"
    if answers.usd_per_person_and_day is not None:
        lines += f"    - {{of: asker, usd: {answers.usd_per_person_and_day:f}, per: day}}\n"
    return lines
