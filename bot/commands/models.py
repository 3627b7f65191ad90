"""The command `/models`: what there is, and what admins switched off."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Final

from bot.commands.command import Audience, Command, Invocation, Typing
from bot.commands.options import Kind, Option, Suggestion
from bot.commands.words import NotUnderstood, nearest_model, shown
from bot.platforms.port import Message, Notice
from config.catalog import ModelCard
from config.settings import Settings
from routing.choosing import choose
from routing.errors import NoModelFits
from routing.objections import Objection, Reason
from routing.orders import OFF, InForce, Of, Order, Subject, Target, is_operator, realm_of
from routing.query import Origin, Query
from routing.wishes import meant


async def _list(invocation: Invocation) -> Notice:
    services, message = invocation.services, invocation.message
    in_force = await services.orders.load(realm_of(message.origin))
    why_not = _objections(services.settings, message, in_force)
    models, asked_for_all = services.settings.models, "which" in invocation.values
    folded = [] if asked_for_all else [card for card in models if _is_not_set_up(card, why_not)]
    rows = [_row(card, why_not.get(card.name)) for card in models if card not in folded]
    # One line each: no chat shows tables this wide.
    head = ["In US dollars per million tokens:", ""] if rows else []
    return Notice("\n".join([*head, *rows, *_folded(folded)]))


def _is_not_set_up(card: ModelCard, why_not: Mapping[str, Objection]) -> bool:
    objection = why_not.get(card.name)
    return objection is not None and objection.reason is Reason.NOT_CONFIGURED


def _folded(cards: Sequence[ModelCard]) -> Iterator[str]:
    """Yield lines of models that are not set up, by what they need: a catalogue has many."""
    by_need: defaultdict[str, list[str]] = defaultdict(list)
    for card in cards:
        by_need[", ".join(card.missing)].append(card.name)
    if by_need:
        yield from ("", "Not set up, `/models list all` tells more:", "")
    for need, names in by_need.items():
        yield f"- {', '.join(names)}: needs `{need}`"


async def _disable(invocation: Invocation) -> Notice:
    message, services = invocation.message, invocation.services
    cards, origin = _named(invocation), message.origin
    realm = realm_of(origin)
    names = frozenset(card.name for card in cards)
    off = (await services.orders.load(realm)).switched_off
    could_answer = _able(services.settings, off)
    if could_answer and not _able(services.settings, off | names):
        return _none_left(cards, origin)
    for card in cards:
        order = Order(Subject.MODEL, Target(Of.MODEL, card.name), OFF)
        change_id = f"{message.reply_id} {card.name}"
        await services.orders.give(realm, order, origin.asker, change_id)
    now_off = (await services.orders.load(realm)).switched_off
    if could_answer and not _able(services.settings, now_off):
        # Another admin switched off all others meanwhile.
        await _switch_on(invocation, names - off)
        return _none_left(cards, origin)
    return Notice(f"Switched off{_here(origin)}: {_listed(cards)}.")


def _none_left(cards: Sequence[ModelCard], origin: Origin) -> Notice:
    return Notice(
        f"Without {_listed(cards)} no model could answer{_here(origin)}. Nothing is changed; "
        "to stop all answers, say `/pause`.",
        is_failure=True,
    )


async def _enable(invocation: Invocation) -> Notice:
    message, services = invocation.message, invocation.services
    cards, origin = _named(invocation), message.origin
    await _switch_on(invocation, [card.name for card in cards])
    in_force = await services.orders.load(realm_of(origin))
    why_not = _objections(services.settings, message, in_force)
    told = [f"{card.name} is {why_not.get(card.name) or 'ready'}" for card in cards]
    return Notice(f"No longer switched off{_here(origin)}: {'; '.join(told)}.")


async def _switch_on(invocation: Invocation, names: Iterable[str]) -> None:
    message, orders = invocation.message, invocation.services.orders
    realm, by = realm_of(message.origin), message.origin.asker
    for name in names:
        target, change_id = Target(Of.MODEL, name), f"{message.reply_id} {name} on"
        await orders.take_back(realm, Subject.MODEL, target, by, change_id)


def _named(invocation: Invocation) -> tuple[ModelCard, ...]:
    """Return the models that are meant: one, all hosts of one, or a family.

    Raises:
        NotUnderstood: There are none of that name.
    """
    catalog, wanted = invocation.services.settings.models, invocation.values["name"].lower()
    if names := meant(wanted, catalog):
        return tuple(card for card in catalog if card.name in names)
    told = f"I know no model `{shown(wanted)}`.{nearest_model(wanted, catalog)}"
    raise NotUnderstood(f"{told} `/models list` has them all. Nothing is changed.")


def _objections(settings: Settings, message: Message, in_force: InForce) -> Mapping[str, Objection]:
    """Return why models may not answer there, whatever is asked; those that may are left out.

    A rule about what is asked or when speaks up with the question it is for.
    """
    origin = message.origin
    lasting = tuple(rule for rule in settings.rules if rule.when.is_about_origin)
    query = Query("", origin, asked_at=message.at, ordered=in_force.for_question(origin))
    try:
        decision = choose(query, settings.model_copy(update={"rules": lasting}))
    except NoModelFits as error:
        return error.passed_over
    return decision.passed_over


def _able(settings: Settings, off: frozenset[str]) -> bool:
    """Tell whether any model could answer."""
    return any(
        card.enabled and not card.missing and card.name not in off for card in settings.models
    )


def _row(card: ModelCard, why_not: Objection | None) -> str:
    price = f"{_usd(card.input_price)} in, {_usd(card.output_price)} out"
    where = "own machine" if card.hosting == "self" else card.jurisdiction
    return f"- **{card.name}**: {why_not or 'ready'} · {price} · {where} · {card.licence}"


def _usd(price: Decimal) -> str:
    return f"{price.normalize():f}"


def _listed(cards: Sequence[ModelCard]) -> str:
    return ", ".join(f"**{card.name}**" for card in cards)


def _here(origin: Origin) -> str:
    return " everywhere" if is_operator(origin) else " here"


async def _names_like(typing: Typing) -> list[Suggestion]:
    cards = typing.services.settings.models
    return [Suggestion(card.name, card.name) for card in cards if card.enabled]


_NAME: Final = Option(
    "name", "a model, or all hosts of one", Kind.MODEL, is_required=True, has_suggestions=True
)

MODELS: Final = Command(
    "models",
    "which models there are; admins switch them off",
    subcommands=(
        Command(
            "list",
            "price, host, licence and state of each",
            _list,
            options=(Option("which", "all: also of those that are not set up", choices=("all",)),),
        ),
        Command(
            "enable",
            "let a model answer again that was switched off",
            _enable,
            options=(_NAME,),
            audience=Audience.ADMINS,
            suggest=_names_like,
        ),
        Command(
            "disable",
            "let a model answer no longer",
            _disable,
            options=(_NAME,),
            audience=Audience.ADMINS,
            suggest=_names_like,
        ),
    ),
    default="list",
)
