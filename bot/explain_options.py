"""What can be typed after `pointsman explain`: the question, and from whom and where it comes.

Nothing that costs time is imported: `--help` reads this too.
"""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import Final

_NEEDS: Final = ("vision", "tools", "reasoning", "json")
_KINDS: Final = ("image", "text", "document", "audio", "video", "other")


@dataclass(frozen=True, slots=True)
class AskedAs:
    """Circumstances as typed; None and empty are as in this terminal, now.

    Attributes:
        model: A model, an alias, a family or a preset that is asked for.
        needs: Capabilities.
        attachments: Kinds.
        platform: Of discord, slack, terminal.
        tenant: Its id.
        place: Its id.
        person: Their id.
        roles: Their ids.
        is_private: Whether nobody reads along.
        at: When it is asked, aware.
        budget_used: Of the tightest budget, 0 to 1.
        last_model: Who answered last.
    """

    model: str = ""
    needs: Sequence[str] = ()
    attachments: Sequence[str] = ()
    platform: str | None = None
    tenant: str | None = None
    place: str | None = None
    person: str | None = None
    roles: Sequence[str] = ()
    is_private: bool | None = None
    at: datetime | None = None
    budget_used: float = 0.0
    last_model: str = ""


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the question and its circumstances to the parser of `explain`."""
    parser.add_argument("text", nargs="+", metavar="TEXT", help="the question")
    parser.add_argument("--json", action="store_true", help="for programs: all there is")
    parser.add_argument("--model", default="", help="as if this model or preset were asked for")
    parser.add_argument(
        "--orders", action="store_true", help="heed what admins ordered; opens the store"
    )
    _add_several(parser, "--needs", "needs", f"of {', '.join(_NEEDS)}", _NEEDS)
    asked = parser.add_argument_group(
        "circumstances", "to try rules: as if it were asked there, then, by somebody else"
    )
    asked.add_argument("--platform", choices=("discord", "slack", "terminal"))
    asked.add_argument("--tenant", metavar="ID", help="a server or workspace")
    asked.add_argument("--place", metavar="ID", help="a channel")
    asked.add_argument("--person", metavar="ID", help="who asks, without the platform")
    _add_several(asked, "--role", "roles", "a role of theirs; may be given again", None)
    asked.add_argument(
        "--private", dest="is_private", action=argparse.BooleanOptionalAction, default=None,
        help="whether nobody reads along",
    )  # fmt: skip
    _add_several(asked, "--attachment", "attachments", f"of {', '.join(_KINDS)}", _KINDS)
    asked.add_argument("--at", type=_moment, metavar="TIME", help="2026-12-24T18:00+01:00, or UTC")
    asked.add_argument("--budget-used", type=_share, default=0.0, metavar="SHARE", help="0 to 1")
    asked.add_argument("--last-model", default="", metavar="NAME", help="who answered last")


def asked_as(options: argparse.Namespace) -> AskedAs:
    """Return the circumstances that were typed."""
    return AskedAs(**{each.name: getattr(options, each.name) for each in fields(AskedAs)})


def _add_several(
    parser: argparse._ActionsContainer,
    option: str,
    dest: str,
    told: str,
    choices: Sequence[str] | None,
) -> None:
    metavar = option.removeprefix("--").upper() if choices else "ID"
    parser.add_argument(
        option, dest=dest, action="append", default=[], choices=choices, metavar=metavar, help=told
    )


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def _share(text: str) -> float:
    share = float(text)
    if not 0 <= share <= 1:
        raise ValueError(text)
    return share
