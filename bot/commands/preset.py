"""The command `/preset`: how much quality is worth, by channel, role and server."""

from typing import Final

from bot.commands.command import Audience, Command, Invocation
from bot.commands.options import Option
from bot.commands.ordering import give, take_back
from bot.commands.targets import CHANNEL, ROLE, WHERE, for_whom, missing_in, place_in
from bot.platforms.port import Notice
from routing.orders import InForce, Order, Subject, realm_of
from routing.query import Origin
from routing.wishes import PRESETS

_TARGET: Final = (WHERE, CHANNEL, ROLE)


async def _show(invocation: Invocation) -> Notice:
    services, origin = invocation.services, invocation.message.origin
    in_force = await services.orders.load(realm_of(origin))
    orders = dict(in_force.here.of(Subject.PRESET))
    missing = await missing_in(invocation, orders)
    rows = [f"- {for_whom(each, origin, missing)}: **{orders[each]}**" for each in orders]
    configured = services.settings.routing.preset
    counts = preset_for(in_force, origin) or f"**{configured}**, as configured"
    return Notice("\n".join([f"Here, for you: {counts}.", *([""] if rows else []), *sorted(rows)]))


async def _set(invocation: Invocation) -> Notice:
    target, origin = place_in(invocation), invocation.message.origin
    order = Order(Subject.PRESET, target, invocation.values["preset"])
    old = await give(invocation, order)
    before = f" It was **{old}**." if old else ""
    missing = await missing_in(invocation, [target])
    return Notice(f"Set for {for_whom(target, origin, missing)}: **{order.value}**.{before}")


async def _remove(invocation: Invocation) -> Notice:
    target, origin = place_in(invocation), invocation.message.origin
    old = await take_back(invocation, Subject.PRESET, target)
    if old is None:
        told = f"There is no preset for {for_whom(target, origin)}. `/preset show` lists them."
        return Notice(told, is_failure=True)
    return Notice(f"Removed for {for_whom(target, origin)}: **{old}**.")


def preset_for(in_force: InForce, origin: Origin) -> str:
    """Say which preset counts for somebody there, and by whose order; empty for none."""
    for orders, whose in ((in_force.here, ""), (in_force.everywhere, ", by the operator")):
        if found := orders.preset_for(origin):
            preset, target = found
            return f"**{preset}**, set for {for_whom(target, origin)}{whose}"
    return ""


PRESET: Final = Command(
    "preset",
    "how much quality is worth here",
    subcommands=(
        Command("show", "which presets are set", _show),
        Command(
            "set",
            "set one; somebody's own /model outweighs it",
            _set,
            options=(
                Option("preset", "which", is_required=True, choices=tuple(PRESETS)),
                *_TARGET,
            ),
            has_form=True,
        ),
        Command("remove", "take one back", _remove, options=_TARGET),
    ),
    default="show",
    audience=Audience.ADMINS,
    has_mentions=True,
)
