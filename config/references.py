"""Values that live elsewhere: `env:NAME` and `file:PATH` in the YAML.

`Secret` is the only holder of a key or token. It prints as the reference it came from, so
neither a repr, a log line nor a traceback can show what it holds.
"""

from contextlib import suppress
from ipaddress import ip_address
from typing import Final, NoReturn, Self
from urllib.parse import SplitResult, urlsplit

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

REFERENCE_PATTERN: Final = r"^(env:[A-Za-z_][A-Za-z0-9_]*|file:.+)$"


class Resolved(str):
    """The text a reference stands for; a plain string to everything but `Secret`."""

    __slots__ = ("reference",)
    reference: str

    def __new__(cls, text: str, reference: str) -> Self:
        """Hold `text`, remembering the reference it came from."""
        made = super().__new__(cls, text)
        made.reference = reference
        return made

    def __repr__(self) -> str:
        return f"<{self.reference}>"


class Unset:
    """A reference to an environment variable or file that is not there, or empty."""

    __slots__ = ("reference", "why")

    def __init__(self, reference: str, trouble: str = "is not set") -> None:
        """Hold a reference; `why` says in words that it leads nowhere."""
        self.reference = reference
        self.why = f"{reference} {trouble}"

    def __repr__(self) -> str:
        return f"<{self.reference}, not set>"


class Secret:
    """A key or token by reference; `reveal` alone gives it away."""

    __slots__ = ("_text", "reference", "why_unset")

    def __init__(self, reference: str, text: str | None, why_unset: str = "") -> None:
        """Hold what a reference leads to, or None and in words why it leads nowhere."""
        self.reference = reference
        self.why_unset = why_unset
        self._text = text

    @property
    def is_file(self) -> bool:
        """Tell whether it is to be read from a file."""
        return self.reference.startswith("file:")

    @property
    def is_lost(self) -> bool:
        """Tell whether a file is named for it that does not give it."""
        return self.is_file and not self.is_set

    @property
    def where(self) -> str:
        """Tell an operator how to change it: `set NAME to it`, or `write it into PATH`."""
        kind, _, name = self.reference.partition(":")
        return {"file": f"write it into {name}", "env": f"set {name} to it"}.get(
            kind, f"replace {self.reference}"
        )

    @property
    def is_set(self) -> bool:
        """Tell whether the reference leads to a value."""
        return self._text is not None

    def reveal(self) -> str | None:
        """Return the value, or None when the reference leads nowhere."""
        return self._text

    def __repr__(self) -> str:
        return f"Secret({self.reference!r})"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return NotImplemented
        return (self.reference, self._text) == (other.reference, other._text)

    def __hash__(self) -> int:
        return hash((self.reference, self._text))

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret is not written down")

    @classmethod
    def __get_pydantic_core_schema__(
        cls, _source: object, _handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(
            cls._validated,
            serialization=core_schema.plain_serializer_function_ser_schema(
                lambda secret: secret.reference
            ),
        )

    @classmethod
    def __get_pydantic_json_schema__(
        cls, _schema: CoreSchema, _handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return {"type": "string", "pattern": REFERENCE_PATTERN}

    @classmethod
    def _validated(cls, given: object) -> "Secret":
        if isinstance(given, Secret):
            return given
        if isinstance(given, Resolved):
            return cls(given.reference, str(given))
        if isinstance(given, Unset):
            return cls(given.reference, None, given.why)
        raise ValueError("write where the secret is, env:NAME or file:PATH, not the secret itself")


class Address(Secret):
    """A URL, literal or by reference; hidden like a secret, since it may carry a password."""

    __slots__ = ()

    @classmethod
    def __get_pydantic_json_schema__(
        cls, _schema: CoreSchema, _handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return {"type": "string"}

    @classmethod
    def _validated(cls, given: object) -> "Address":
        if isinstance(given, Address):
            return given
        if isinstance(given, Unset):
            return cls(given.reference, None, given.why)
        if isinstance(given, str):
            refuse_plain_http(given)
            return cls(getattr(given, "reference", "literal address"), str(given))
        raise ValueError("write a URL, or env:NAME or file:PATH that holds one")


def refuse_plain_http(url: str) -> str:
    """Return a URL, unless it would carry a key in clear over a network.

    Raises:
        ValueError: It is plain http to another machine, or no whole URL.
    """
    parts = _split(url)
    if not parts.scheme or "://" not in url:
        raise ValueError("write a whole URL, such as https://host/v1")
    if parts.scheme == "http" and not _is_loopback(parts.hostname or ""):
        raise ValueError("plain http is only allowed to this machine: use https")
    return url


def _split(url: str) -> SplitResult:
    with suppress(ValueError):  # its message repeats the address
        return urlsplit(url)
    return SplitResult("", "", "", "", "")


def _is_loopback(host: str) -> bool:
    with suppress(ValueError):
        return ip_address(host).is_loopback
    return host == "localhost"
