"""What is legal in a configuration but surely not meant."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Final

from config.catalog import ModelCard
from config.chats import DiscordSettings
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
    )


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
