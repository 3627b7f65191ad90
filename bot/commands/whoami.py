"""The command `/whoami`: who the bot takes somebody for, and what therefore holds for them here."""

from collections.abc import Iterable, Iterator
from typing import Final

from bot.commands.budgets import budget_rows
from bot.commands.command import Command, Invocation
from bot.commands.persona import persona_for
from bot.commands.preset import preset_for
from bot.commands.rules import may_hold
from bot.commands.words import listed
from bot.mentions import mention, named
from bot.platforms.port import Message, Notice
from bot.wording import sentence
from config.settings import Settings
from routing.errors import RoutingError
from routing.orders import InForce, Of, is_operator, realm_of
from routing.query import Origin, Query
from routing.rule_matching import applying


async def _whoami(invocation: Invocation) -> Notice:
    services, message = invocation.services, invocation.message
    origin, settings = message.origin, services.settings
    in_force = await services.orders.load(realm_of(origin))
    standing = await services.ledger.standing(origin)
    used = standing.tightest.share if standing.tightest else 0.0
    wanted = (await services.history.load(message.conversation)).wanted
    others = sorted({standing.person, *await services.limits.links(origin.asker)} - {origin.asker})
    rows = (
        ("you are", _who(message)),
        ("here is", _where(origin)),
        ("roles", _roles(origin.roles, origin) or "none that I am told of"),
        ("admin", _admin(message, settings)),
        (
            "one person with",
            f"{_people(others, origin)}: one budget covers all" if others else "nobody else",
        ),
        ("may ask here", _may_ask(origin, in_force)),
        ("model", f"**{wanted}**, chosen by `/model`" if wanted else "whichever I choose"),
        ("preset", preset_for(in_force, origin) or f"**{settings.routing.preset}**, as configured"),
        ("persona", persona_for(in_force, origin)),
        *_rules(message, settings, in_force, used),
    )
    table = budget_rows(standing, message)
    told = [f"- {name}: {what}" for name, what in rows]
    return Notice("\n".join([*told, "", *(table or ["No limit holds for you here."])]))


def _who(message: Message) -> str:
    origin = message.origin
    asker = f"`{origin.asker}`"
    if shown := mention(Of.USER, origin.asker, origin):
        return f"{shown}, {asker}"
    return f"{asker}, called {_plain(message.author)}" if message.author else asker


def _roles(roles: Iterable[str], reader: Origin) -> str:
    return ", ".join(named(Of.ROLE, each, reader) for each in sorted(roles))


def _people(askers: Iterable[str], reader: Origin) -> str:
    return ", ".join(named(Of.USER, each, reader) for each in askers)


def _where(origin: Origin) -> str:
    if is_operator(origin):
        return "the operator's terminal"
    if origin.private:
        return f"private, `{origin.place}`"
    place = named(Of.CHANNEL, origin.place, origin)
    read_by = "everybody in it" if origin.is_public else "some people in it"
    thread = f", thread `{origin.thread}`" if origin.thread else ""
    return f"channel {place}{thread} of `{origin.platform}:{origin.tenant}`, open to {read_by}"


def _admin(message: Message, settings: Settings) -> str:
    """Say whether somebody may run the bot here, and by what."""
    origin = message.origin
    by_role = _admin_roles(settings, origin.platform) & origin.roles
    if is_operator(origin):
        return "yes, the operator: whoever is in this terminal"
    if message.is_admin and by_role:
        return f"yes, by {_roles(by_role, origin)}"
    if message.is_admin:
        return f"yes, {origin.platform.title()} lets you manage this place"
    if origin.private:
        return "no, nobody is where only you are"
    return "no: you neither manage this place nor have a role that makes admins"


def _admin_roles(settings: Settings, platform: str) -> frozenset[str]:
    named = {"discord": settings.discord.admin_roles, "slack": settings.slack.admin_groups}
    return named.get(platform, frozenset())


def _may_ask(origin: Origin, in_force: InForce) -> str:
    try:
        in_force.admit(origin)
    except RoutingError as error:
        return f"no. {sentence(error)}"
    return "yes"


def _rules(
    message: Message, settings: Settings, in_force: InForce, used: float
) -> Iterator[tuple[str, str]]:
    """Yield which rules hold for all that is asked from there, and which for some of it."""
    origin = message.origin
    query = Query("", origin, asked_at=message.at, ordered=in_force.for_question(origin))
    may = [rule for rule in settings.rules if may_hold(rule, origin)]
    lasting = [rule for rule in may if rule.when.is_about_origin]
    always = [rule.name for rule in applying(lasting, query, used)]
    depending = [rule.name for rule in may if rule not in lasting]
    yield "rules for you here", listed(always) or "none"
    if depending:
        yield "rules that depend on what is asked or when", listed(depending)


def _plain(name: str) -> str:
    """Return a name that somebody gave themselves so that it stays one: no mark-up, no line."""
    return " ".join("".join(each for each in name if each not in "*_`~|<>@#[]\\").split())


WHOAMI: Final = Command(
    "whoami",
    "who I take you for, and what therefore holds for you here",
    _whoami,
    is_confidential=True,
    has_mentions=True,
)
