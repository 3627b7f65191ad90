"""Whom an order is for, as it is typed behind the commands of admins, and in words. Pure."""

from collections.abc import Collection, Container
from typing import Final

from bot.commands.command import Invocation
from bot.commands.options import Kind, Option
from bot.commands.words import NotUnderstood
from bot.mentions import NOT_FOUND, named
from bot.platform_words import tenant_word
from routing.orders import ALL, Of, Target, is_operator
from routing.query import Origin

WHERE: Final = Option(
    "where",
    "in this channel, or in all of the server or workspace",
    choices=("here", "server"),
    synonyms=("workspace", "everywhere"),
)
CHANNEL: Final = Option("channel", "in this channel", Kind.CHANNEL, after="channel")
ROLE: Final = Option("role", "for this role or user group", Kind.ROLE, after="role")
USER: Final = Option("user", "for this person", Kind.USER, after="user")


def target_in(invocation: Invocation) -> Target | None:
    """Return whom an order is for by its options; None where they name nobody.

    Raises:
        NotUnderstood: They name several.
    """
    values, origin = invocation.values, invocation.message.origin
    read = {
        "where": lambda word: _here(origin) if word == "here" else ALL,
        "channel": lambda word: _here(origin) if word == "here" else Target(Of.CHANNEL, word),
        "role": lambda word: Target(Of.ROLE, word),
        "user": lambda word: Target(Of.USER, _asker(word, origin)),
    }
    named = [read[name](values[name]) for name in read if name in values]
    if len(named) > 1:
        both = " and ".join(f"`{each}`" for each in named)
        raise NotUnderstood(f"That names {both}: say one at a time. Nothing is changed.")
    return next(iter(named), None)


def place_in(invocation: Invocation) -> Target:
    """Return the same where a place is meant if none is named: this channel; for the operator all.

    Raises:
        NotUnderstood: Several are named.
    """
    origin = invocation.message.origin
    return target_in(invocation) or (ALL if is_operator(origin) else _here(origin))


def for_whom(target: Target, origin: Origin, missing: Container[Target] = ()) -> str:
    """Say whom an order is for, to somebody there; of the missing, that they are."""
    if target == ALL:
        return "all servers" if is_operator(origin) else f"the whole {tenant_word(origin.platform)}"
    if target == _here(origin):
        return "this channel"
    if target in missing:
        return f"{target.of} `{target.who}` ({NOT_FOUND})"
    return f"{target.of} {named(target.of, target.who, origin)}"


async def missing_in(invocation: Invocation, targets: Collection[Target]) -> frozenset[Target]:
    """Return those of some targets that are certainly not where a command was given."""
    origin = invocation.message.origin
    return await invocation.services.directory.missing(targets, origin)


def _here(origin: Origin) -> Target:
    return Target(Of.CHANNEL, origin.place)


def _asker(word: str, origin: Origin) -> str:
    if word == "me":
        return origin.asker
    return word if ":" in word else f"{origin.platform}:{word}"
