"""What is legal in a configuration but surely not meant."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Final

from pydantic import BaseModel

from config.catalog import ModelCard
from config.chats import DiscordSettings, SlackSettings
from config.references import Secret
from config.rule_lint import rule_warnings
from config.settings import Settings

_NOTICE: Final = timedelta(days=30)


def lint(settings: Settings, today: date) -> tuple[str, ...]:
    """Return a sentence with the way out for each thing that is surely not meant."""
    usable = [card for card in settings.models if card.enabled]
    return (
        *_retirements(usable, today),
        *rule_warnings(usable, settings.rules),
        *_unheard(settings.discord),
        *_out_of_reach(settings.slack),
    )


def lost_files(holder: BaseModel, path: str = "") -> Iterator[str]:
    """Say of each secret whose named file does not give it what is wrong; path begins each."""
    for name in type(holder).model_fields:
        yield from _lost(getattr(holder, name), f"{path}{name}")


def _lost(value: object, path: str) -> Iterator[str]:
    match value:
        case Secret() if value.is_lost:
            yield f"{path}: {value.why_unset}"
        case ModelCard(enabled=False):
            return
        case BaseModel():
            yield from lost_files(value, f"{path}.")
        case tuple():
            for index, each in enumerate(value):
                yield from _lost(each, f"{path}[{getattr(each, 'name', index)}]")


def _retirements(cards: Sequence[ModelCard], today: date) -> Iterator[str]:
    for card in cards:
        if card.missing or card.retires_on is None or card.retires_on > today + _NOTICE:
            continue
        when = "left its host on" if card.retires_on < today else "leaves its host on"
        yield (
            f"{card.name} {when} {card.retires_on}: give it a successor's litellm_id, "
            "a later retires_on if that is wrong, or enabled: false."
        )


def _unheard(discord: DiscordSettings) -> Iterator[str]:
    if discord.always_answer and not discord.message_content:
        yield (
            "discord.always_answer does nothing without the message content intent, since Discord "
            "hands over no text there: switch the intent on for the bot and set "
            "discord.message_content: true, or remove the channels."
        )


def _out_of_reach(slack: SlackSettings) -> Iterator[str]:
    installs = bool(slack.install.client_id)
    if installs and slack.bot_token is not None and slack.bot_token.is_set:
        yield (
            "slack.install does nothing while slack.bot_token (SLACK_BOT_TOKEN) is set, since then "
            "that one workspace is served: unset one of them."
        )
    elif installs and slack.public_url is None:
        yield (
            "slack.public_url is not set, so Slack does not know where to send whoever installs "
            "the app: set it to the https address of the balancer before slack.port."
        )
