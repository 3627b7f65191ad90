"""Buttons under an answer: what each does, and who may press it. Pure."""

from typing import Final, Literal

SHOWN_COMMANDS: Final = {
    "why": "/why",
    "good": "/good",
    "bad": "/bad",
    "votea": "/compare vote a",
    "voteb": "/compare vote b",
    "votesame": "/compare vote same",
    "votebad": "/compare vote bad",
}
"""Verbs that are answered to whoever pressed, and to nobody else."""

ASKED_ANEW: Final = {"regenerate": "/fresh", "better": "/better"}
"""Verbs that ask the question once more, for all to see."""

STOP: Final = "stop"

ABOUT_ABOVE: Final = "Answer what the quoted message asks; if it asks nothing, explain it."
"""What is asked where somebody only points at a message."""


def asked_by_in(reply_id: str) -> tuple[str, str]:
    """Part the name of an answer from the person it was given to, where a button has both.

    An answer of several posts has its buttons under the last one, which is a reply to nothing.
    """
    name, _, person = reply_id.partition("-")
    return name, person


def may_press(
    verb: str,
    *,
    is_asker: bool,
    is_admin: bool,
    is_direct: bool,
    buttons_for: Literal["asker", "everyone"],
) -> bool:
    """Tell whether somebody may press a button they can see.

    What costs money, or ends what somebody else waits for, is the asker's unless the operator
    says otherwise.
    """
    if verb in SHOWN_COMMANDS or is_direct or buttons_for == "everyone":
        return True
    return is_admin or is_asker
