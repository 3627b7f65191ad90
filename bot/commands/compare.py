"""The command `/compare`: two models side by side on one question, blind, and a vote."""

import re
from typing import Final

from bot.commands.command import AskTwo, Command, Invocation
from bot.commands.options import Kind, Option
from bot.commands.words import NotUnderstood, nearest_model, shown, unquoted
from bot.comparing import query_of
from bot.comparison_wording import price_markdown, reveal_markdown, vote_markdown
from bot.platforms.port import Notice
from config.catalog import Catalog
from routing.comparisons import VERDICTS, Choice, Compared, Proposal, place_of
from routing.orders import realm_of
from routing.side_by_side import pair_for
from routing.wishes import meant

_NAMED: Final = re.compile(
    r"(?P<question>.*\S)\s+models:\s*(?P<one>[\w.-]+)(?:\s*,\s*|\s+and\s+|\s+)(?P<other>[\w.-]+)",
    re.IGNORECASE | re.DOTALL,
)
_ID_CHARS: Final = 12

_NO_QUESTION: Final = "What shall both answer? Write the question behind `/compare`."
_ONE_ONLY: Final = Notice(
    "There are no two models to compare: only one may and can answer that here now. Two hosts of "
    "one model are the same model.",
    is_failure=True,
)
_NO_PROPOSAL: Final = Notice(
    "I know of no such question of yours here: each can be asked for an hour. Give `/compare` with "
    "the question again. Nothing was asked.",
    is_failure=True,
)
_NOTHING_COMPARED: Final = Notice(
    "There is nothing to vote on: `/compare` with a question asks two models.", is_failure=True
)
_ALONE: Final = (
    "Who wrote which I say only where nobody else reads it, so that others can vote as well: press "
    "the same button under the answers."
)


async def _ask(invocation: Invocation) -> Notice:
    """Say what it would cost; a press or a word asks."""
    services, message = invocation.services, invocation.message
    question, named = _read(invocation.words, services.settings.models)
    in_force = await services.orders.load(realm_of(message.origin))
    in_force.admit(message.origin)
    query = query_of(services, message, question, in_force.for_question(message.origin))
    standing = await services.ledger.standing(message.origin)
    await services.learning.recall(message.origin)
    pair = pair_for(services.router, query, standing, named)
    if pair is None:
        return _ONE_ONLY
    proposal = Proposal(
        proposal_id=message.reply_id[:_ID_CHARS],
        place=place_of(message.origin),
        question=question,
        models=pair.models,
        most_microusd=pair.most_microusd,
    )
    await services.comparisons.propose(message.origin.platform, message.origin.person, proposal)
    told = price_markdown(pair.most_microusd, has_more=bool(message.attachments or message.quotes))
    words = f"/compare start {proposal.proposal_id}"
    return Notice(f"{told} Nothing is asked yet: `{words}` does it.", confirm_by=words)


async def _start(invocation: Invocation) -> Notice | AskTwo:
    origin = invocation.message.origin
    proposal = await invocation.services.comparisons.proposed(
        origin.platform, origin.person, invocation.values["id"]
    )
    if proposal is None or proposal.place != place_of(origin):
        return _NO_PROPOSAL
    return AskTwo(proposal.question, proposal.models, proposal.most_microusd)


async def _vote(invocation: Invocation) -> Notice:
    comparisons, message = invocation.services.comparisons, invocation.message
    place, choice = place_of(message.origin), Choice(invocation.values["which"].lower())
    compared = await comparisons.find(place, message.about)
    if compared is None:
        return _NOTHING_COMPARED
    standing = await comparisons.vote(place, compared.reply_id, message.origin.asker, choice)
    # Said again, the same vote is cast again: what a crash left out is made up for.
    counts = choice is standing and await _cast(invocation, compared, choice)
    told = vote_markdown(choice, standing, counts=counts)
    after = reveal_markdown(compared) if message.is_answered_alone else _ALONE
    return Notice(f"{told}\n\n{after}")


async def _cast(invocation: Invocation, compared: Compared, choice: Choice) -> bool:
    """Cast a vote on each of both answers; tell whether it counts."""
    learning, origin = invocation.services.learning, invocation.message.origin
    counts = True
    for author, verdict in zip(compared.authors, VERDICTS[choice], strict=True):
        counts &= await learning.judge(
            origin, author.reply_id, author.model, verdict, compared.question
        )
    return counts


def _read(words: str, catalog: Catalog) -> tuple[str, tuple[str, str] | None]:
    """Part a question from the models named behind it.

    Raises:
        NotUnderstood: There is no question, or no such model.
    """
    found = _NAMED.fullmatch(words.strip())
    question = unquoted((found["question"] if found else words).strip())
    if not question:
        raise NotUnderstood(_NO_QUESTION)
    if found is None:
        return question, None
    one, other = found["one"].lower(), found["other"].lower()
    for name in (one, other):
        if not meant(name, catalog):
            guess = nearest_model(name, catalog)
            raise NotUnderstood(f"I know no model `{shown(name)}`.{guess} `/model` lists them.")
    return question, (one, other)


COMPARE: Final = Command(
    "compare",
    "two models side by side on one question, without their names, and a vote",
    subcommands=(
        Command(
            "ask",
            "what it would cost; then it can be asked",
            _ask,
            options=(
                Option("question", "what both answer", Kind.TEXT, is_required=True),
                Option("models", "two of them, where you want others", Kind.TEXT, after="models:"),
            ),
            is_free=True,
        ),
        Command(
            "start",
            "asks both what you know the price of",
            _start,
            options=(Option("id", "which question", is_required=True),),
            is_private=False,
            asks_a_model=True,
        ),
        Command(
            "vote",
            "which answer is better; then you see who wrote which",
            _vote,
            options=(
                Option(
                    "which",
                    "the better answer",
                    is_required=True,
                    choices=tuple(Choice),
                ),
            ),
        ),
    ),
    default="ask",
    is_open=True,
    is_everyday=True,
)
