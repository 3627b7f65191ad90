"""How Slack can refuse.

SlackFailed
├── Unreachable        no answer, or an error of Slack's own; it may have been carried out
├── Crowded            a write that can be left out would have had to wait
├── NotInstalled       there is no token for that workspace
└── Refused            Slack does not take the request; its code says why
    ├── TokenRefused   the bot is not let into that workspace any more
    ├── Forbidden      the app lacks a scope
    ├── PlaceClosed    the channel is gone, archived, or closed to the bot
    ├── GonePost       the message is not there any more
    ├── CannotUpdate   the message can be changed no more
    ├── AddressSpent   a response_url is used up
    ├── StreamOver     the message takes no more appends
    ├── StreamStopped  the person has stopped the answer
    ├── StreamRuns     the message is still being streamed, so it cannot be updated
    └── NoStreams      nothing can be streamed there
"""

from typing import Final


class SlackFailed(Exception):
    """One request to Slack was not carried out, as far as is known.

    Attributes:
        is_final: Whether trying again is of no use.
    """

    is_final = True


class Unreachable(SlackFailed):
    """Slack did not answer, or failed itself.

    Attributes:
        may_be_done: Whether it was sent, and may have been carried out all the same.
    """

    is_final = False

    def __init__(self, reason: str, *, may_be_done: bool = True) -> None:
        super().__init__(reason)
        self.may_be_done = may_be_done


class Crowded(SlackFailed):
    """A write that can be left out would have had to wait.

    Attributes:
        wait_s: When it may be tried again.
    """

    is_final = False

    def __init__(self, wait_s: float) -> None:
        super().__init__(f"no room for {wait_s:.2f} s")
        self.wait_s = wait_s


class NotInstalled(SlackFailed):
    """There is no token for a workspace: the app was never installed there, or was taken out."""


class Refused(SlackFailed):
    """Slack does not take a request as it is.

    Attributes:
        code: Slack's own for the reason.
    """

    def __init__(self, method: str, code: str, details: str = "") -> None:
        super().__init__(f"{method}: {code}{f' ({details})' if details else ''}")
        self.code = code


class TokenRefused(Refused):
    """The bot is not let into a workspace any more."""


class Forbidden(Refused):
    """The app lacks a scope.

    Attributes:
        scope: Which, in Slack's words; empty when that is not known.
    """

    def __init__(self, method: str, code: str, details: str = "", *, scope: str = "") -> None:
        super().__init__(method, code, f"needs {scope}" if scope else details)
        self.scope = scope


class PlaceClosed(Refused):
    """The channel is gone, archived, or closed to the bot."""


class GonePost(Refused):
    """The message is not there any more."""


class CannotUpdate(Refused):
    """The message can be changed no more."""


class AddressSpent(Refused):
    """A response_url has been used five times, or is older than half an hour."""


class StreamOver(Refused):
    """The message takes no more appends: it was stopped, or was streamed for too long."""


class StreamStopped(StreamOver):
    """The person has stopped the answer."""


class StreamRuns(Refused):
    """The message is still being streamed: it is to be stopped before it is updated."""


class NoStreams(Refused):
    """Nothing can be streamed there: what there is to say is posted, and edited as it grows."""


_KINDS: Final[dict[str, type[Refused]]] = {
    **dict.fromkeys(
        (
            "account_inactive",
            "invalid_auth",
            "not_authed",
            "token_expired",
            "token_revoked",
            "team_access_not_granted",
        ),
        TokenRefused,
    ),
    **dict.fromkeys(
        (
            "channel_not_found",
            "channel_is_archived",
            "is_archived",
            "is_inactive",
            "not_in_channel",
            "restricted_action",
            "restricted_action_read_only_channel",
            "restricted_action_thread_locked",
            "restricted_action_thread_only_channel",
            "restricted_action_non_threadable_channel",
            "user_not_in_channel",
            "messages_tab_disabled",
            "cannot_reply_to_message",
        ),
        PlaceClosed,
    ),
    **dict.fromkeys(("message_not_found", "thread_not_found"), GonePost),
    **dict.fromkeys(("cant_update_message", "edit_window_closed"), CannotUpdate),
    **dict.fromkeys(("expired_url", "used_url"), AddressSpent),
    "message_not_in_streaming_state": StreamOver,
    "message_not_streaming": StreamOver,
    "stopped_by_user": StreamStopped,
    "streaming_state_conflict": StreamRuns,
    **dict.fromkeys(
        (
            "channel_type_not_supported",
            "invalid_thread_ts",
            "missing_recipient_team_id",
            "missing_recipient_user_id",
            "not_supported",
            "team_not_found",
            "user_not_found",
            "unknown_method",
        ),
        NoStreams,
    ),
}
_STREAM_METHODS: Final = frozenset({"chat.startStream", "chat.appendStream", "chat.stopStream"})
_SCOPE_CODES: Final = frozenset({"missing_scope", "no_permission", "not_allowed_token_type"})
_OF_THEIR_OWN: Final = frozenset(
    {"fatal_error", "internal_error", "request_timeout", "service_unavailable"}
)


def refusal(method: str, code: str, *, needed: str = "", details: str = "") -> SlackFailed:
    """Return the error for a request that Slack answered with a code of its own.

    Args:
        method: What was called.
        code: What Slack says of it.
        needed: The scope it names.
        details: What else it says.
    """
    if code in _OF_THEIR_OWN:
        return Unreachable(f"{method}: {code}")
    if code in _SCOPE_CODES:
        return Forbidden(method, code, details, scope=needed)
    kind = _KINDS.get(code, Refused)
    if kind is NoStreams and method not in _STREAM_METHODS:
        kind = Refused
    return kind(method, code, details)
