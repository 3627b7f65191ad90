"""What people read of a comparison: before, while nobody knows who wrote which, and after. Pure."""

from collections.abc import Iterable
from typing import Final

from bot.budget_wording import warning
from bot.money import dollars
from bot.splitting import split
from bot.wording import duration, sentence
from routing.comparisons import Author, Choice, Compared
from routing.errors import RoutingError
from routing.holds import Level
from routing.reply import Outcome
from routing.side_by_side import Side

WAITING: Final = "two models are answering; both answers come at once …"

_HOW_TO_VOTE: Final = (
    "Which is better? Press a button, or say `/compare vote a`, `b`, `same` or `bad`. Everybody "
    "here has one vote, and then sees who wrote which."
)
_NOBODY: Final = "Nobody had said anything yet."
_NO_VOTE: Final = "There is nothing to vote on: only two whole answers can be compared."

_SAID: Final = {
    Choice.A: "A is better",
    Choice.B: "B is better",
    Choice.SAME: "both are as good",
    Choice.BAD: "both are bad",
}


def price_markdown(most_microusd: int, *, has_more: bool) -> str:
    """Say what a comparison costs at most, before it is asked.

    Args:
        most_microusd: Both answers together.
        has_more: Whether more came with the question than its words.
    """
    price = f"at most {dollars(most_microusd)}" if most_microusd else "nothing"
    told = (
        "Two models would answer that side by side, and you would not see which is which until you "
        f"vote. Together they cost you {price}, and count as two questions. It stands by itself: "
        "they are told nothing of what was said before."
    )
    return f"{told} Only your words are asked, without what came with them." if has_more else told


def answers_markdown(sides: Iterable[Side]) -> str:
    """Return both answers, without a word of who wrote them."""
    parts = [
        f"### Answer {letter}\n\n{_whole(side)}" for letter, side in zip("AB", sides, strict=True)
    ]
    return "\n\n".join([*parts, _HOW_TO_VOTE])


def unblinded_markdown(sides: Iterable[Side]) -> str:
    """Return what there is where there is nothing to vote on, with names and prices."""
    parts = []
    for side in sides:
        receipt = side.ended.receipt if side.ended else None
        if receipt and side.text:
            author = Author("", receipt.model, receipt.cost_microusd, receipt.is_reported, 0)
            parts.append(f"### {_name(receipt.model)}\n\n{_whole(side)}\n\n{_price(author)}.")
        elif isinstance(side.failure, RoutingError):
            parts.append(sentence(side.failure))
    return "\n\n".join([*(parts or [_NOBODY]), _NO_VOTE])


def reveal_markdown(compared: Compared) -> str:
    """Say who wrote which, at what price, how quickly."""
    return " ".join(
        f"{letter} was {_name(author.model)}: {_price(author)}, {duration(author.took_s)}."
        for letter, author in zip("AB", compared.authors, strict=True)
    )


def vote_markdown(choice: Choice, standing: Choice, *, counts: bool) -> str:
    """Say how somebody votes.

    Args:
        choice: What they said now.
        standing: What they said first.
        counts: Whether it has a part in choosing models.
    """
    if choice is not standing:
        return f"You have voted already: {_SAID[standing]}. That stays."
    if counts:
        return f"Noted: {_SAID[choice]}. It counts when I choose models here."
    return (
        f"Noted: {_SAID[choice]}. Votes are not counted here: the operator can switch that on by "
        "`house.enabled`."
    )


def with_levels(markdown: str, levels: Iterable[Level]) -> str:
    """Return what is said with the limits that it brought near their end, each once."""
    last = {level.limit: level for level in levels}
    told = " · ".join(map(warning, last.values()))
    return f"{markdown}\n\n{told}" if told else markdown


def _name(model: str) -> str:
    return f"**{model}**"


def _price(author: Author) -> str:
    about = "" if author.is_reported else "~"
    return f"{about}{dollars(author.cost_microusd)}" if author.cost_microusd else "free"


def _whole(side: Side) -> str:
    """Return an answer that leaves nothing open, and says so if it ended early."""
    pieces = split(side.text.strip(), max(10 * len(side.text), 1000))
    shown = "\n\n".join(piece.shown for piece in pieces)
    outcome = side.ended.receipt.outcome if side.ended else Outcome.CUT
    return shown if outcome is Outcome.COMPLETE else f"{shown}\n\n({outcome})"
