"""The command `/rules`: what the operator's rules are, and what they make of a question."""

from typing import Final

from bot.commands.command import Audience, Command, Invocation
from bot.commands.options import Kind, Option
from bot.commands.words import unquoted
from bot.explaining import explanation_markdown
from bot.platforms.port import Message, Notice
from bot.rule_wording import rule_words
from bot.wording import sentence
from config.rules import Rule
from routing.demand import demand_of
from routing.errors import NoModelFits, RoutingError
from routing.explain import explain, explain_nobody
from routing.orders import InForce, is_operator, realm_of
from routing.query import Origin, Query
from routing.rule_matching import applying
from routing.wishes import addressed


async def _show(invocation: Invocation) -> Notice:
    origin, rules = invocation.message.origin, invocation.services.settings.rules
    told = None if is_operator(origin) else origin
    rows = [
        f"{number}. **{rule.name}** {rule_words(rule, told)}"
        for number, rule in enumerate(rules, 1)
        if may_hold(rule, origin)
    ]
    if not rows:
        return Notice("There are no rules: every model that is set up may answer.")
    return Notice("\n".join(["All that hold apply together, in this order:", "", *rows]))


async def _test(invocation: Invocation) -> Notice:
    """Decide a question without asking anybody; nothing is spent."""
    services, message = invocation.services, invocation.message
    in_force = await services.orders.load(realm_of(message.origin))
    query = _query(invocation, in_force)
    standing = await services.ledger.standing(message.origin)
    await services.learning.recall(message.origin)
    used = standing.tightest.share if standing.tightest else 0.0
    fired = [rule.name for rule in applying(services.settings.rules, query, used)]
    told = [f"Rules for this question: {_numbered(services.settings.rules, fired)}.", ""]
    try:
        told.append(explanation_markdown(explain(services.router.decide(query, standing))))
    except NoModelFits as error:
        demand = demand_of(query, services.settings.routing.max_output_tokens)
        told += [explanation_markdown(explain_nobody(demand, error)), "", sentence(error)]
    if refusal := _refusal(message, in_force):
        told += ["", f"It would be refused all the same: {refusal}"]
    return Notice("\n".join(told))


def _query(invocation: Invocation, in_force: InForce) -> Query:
    """Return a question as it would be asked by this person here, in a new conversation."""
    settings, message = invocation.services.settings, invocation.message
    wish = addressed(unquoted(invocation.values["question"]), settings.models)
    return Query(
        text=wish.question,
        origin=message.origin,
        system_prompt=settings.system_prompt,
        wanted=wish.wanted,
        asked_at=message.at,
        ordered=in_force.for_question(message.origin),
    )


def _numbered(rules: tuple[Rule, ...], fired: list[str]) -> str:
    named = [f"{at}. {rule.name}" for at, rule in enumerate(rules, 1) if rule.name in fired]
    return ", ".join(named) or "none"


def _refusal(message: Message, in_force: InForce) -> str:
    try:
        in_force.admit(message.origin)
    except RoutingError as error:
        return sentence(error)
    return ""


def may_hold(rule: Rule, origin: Origin) -> bool:
    """Tell whether somebody may see a rule: the operator all, an admin what may be for them."""
    platforms, tenants = rule.when.platforms, rule.when.tenants
    return is_operator(origin) or (
        (not platforms or origin.platform in platforms)
        and (not tenants or origin.tenant in tenants)
    )


RULES: Final = Command(
    "rules",
    "the operator's rules, and what they make of a question",
    subcommands=(
        Command("show", "the rules in their order", _show),
        Command(
            "test",
            "who would answer a question here, and why nobody else; nothing is asked",
            _test,
            options=(Option("question", "as it would be asked", Kind.TEXT, is_required=True),),
        ),
    ),
    default="show",
    audience=Audience.ADMINS,
)
