"""The command `/persona`: what models are told about their part, by channel and server."""

from dataclasses import replace
from typing import Final

from bot.commands.command import Audience, Command, Invocation
from bot.commands.options import Kind, Option
from bot.commands.ordering import give, take_back
from bot.commands.targets import WHERE, for_whom, missing_in, place_in
from bot.commands.words import NotUnderstood, unquoted
from bot.mentions import named
from bot.platforms.port import Notice
from routing.orders import (
    PERSONA_CHARS,
    InForce,
    Of,
    Order,
    Persona,
    Subject,
    persona_in,
    realm_of,
)
from routing.query import Origin

_TARGET: Final = (
    replace(WHERE, after="for"),
    Option("channel", "for this channel", Kind.CHANNEL, after="channel"),
)
_BEGINNING_CHARS: Final = 60


async def _show(invocation: Invocation) -> Notice:
    origin = invocation.message.origin
    in_force = await invocation.services.orders.load(realm_of(origin))
    if invocation.values:
        target = place_in(invocation)
        persona = in_force.here.persona(target)
        return Notice(_told(persona, for_whom(target, origin)) if persona else _NO_PERSONA)
    if found := _counting(in_force, origin):
        return Notice(_told(*found))
    return Notice(_NO_PERSONA)


def persona_for(in_force: InForce, origin: Origin) -> str:
    """Say which persona counts for somebody there, but not what it says."""
    if found := _counting(in_force, origin):
        persona, whose = found
        return f"that of {whose}, version {persona.version}"
    return "none"


def _counting(in_force: InForce, origin: Origin) -> tuple[Persona, str] | None:
    for orders, whose in ((in_force.here, ""), (in_force.everywhere, " by the operator")):
        if found := orders.persona_for(origin):
            return found[0], f"{for_whom(found[1], origin)}{whose}"
    return None


async def _set(invocation: Invocation) -> Notice:
    text = unquoted(invocation.values["text"].strip())
    # Half a character, which a chat may deliver, can be sent to no model.
    text = text.encode("utf-8", "replace").decode("utf-8")
    if not text:
        raise NotUnderstood("Say what models are told. `/persona remove` takes a persona back.")
    if len(text) > PERSONA_CHARS:
        raise NotUnderstood(
            f"A persona has at most {PERSONA_CHARS:,} characters, this one {len(text):,}. "
            "Nothing is changed."
        )
    return await _given(invocation, text)


async def _history(invocation: Invocation) -> Notice:
    origin, target = invocation.message.origin, place_in(invocation)
    versions = await invocation.services.orders.personas(realm_of(origin), target)
    if not versions:
        return Notice(f"There never was a persona for {for_whom(target, origin)}.")
    rows = [_row(each, origin) for each in versions]
    # One line each: in a table, no chat shows names.
    head = [f"The personas of {for_whom(target, origin)}, the newest first, in UTC:", ""]
    return Notice("\n".join([*head, *rows]))


async def _back(invocation: Invocation) -> Notice:
    origin, target = invocation.message.origin, place_in(invocation)
    wanted = invocation.values["version"]
    versions = await invocation.services.orders.personas(realm_of(origin), target)
    found = next((each for each in versions if str(each.version) == wanted), None)
    if found is None:
        kept = ", ".join(str(each.version) for each in versions) or "none"
        told = f"Of {for_whom(target, origin)} these versions are kept: {kept}. Nothing is changed."
        return Notice(told, is_failure=True)
    return await _given(invocation, found.text)


async def _remove(invocation: Invocation) -> Notice:
    origin, target = invocation.message.origin, place_in(invocation)
    old = await take_back(invocation, Subject.PERSONA, target)
    if (persona := persona_in(old or "")) is None:
        return Notice(f"There is no persona for {for_whom(target, origin)}.", is_failure=True)
    undo = f"`/persona back {persona.version}` brings it back"
    return Notice(f"Removed: the persona of {for_whom(target, origin)}; {undo}.")


async def _given(invocation: Invocation, text: str) -> Notice:
    origin, target = invocation.message.origin, place_in(invocation)
    old = await give(invocation, Order(Subject.PERSONA, target, text))
    now = (await invocation.services.orders.load(realm_of(origin))).here.persona(target)
    version = f", version {now.version}" if now else ""
    before = persona_in(old or "")
    undo = f" `/persona back {before.version}` takes that back." if before else ""
    missing = await missing_in(invocation, [target])
    return Notice(f"Set: the persona of {for_whom(target, origin, missing)}{version}.{undo}")


def _told(persona: Persona, whose: str) -> str:
    quoted = "\n".join(f"> {line}".rstrip() for line in persona.text.splitlines())
    return f"The persona of {whose}, version {persona.version}:\n\n{quoted}"


def _row(persona: Persona, reader: Origin) -> str:
    beginning = " ".join(persona.text.split())
    if len(beginning) > _BEGINNING_CHARS:
        beginning = f"{beginning[:_BEGINNING_CHARS]}…"
    at = f" of {persona.at:%Y-%m-%d %H:%M}" if persona.at else ""
    by = named(Of.USER, persona.by, reader)
    return f"- version {persona.version}{at}, {by}: {len(persona.text):,} characters, {beginning}"


_NO_PERSONA: Final = "There is no persona: models are told only what the configuration says."

PERSONA: Final = Command(
    "persona",
    "what models are told about their part here",
    subcommands=(
        Command("show", "the one in force", _show, options=_TARGET),
        Command(
            "set",
            "write a new version",
            _set,
            options=(
                *_TARGET,
                Option("text", "what they are told", Kind.TEXT, is_required=True),
            ),
            has_form=True,
        ),
        Command("history", "the last versions", _history, options=_TARGET),
        Command(
            "back",
            "go back to a version",
            _back,
            options=(
                Option("version", "its number", Kind.WHOLE_NUMBER, is_required=True),
                *_TARGET,
            ),
        ),
        Command("remove", "do without one", _remove, options=_TARGET),
    ),
    default="show",
    audience=Audience.ADMINS,
    has_mentions=True,
)
