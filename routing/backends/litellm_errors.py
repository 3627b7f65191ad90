"""From LiteLLM's errors to ours.

LiteLLM's class alone says too little: a 401 may come as BadRequestError, a refused connection
as InternalServerError. What the host said and what the socket met are further down the chain of
causes, so those are asked first.
"""

from collections.abc import Iterator, Mapping, Sequence
from socket import gaierror
from ssl import SSLError
from typing import Final

from routing.backends.litellm_lines import MalformedLine
from routing.backends.litellm_told import Told
from routing.errors import (
    AccessRefused,
    AnswerBroken,
    ModelBusy,
    ModelFailed,
    ModelUnreachable,
    QueryRefused,
    QueryTooLong,
    RequestInvalid,
)
from routing.ports import Call

Kind = type[ModelFailed]

KINDS: Final[Mapping[str, Kind]] = {
    "APIConnectionError": ModelUnreachable,
    "APIError": ModelUnreachable,
    "APIResponseValidationError": AnswerBroken,
    "AuthenticationError": AccessRefused,
    "BadGatewayError": ModelUnreachable,
    "BadRequestError": RequestInvalid,
    "BlockedPiiEntityError": QueryRefused,
    "BudgetExceededError": AccessRefused,
    "ContentPolicyViolationError": QueryRefused,
    "ContextWindowExceededError": QueryTooLong,
    "GuardrailRaisedException": QueryRefused,
    "ImageFetchError": RequestInvalid,
    "InternalServerError": ModelUnreachable,
    "InvalidRequestError": RequestInvalid,
    "JSONSchemaValidationError": AnswerBroken,
    "LiteLLMUnknownProvider": AccessRefused,
    "MidStreamFallbackError": ModelUnreachable,
    "MockException": ModelUnreachable,
    "ModelNotMappedError": AccessRefused,
    "ModifyResponseException": QueryRefused,
    "NotFoundError": AccessRefused,
    "OpenAIError": ModelUnreachable,
    "PaymentRequiredError": AccessRefused,
    "PermissionDeniedError": AccessRefused,
    "RateLimitError": ModelBusy,
    "RejectedRequestError": QueryRefused,
    "RouterRateLimitError": ModelBusy,
    "RouterRateLimitErrorBasic": ModelBusy,
    "SensitiveDataRouteException": QueryRefused,
    "ServiceUnavailableError": ModelBusy,
    "Timeout": ModelUnreachable,
    "ToolLoopMaxRoundsExceeded": AnswerBroken,
    "UnprocessableEntityError": RequestInvalid,
    "UnsupportedParamsError": RequestInvalid,
    "VectorStoreSearchError": RequestInvalid,
}
"""What each error LiteLLM exports means where the host did not say it better."""

_READ_FROM_WORDS: Final = frozenset({QueryTooLong, QueryRefused})
"""LiteLLM knows these by the hosts' words; no status tells them."""

_CODE_KINDS: Final[Mapping[str, Kind]] = {
    "billing_hard_limit_reached": AccessRefused,
    "content_filter": QueryRefused,
    "content_policy_violation": QueryRefused,
    "context_length_exceeded": QueryTooLong,
    "insufficient_quota": AccessRefused,
    "overloaded": ModelBusy,
    "overloaded_error": ModelBusy,
    "rate_limit_error": ModelBusy,
    "rate_limit_exceeded": ModelBusy,
}
"""What the hosts' own codes mean whatever the status: no credit may come as a 429."""

_STATUS_KINDS: Final[Mapping[int, Kind]] = {
    401: AccessRefused,
    402: AccessRefused,
    403: AccessRefused,
    404: AccessRefused,
    408: ModelUnreachable,
    413: QueryTooLong,
    425: ModelBusy,
    429: ModelBusy,
    503: ModelBusy,
    529: ModelBusy,
}
_FIRST_SERVER_ERROR: Final = 500

_UNCONNECTED: Final[Mapping[type[BaseException], str]] = {
    ConnectionRefusedError: "connection refused",
    gaierror: "host name not found",
    SSLError: "no safe connection: TLS failed",
}


def failure_of(
    error: Exception, call: Call, key: str, *, is_sent: bool, is_open: bool
) -> ModelFailed:
    """Translate whatever LiteLLM, or a library beneath it, raised.

    Args:
        error: Not to be kept as a cause: it may hold the key and the question.
        call: Nothing of what it says gets into the reason.
        key: No part of it gets into the reason either; may be empty.
        is_sent: Whether the host got the question.
        is_open: Whether the host began to answer.
    """
    name = call.card.name
    chain = tuple(_chain(getattr(error, "original_exception", None) or error))
    told = Told.by(chain)
    if told is None:
        if is_open:
            return AnswerBroken(name, _how_it_broke(chain), billed=True)
        if reason := _why_unconnected(chain):
            return ModelUnreachable(name, reason)
        return _by_class(chain)(name, _own_words(chain), billed=is_sent)
    kind = _kind_of(told, chain)
    reason = told.reason((call.system_prompt, *(turn.text for turn in call.turns)), key)
    if kind is ModelBusy:
        return ModelBusy(name, reason, billed=is_open, retry_after_s=told.retry_after_s)
    return kind(name, reason, billed=is_open)


def _chain(error: BaseException) -> Iterator[BaseException]:
    """Yield an error and its causes, the innermost last."""
    seen: set[int] = set()
    link: BaseException | None = error
    while link is not None and id(link) not in seen:
        seen.add(id(link))
        yield link
        link = link.__cause__ or link.__context__


def _kind_of(told: Told, chain: Sequence[BaseException]) -> Kind:
    if code := next((code for code in told.codes if code in _CODE_KINDS), None):
        return _CODE_KINDS[code]
    by_class = _by_class(chain)
    if told.status is None or by_class in _READ_FROM_WORDS:
        return by_class
    server_failed = told.status >= _FIRST_SERVER_ERROR
    return _STATUS_KINDS.get(told.status, ModelUnreachable if server_failed else RequestInvalid)


def _by_class(chain: Sequence[BaseException]) -> Kind:
    names = (ancestor.__name__ for link in chain for ancestor in type(link).__mro__)
    return next((KINDS[name] for name in names if name in KINDS), ModelUnreachable)


def _why_unconnected(chain: Sequence[BaseException]) -> str:
    for link in chain:
        for kind, reason in _UNCONNECTED.items():
            if isinstance(link, kind):
                return reason
    return "cannot connect" if any(type(link).__name__ == "ConnectError" for link in chain) else ""


def _how_it_broke(chain: Sequence[BaseException]) -> str:
    if any(isinstance(link, MalformedLine | ValueError) for link in chain):
        return "malformed chunk"
    return "cut off"


def _own_words(chain: Sequence[BaseException]) -> str:
    """Say what broke without LiteLLM's message, which may hold anything."""
    if any(type(link).__name__ == "ReadError" for link in chain):
        return "connection closed without an answer"
    return f"LiteLLM: {type(chain[0]).__name__}"
