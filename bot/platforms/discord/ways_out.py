"""What Discord keeps from the bot, in a sentence, and what to do about it. Pure."""

from typing import Final

from config.chats import DiscordSettings
from config.references import Secret

INTENT_DENIED: Final = (
    "Discord does not give the bot the message content intent. Switch on MESSAGE CONTENT INTENT on "
    "the Bot page of your application at https://discord.com/developers/applications, or set "
    "discord.message_content: false."
)


def login_failed(token: Secret | None) -> str:
    """Say that a bot's token is refused, and where the right one is to be put."""
    where = token.where if token else "set DISCORD_TOKEN to it"
    return (
        "Discord does not know the bot's token. Copy it again from the Bot page of your "
        f"application at https://discord.com/developers/applications and {where}."
    )


def unseen(settings: DiscordSettings) -> str:
    """Say what the bot cannot see without the message content intent; empty when it has it."""
    if settings.message_content:
        return ""
    where = "in threads of its own"
    if settings.always_answer:
        where = f"in discord.always_answer and {where}"
    return (
        "Without the message content intent the bot reads direct messages, mentions, commands and "
        f"the message menu only: {where} it must be mentioned, and what people said just before "
        "stays unknown to it. Switch the intent on and set discord.message_content: true to "
        "change that."
    )
