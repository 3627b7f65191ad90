"""What admins order while the bot runs, besides budgets; what holds for whom. Pure, and the port.

An order can only narrow what the configuration allows, or say what it leaves open: no order brings
a model back, and the operator's rules outweigh every one. The operator's own orders hold
everywhere, beside those of each server or workspace.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final, Protocol

from config.catalog import Preset
from routing.errors import NotAdmitted, Paused
from routing.query import Ordered, Origin
from routing.wishes import PRESETS

MOST_ORDERS: Final = 300
"""Of one realm."""

PERSONA_CHARS: Final = 4000
PERSONAS_KEPT: Final = 10
"""Versions of one persona, the one in force included."""


@dataclass(frozen=True, slots=True)
class Realm:
    """Where orders hold: one server or workspace; with both empty, everywhere."""

    platform: str
    tenant: str


EVERYWHERE: Final = Realm("", "")


def realm_of(origin: Origin) -> Realm:
    """Return the realm that an admin there runs; in the terminal that is the operator's."""
    return EVERYWHERE if is_operator(origin) else Realm(origin.platform, origin.tenant)


def is_operator(origin: Origin) -> bool:
    """Tell whether it comes from the operator's own shell."""
    return origin.platform == "terminal"


class Subject(StrEnum):
    """What an order is about."""

    PAUSE = "pause"
    MODEL = "model"
    PRESET = "preset"
    ACCESS = "access"
    PERSONA = "persona"
    DIGEST = "digest"


class Of(StrEnum):
    """What an order may be for."""

    SERVER = "server"
    CHANNEL = "channel"
    ROLE = "role"
    USER = "user"
    MODEL = "model"


@dataclass(frozen=True, slots=True)
class Target:
    """Whom or what an order is for.

    Attributes:
        of: The kind.
        who: The id, a model's name, or for a user platform and id: `discord:1`; empty: all.
    """

    of: Of = Of.SERVER
    who: str = ""

    def is_for(self, origin: Origin) -> bool:
        """Tell whether it is for a question from there."""
        match self.of:
            case Of.CHANNEL:
                return self.who == origin.place
            case Of.ROLE:
                return self.who in origin.roles
            case Of.USER:
                return self.who == origin.asker
            case _:
                return True

    def __str__(self) -> str:
        return f"{self.of} {self.who}".strip()


ALL: Final = Target()
"""All of a realm."""

OFF: Final = "off"
ALLOW: Final = "allow"
DENY: Final = "deny"


@dataclass(frozen=True, slots=True)
class Order:
    """One thing an admin ordered.

    Attributes:
        subject: What it is about.
        target: Whom or what it is for.
        value: The reason of a pause; `off`; a preset; `allow` or `deny`; a persona's text; a
            digest, as `routing.digests` writes it.
    """

    subject: Subject
    target: Target
    value: str = ""


@dataclass(frozen=True, slots=True)
class Persona:
    """What a model is told about its part, in one version.

    Attributes:
        version: Counts the changes of a place's persona from 1.
        text: What it is told.
        by: Who wrote it; empty where that is not asked for.
        at: When, aware and in UTC; None where that is not asked for.
    """

    version: int
    text: str
    by: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Orders:
    """The orders of one realm.

    Attributes:
        version: Another after every change; empty while there never was an order.
        orders: By subject and target; of a persona, with its version before the text.
    """

    version: str = ""
    orders: Mapping[tuple[Subject, Target], str] = field(default_factory=dict)

    def value(self, subject: Subject, target: Target = ALL) -> str | None:
        """Return what is ordered for exactly that; None for nothing."""
        return self.orders.get((subject, target))

    def of(self, subject: Subject) -> Iterator[tuple[Target, str]]:
        """Yield all orders about something."""
        return ((target, value) for (each, target), value in self.orders.items() if each is subject)

    def persona(self, target: Target) -> Persona | None:
        """Return the persona of exactly that; None for none."""
        value = self.value(Subject.PERSONA, target)
        return None if value is None else persona_in(value)

    @property
    def switched_off(self) -> frozenset[str]:
        """Return the names of models that may not answer."""
        return frozenset(target.who for target, _ in self.of(Subject.MODEL))

    def preset_for(self, origin: Origin) -> tuple[Preset, Target] | None:
        """Return the preset of the channel, else of a role, else of the server.

        Of several roles of somebody the most generous one counts.
        """
        found = [
            (target, PRESETS[value])
            for target, value in self.of(Subject.PRESET)
            if value in PRESETS and target.is_for(origin)
        ]
        if not found:
            return None
        target, preset = max(found, key=lambda each: (_NEARNESS[each[0].of], _GIVES[each[1]]))
        return preset, target

    def persona_for(self, origin: Origin) -> tuple[Persona, Target] | None:
        """Return the persona of the channel, else of the server."""
        for target in (Target(Of.CHANNEL, origin.place), ALL):
            if persona := self.persona(target):
                return persona, target
        return None

    def admit(self, origin: Origin) -> None:
        """Return if somebody may ask there.

        Who or what is denied is out, allowed or not. Once a person or role is allowed, only those
        allowed are in; so it is with channels.

        Raises:
            NotAdmitted: They may not.
        """
        access = list(self.of(Subject.ACCESS))
        for target, value in access:
            if value == DENY and target.is_for(origin):
                raise _not_admitted(f"{target} is denied", target)
        for kinds in ({Of.USER, Of.ROLE}, {Of.CHANNEL}):
            allowed = [each for each, value in access if value == ALLOW and each.of in kinds]
            if allowed and not any(each.is_for(origin) for each in allowed):
                raise _not_admitted("others are allowed", allowed[0])


_NEARNESS: Final[Mapping[Of, int]] = {Of.CHANNEL: 2, Of.ROLE: 1, Of.SERVER: 0}
_GIVES: Final[Mapping[Preset, int]] = {name: place for place, name in enumerate(PRESETS.values())}


def persona_in(value: str) -> Persona | None:
    """Read a persona as its order has it; None when it is none."""
    version, _, text = value.partition("\n")
    return Persona(int(version), text) if version.isdecimal() and text else None


def _not_admitted(why: str, target: Target) -> NotAdmitted:
    return NotAdmitted(why, is_about_place=target.of is Of.CHANNEL)


@dataclass(frozen=True, slots=True)
class InForce:
    """All orders that may be for a question.

    Attributes:
        here: Of the server or workspace it comes from.
        everywhere: Of the operator.
    """

    here: Orders = Orders()
    everywhere: Orders = Orders()

    @property
    def switched_off(self) -> frozenset[str]:
        """Return the names of models that may not answer."""
        return self.everywhere.switched_off | self.here.switched_off

    def pause(self) -> Paused | None:
        """Return the stop that is ordered, as an error to be raised; None when answers go on."""
        for orders in (self.everywhere, self.here):
            reason = orders.value(Subject.PAUSE)
            if reason is not None:
                return Paused(reason, is_everywhere=orders is self.everywhere)
        return None

    def admit(self, origin: Origin) -> None:
        """Return if somebody may ask there, and answers are not paused.

        Raises:
            NotAdmitted: They may not.
            Paused: Nobody is answered.
        """
        for orders in (self.everywhere, self.here):
            orders.admit(origin)
        if paused := self.pause():
            raise paused

    def for_question(self, origin: Origin) -> Ordered:
        """Return what shapes the answer to a question from there; the nearer order counts."""
        preset = self.here.preset_for(origin) or self.everywhere.preset_for(origin)
        persona = self.here.persona_for(origin) or self.everywhere.persona_for(origin)
        notes = []
        if preset:
            notes.append(f"preset {preset[0]} for {_whom(preset[1])}")
        if persona:
            notes.append(f"persona of {_whom(persona[1])}, version {persona[0].version}")
        return Ordered(
            switched_off=self.switched_off,
            preset=preset[0] if preset else None,
            persona=persona[0].text if persona else "",
            notes=tuple(notes),
        )


NOTHING_ORDERED: Final = InForce()


def _whom(target: Target) -> str:
    return "all" if target == ALL else f"this {target.of}"


class StandingOrders(Protocol):
    """Keeps orders. Every method raises StoreUnavailable when the store does not answer.

    Each change is one step, written down for the audit, and holds from the next question on. One
    with the same `change_id`, within a day, is made once.
    """

    async def load(self, realm: Realm, known: InForce | None = None) -> InForce:
        """Return the orders of a realm and the operator's.

        Args:
            realm: Which.
            known: What the caller has; of that, only what changed since is fetched.
        """
        ...

    async def give(self, realm: Realm, order: Order, by: str, change_id: str = "") -> str | None:
        """Give an order, in place of one about the same for the same; return that one's value.

        Raises:
            OrdersFull: The realm has as many as it may have.
        """
        ...

    async def take_back(
        self, realm: Realm, subject: Subject, target: Target, by: str, change_id: str = ""
    ) -> str | None:
        """Take an order back; return its value, None if there was none."""
        ...

    async def personas(self, realm: Realm, target: Target) -> tuple[Persona, ...]:
        """Return the last versions of a persona, newest first."""
        ...

    async def digests(self) -> Mapping[Realm, str]:
        """Return the digests that are ordered, of all realms."""
        ...
