"""What tokens, keys and amounts look like, so that a wrong paste is told at once. Pure."""

import re
from decimal import Decimal, InvalidOperation
from typing import Final

from bot.platforms.discord.invitation import application_of

_DISCORD: Final = re.compile(r"[\w-]{18,}\.[\w-]{5,}\.[\w-]{10,}")
_SIGNING_SECRET: Final = re.compile(r"[0-9a-f]{32}")
OLLAMA_USUALLY: Final = "http://127.0.0.1:11434"
"""Where Ollama listens unless told otherwise."""

_MOST_USD: Final = 1_000_000
_LEAST_KEY_CHARS: Final = 16

_WHERE_DISCORD: Final = "the token is on the page Bot, behind Reset Token"
_OF_PROVIDERS: Final = {"sk-ant-": "anthropic", "AIza": "gemini", "csk-": "cerebras"}

_KNOWN: Final = {
    "xoxb-": "the bot token of an app on Slack",
    "xapp-": "the app token of an app on Slack",
    "xoxp-": "a person's token on Slack",
    **{begins: f"a key of {provider}" for begins, provider in _OF_PROVIDERS.items()},
    "sk-": "a provider's key",
}


class Unfit(ValueError):
    """What was given cannot be what was asked for; says what it looks like instead."""


def discord_token(pasted: str) -> str:
    """Return a Discord bot's token, without what is often pasted along.

    Raises:
        Unfit: It is none.
    """
    token = _bare(pasted).removeprefix("Bot ")
    if _DISCORD.fullmatch(token) and application_of(token):
        return token
    if token.isdecimal():
        raise Unfit(f"this is the application's id; {_WHERE_DISCORD}")
    if elsewhere := _elsewhere(token):
        raise Unfit(f"this looks like {elsewhere}; {_WHERE_DISCORD}")
    if token and "." not in token:
        raise Unfit(f"this looks like the client secret or the public key; {_WHERE_DISCORD}")
    raise Unfit(f"this is no bot's token, which has three parts with points; {_WHERE_DISCORD}")


def _elsewhere(pasted: str) -> str:
    """Say whose secret begins like this one; empty for nobody's."""
    return next((what for begins, what in _KNOWN.items() if pasted.startswith(begins)), "")


def slack_bot_token(pasted: str) -> str:
    """Return a Slack bot's token; raises Unfit as `discord_token` does."""
    where = "the Bot User OAuth Token (xoxb-…) is on the page Install App"
    return _slack(pasted, "xoxb-", where)


def slack_app_token(pasted: str) -> str:
    """Return a Slack app's token for sockets; raises Unfit as `discord_token` does."""
    where = "the app's token (xapp-…) is on the page Basic Information, under App-Level Tokens"
    return _slack(pasted, "xapp-", where)


def _slack(pasted: str, begins: str, where: str) -> str:
    token = _bare(pasted)
    if re.fullmatch(rf"{begins}[\w-]{{6,}}", token, re.ASCII):
        return token
    if token.startswith("xoxp-"):
        raise Unfit(f"this is a person's token; {where}")
    if token.startswith(("xoxb-", "xapp-")) and not token.startswith(begins):
        raise Unfit(f"this is the other of the two tokens; {where}")
    if _SIGNING_SECRET.fullmatch(token):
        raise Unfit(f"this looks like the signing or the client secret; {where}")
    if (elsewhere := _elsewhere(token)) and not token.startswith(begins):
        raise Unfit(f"this looks like {elsewhere}; {where}")
    if _DISCORD.fullmatch(token) and application_of(token):
        raise Unfit(f"this looks like the token of a bot on Discord; {where}")
    raise Unfit(f"it must begin with {begins}; {where}")


def provider_key(provider: str, pasted: str) -> str:
    """Return a provider's key; raises Unfit when it cannot be one, or is another provider's."""
    key = _bare(pasted)
    if len(key) < _LEAST_KEY_CHARS or not key.isascii() or re.search(r"\s", key):
        raise Unfit("a key is one long word of plain letters and digits")
    for begins, owner in _OF_PROVIDERS.items():
        if key.startswith(begins) and owner != provider:
            raise Unfit(f"this looks like a key of {owner}, not of {provider}")
    return key


def provider_key_if_any(provider: str, pasted: str) -> str:
    """Return a provider's key, empty where nothing is said; raises as `provider_key` does."""
    return provider_key(provider, pasted) if _bare(pasted) else ""


def ollama(text: str) -> str:
    """Return where Ollama answers, here unless something else is said; raises Unfit as others."""
    from config.references import refuse_plain_http  # --help does without pydantic

    address = _bare(text) or OLLAMA_USUALLY
    try:
        return refuse_plain_http(address)
    except ValueError as error:
        raise Unfit(str(error)) from None


def usd(text: str) -> Decimal | None:
    """Return an amount of dollars; None where nothing, or none, is said.

    Raises:
        Unfit: It is no amount.
    """
    said = text.strip().removeprefix("$").lower()
    if said in {"", "none", "no"}:
        return None
    try:
        amount = Decimal(said)
    except InvalidOperation:
        amount = Decimal(-1)
    if not (amount.is_finite() and 0 < amount <= _MOST_USD):
        raise Unfit("write an amount such as 20 or 0.50, or none")
    return amount


def _bare(pasted: str) -> str:
    return pasted.strip().strip("\"'`").strip()
