"""What `pointsman forget` says: what there is of somebody, what stays and what it cannot reach."""

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from routing.forgetting import Somebody, Trace, Traces

WORDS: Final[Mapping[Trace, str]] = MappingProxyType({
    Trace.QUESTIONS: "questions, with their answers and why each was given so",
    Trace.CHOICES: "conversations for which they chose a model",
    Trace.PLACES: "conversations in which it was known that they asked",
    Trace.POSTS: "posts of which it was known what they belong to",
    Trace.CACHED: "answers kept to be given to them alone again",
    Trace.VOTES: "votes on answers",
    Trace.COMPARISONS: "comparisons, questions for one, and votes on them",
    Trace.LIMITS: "limits set or granted for them",
    Trace.LINKS: "links with other accounts, and codes for one",
    Trace.ORDERS: "orders that name them: access, digests",
    Trace.CHANGES: "changes by or about them, kept as somebody's",
    Trace.INSTALLATIONS: "installations of the app, kept as nobody's",
    Trace.USAGE: "days on which they used something, kept in the sums of all",
    Trace.RECORDS: "records of the exact ledger, kept without who and whom",
    Trace.BUDGETS: "counters of budgets",
    Trace.FILES: "files in the state folder of this machine",
    Trace.RUNNING: "questions being answered, or waiting",
})  # fmt: skip
"""What each trace is, behind how many there are."""

NOTHING: Final = "There is nothing to forget of {asker}."

SURE: Final = "Forget all this for good? [y/N] "
UNCHANGED: Final = "Nothing is changed."
DONE: Final = "Forgotten."
ELSEWHERE: Final = (
    "Somebody is being forgotten by another process, or by one that was interrupted: do it again "
    "in a minute."
)
UNANSWERABLE: Final = "Nobody can be asked here: --yes does it, --dry-run only tells what there is."
NOT_SEALED_OPEN: Final = (
    "Who installed the app on Slack is sealed: only with slack.install.sealing_key can it be "
    "forgotten, too."
)

OUT_OF_REACH: Final = (
    "Out of reach: what was posted on Discord or Slack, what models' hosts were sent, logs and "
    "backups, and Redis' own append-only file until it is rewritten (BGREWRITEAOF). What others "
    "quoted of them belongs to those; a channel's id stays with its sums, a direct message's too. "
    "Other machines' state folders: run the same there."
)


def rows(traces: Traces) -> list[tuple[str, str]]:
    """Return a row for each trace that there is, in the order of `Trace`."""
    return [(f"{traces.counts[each]:,}", WORDS[each]) for each in Trace if each in traces.counts]


def remarks(whom: Somebody, traces: Traces, *, with_budgets: bool) -> Iterator[str]:
    """Yield what is to be known before it is done."""
    if traces.counts.get(Trace.BUDGETS):
        yield (
            "Whole budgets begin for them at once."
            if with_budgets
            else "The counters of budgets stay, under their id, until their time is over, so that "
            "nobody begins with a whole budget again; --with-budgets takes them, too."
        )
    if traces.counts.get(Trace.ORDERS):
        yield "If they were denied access, they are in again: /access deny user names them anew."
    if traces.counts.get(Trace.RUNNING):
        yield f"What {whom.asker} is being answered is ended; what waits is not answered."


def linked_with(asker: str, others: Sequence[str]) -> str:
    """Say who else is this person, and what becomes of them."""
    names = ", ".join(others)
    return (
        f"{asker} is one person with {names}: --linked forgets them, too; without it they are "
        "counted alone from then on."
    )


def still_named(asker: str) -> str:
    """Say that the configuration, which is the operator's, names somebody."""
    return f"The configuration names {asker} in its rules or quotas: that is yours to change."


def not_ended(asker: str) -> str:
    """Say that something may have been written since."""
    return (
        f"Something was still being answered to {asker}: what it leaves is forgotten if you do "
        "this once more in a minute."
    )
