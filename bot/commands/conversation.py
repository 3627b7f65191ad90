"""Commands about conversations: `/model`, `/new`, `/fresh` and `/forget`."""

from dataclasses import replace
from typing import Final

from bot.commands.command import AskAnew, Command, Invocation, Typing
from bot.commands.finding import NO_WISH
from bot.commands.options import Kind, Option, Suggestion
from bot.commands.verdicts import meant_exchange, no_exchange
from bot.commands.words import nearest, nearest_model
from bot.lasting import transcript_of
from bot.platforms.port import Message, Notice
from bot.wording import not_allowed
from config.catalog import Catalog, ModelCard
from config.settings import Settings
from routing.choosing import choose
from routing.errors import NoModelFits
from routing.orders import realm_of
from routing.query import Query
from routing.votes import Verdict
from routing.wishes import PRESETS, meant


async def _model(invocation: Invocation) -> Notice:
    services, conversation = invocation.services, invocation.message.conversation
    catalog = services.settings.models
    wanted = invocation.values.get("model", "").lower()
    if not wanted:
        transcript = await transcript_of(services.history, invocation.message)
        return Notice(_overview(catalog, transcript.wanted, await _switched_off(invocation)))
    if wanted == NO_WISH:
        await services.history.choose(conversation, "")
        if (lasting := invocation.message.lasting) is not None:
            await services.history.choose(lasting, "")
        return Notice("From now on I choose the model for each question.")
    if wanted in PRESETS:
        await services.history.choose(conversation, wanted)
        return Notice(f"From now on I choose by the preset **{wanted}**.")
    names = meant(wanted, catalog)
    cards = [card for card in catalog if card.name in names]
    problem = _problem(wanted, cards, catalog)
    problem = problem or _forbidden(wanted, services.settings, invocation.message)
    off = await _switched_off(invocation)
    if not problem and names <= off:
        problem = f"An admin switched **{wanted}** off here. `/models` tells what there is."
    if problem:
        return Notice(problem, is_failure=True)
    await services.history.choose(conversation, wanted)
    ready = [card.name for card in cards if _is_ready(card, off)]
    several = f", whichever of {', '.join(ready)} is best for the price" if ready[1:] else ""
    return Notice(f"From now on **{wanted}** answers here{several}. `/model auto` takes that back.")


async def _switched_off(invocation: Invocation) -> frozenset[str]:
    realm = realm_of(invocation.message.origin)
    return (await invocation.services.orders.load(realm)).switched_off


def _is_ready(card: ModelCard, off: frozenset[str]) -> bool:
    return card.enabled and not card.missing and card.name not in off


def _problem(wanted: str, cards: list[ModelCard], catalog: Catalog) -> str:
    """Say why a model cannot be chosen; empty when it can."""
    if not cards:
        guess = nearest_model(wanted, catalog) or nearest(wanted, [NO_WISH])
        return f"I know no such model.{guess} `/model` lists them."
    if not any(card.enabled for card in cards):
        return f"**{wanted}** is switched off."
    missing = sorted({name for card in cards for name in card.missing})
    if all(card.missing for card in cards):
        return f"**{wanted}** is not set up here: it needs {', '.join(f'`{m}`' for m in missing)}."
    return ""


def _forbidden(wanted: str, settings: Settings, message: Message) -> str:
    """Say which rule forbids a model here to this person; empty when none does, whatever is asked.

    A rule about what is asked or when speaks up with the question it is for.
    """
    lasting = tuple(rule for rule in settings.rules if rule.when.is_about_origin)
    query = Query("", message.origin, wanted=wanted, asked_at=message.at)
    try:
        choose(query, settings.model_copy(update={"rules": lasting}))
    except NoModelFits as error:
        return not_allowed(wanted, error.because) if error.because else ""
    return ""


def _overview(catalog: Catalog, wanted: str, off: frozenset[str]) -> str:
    now = f"**{wanted}** answers here." if wanted else "I choose the model for each question."
    ready = [card.name for card in catalog if _is_ready(card, off)]
    waiting = [card.name for card in catalog if card.enabled and card.missing]
    lines = [
        now,
        "",
        f"- ready: {', '.join(ready) or 'none'}",
        f"- not set up: {', '.join(waiting) or 'none'}",
        f"- or a preset: {', '.join(PRESETS)}; `{NO_WISH}` leaves it to me",
    ]
    return "\n".join(lines)


async def _new(invocation: Invocation) -> Notice:
    await invocation.services.history.forget(invocation.message.conversation)
    return Notice("Forgotten. What comes next is a new conversation.")


async def _fresh(invocation: Invocation) -> Notice | AskAnew:
    if question := invocation.values.get("question"):
        return AskAnew(question)
    if (meant := await meant_exchange(invocation)) is None:
        nothing_yet = "There is no question to ask anew: write it behind `/fresh`."
        return no_exchange(invocation, nothing_yet)
    await invocation.services.learning.vote(invocation.message.origin, meant, Verdict.REGENERATED)
    return AskAnew(meant.question, earlier=meant)


async def _forget(invocation: Invocation) -> Notice:
    services, message = invocation.services, invocation.message
    origin = message.origin
    found = await services.history.forget_person(origin.platform, origin.person, message.at)
    there = {(each.tenant, each.place) for each in found.conversations}
    for tenant, place in there | {(origin.tenant, origin.place)}:
        alone = replace(origin, tenant=tenant, place=place, private=True)
        await services.router.caching.purge(alone)  # what the cache gives to nobody else
    for tenant in {tenant for tenant, _ in there} | {origin.tenant}:
        await services.learning.forget(replace(origin, tenant=tenant))
    await services.comparisons.forget(origin.platform, origin.person)
    questions = "1 question" if found.questions == 1 else f"{found.questions:,} questions"
    return Notice(
        f"Forgotten: {questions} of yours, wherever you asked, with what came of them, what was "
        "kept to answer you alone again, and your votes there. What you used still counts, and "
        "stays in the accounts without a word of it."
    )


async def _models_like(typing: Typing) -> list[Suggestion]:
    catalog = typing.services.settings.models
    ready = [card for card in catalog if card.enabled and not card.missing]
    presets = [Suggestion(name, f"{name}: a preset") for name in PRESETS]
    aliases = sorted({card.alias for card in ready} - {card.name for card in ready} - {""})
    return [
        Suggestion(NO_WISH, f"{NO_WISH}: I choose for each question"),
        *presets,
        *(Suggestion(name, f"{name}: whichever of its hosts is best") for name in aliases),
        *(Suggestion(card.name, card.name) for card in ready),
    ]


FORGET: Final = Command("forget", "forget what you asked, everywhere", _forget, is_everyday=True)
FRESH: Final = Command(
    "fresh",
    "ask anew, not from the cache",
    _fresh,
    options=(Option("question", "what you want to know; none: the last one again", Kind.TEXT),),
    asks_a_model=True,
    is_everyday=True,
)
MODEL: Final = Command(
    "model",
    "who answers here",
    _model,
    options=(Option("model", "a name, a preset or auto", Kind.MODEL, has_suggestions=True),),
    suggest=_models_like,
)
NEW: Final = Command("new", "begin a new conversation, forgetting this one", _new, is_everyday=True)
