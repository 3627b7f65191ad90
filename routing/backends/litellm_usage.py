"""What a host says an answer used, believed only as far as it is possible. Pure."""

from math import isfinite
from typing import Final

from config.catalog import MICROUSD
from routing.backends.litellm_import import Untyped
from routing.ports import Call
from routing.pricing import Usage

# A character is at most four tokens, a token seldom 64 characters; chat templates and the
# hosts' own prompts come on top.
_TOKENS_PER_CHAR: Final = 4
_CHARS_PER_TOKEN: Final = 64
_TOKENS_ON_TOP: Final = 1000


def believable_usage(reported: Untyped, call: Call, received_chars: int) -> Usage | None:
    """Return what the host counted; None when it cannot be true.

    It cannot when nothing was sent or more than the characters of the question can make, or
    when less came back than the characters of the answer need, or more than twice the limit.
    """
    sent = _count(reported, "prompt_tokens")
    received = _count(reported, "completion_tokens")
    most_sent, most_received = _most(call)
    if not 0 < sent <= most_sent or not received_chars <= received * _CHARS_PER_TOKEN:
        return None
    if received > most_received:
        return None
    details = getattr(reported, "prompt_tokens_details", None)
    cached = max(_count(details, "cached_tokens"), _count(reported, "prompt_cache_hit_tokens"), 0)
    reasoning = _count(getattr(reported, "completion_tokens_details", None), "reasoning_tokens")
    return Usage(
        input_tokens=sent,
        output_tokens=received,
        cached_input_tokens=min(cached, sent),
        reasoning_tokens=min(max(reasoning, 0), received),
    )


def is_absurd(reported: Untyped, call: Call) -> bool:
    """Tell whether a host counts or charges what cannot be: below nothing, or too many tokens.

    Counting nothing at all is not absurd, only no count.
    """
    cost = getattr(reported, "cost", None)
    if isinstance(cost, int | float) and cost < 0:
        return True
    counts = (getattr(reported, name, 0) for name in ("prompt_tokens", "completion_tokens"))
    return any(
        isinstance(count, int) and not 0 <= count <= most
        for count, most in zip(counts, _most(call), strict=True)
    )


def reported_cost_microusd(reported: Untyped) -> int | None:
    """Return what the host says it charged, rounded to micro-dollars; None if it says nothing."""
    cost = getattr(reported, "cost", None)
    if isinstance(cost, bool) or not isinstance(cost, int | float):
        return None
    return round(cost * MICROUSD) if cost >= 0 and isfinite(cost) else None


def _most(call: Call) -> tuple[int, int]:
    """Return the most tokens that can be sent and come back."""
    sent_chars = len(call.system_prompt) + sum(len(turn.text) for turn in call.turns)
    return (
        sent_chars * _TOKENS_PER_CHAR + _TOKENS_ON_TOP,
        call.max_output_tokens * 2 + _TOKENS_ON_TOP,
    )


def _count(reported: Untyped, name: str) -> int:
    """Return a count; -1 if it is none."""
    count = getattr(reported, name, None)
    return count if isinstance(count, int) and not isinstance(count, bool) else -1
