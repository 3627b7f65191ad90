"""Reads the address of a store. Pure; nothing it raises or prints holds the password."""

from dataclasses import dataclass, field
from typing import Final, Literal, NoReturn, cast
from urllib.parse import SplitResult, unquote, urlsplit

from config.errors import ConfigError, Problem

_SCHEMES: Final = (
    "redis://host:6379/0, rediss:// for TLS, unix:///path, redis+cluster://host:port,host:port or "
    "redis+sentinel://host:port,host:port/service/0"
)
_DEFAULT_PORTS: Final = {"single": 6379, "cluster": 6379, "sentinel": 26379}


@dataclass(frozen=True, slots=True)
class StoreAddress:
    """Where a store answers.

    Attributes:
        kind: One server, a Cluster, or whichever server the Sentinels call the master.
        url: As the operator wrote it; only the single kind is opened by it.
        hosts: Names and ports of Cluster nodes or Sentinels; empty for the single kind.
        is_encrypted: Whether TLS is spoken.
        username: Of the servers, not of the Sentinels; None when there is none.
        password: The same.
        service: What the Sentinels call the master.
        db: The database's number, behind Sentinels.
        shown: The address without name, password and options.
    """

    kind: Literal["single", "cluster", "sentinel"]
    url: str = field(repr=False)
    shown: str
    hosts: tuple[tuple[str, int], ...] = ()
    is_encrypted: bool = False
    username: str | None = field(default=None, repr=False)
    password: str | None = field(default=None, repr=False)
    service: str = ""
    db: int = 0


def parse_store_address(url: str) -> StoreAddress:
    """Read a store's URL.

    Raises:
        ConfigError: It is none; the message never quotes it.
    """
    try:
        parts = urlsplit(url)
        _ = parts.port if "," not in parts.netloc else None  # reading it checks it
    except ValueError:
        _refuse("is not a URL; percent-encode /, ?, # and @ in a password")
    if "@" in parts.path:
        _refuse("has an @ after its host; percent-encode /, ?, # and @ in a password")
    scheme, _, kind = parts.scheme.partition("+")
    shown = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"
    if not kind and (scheme in {"redis", "rediss"} or (scheme == "unix" and parts.path)):
        return StoreAddress("single", url, shown)
    if scheme not in {"redis", "rediss"} or kind not in {"cluster", "sentinel"}:
        _refuse(f"must be one of {_SCHEMES}")
    service, _, db = parts.path.strip("/").partition("/")
    if bool(service) != (kind == "sentinel") or not (db or "0").isdecimal():
        _refuse(f"must be one of {_SCHEMES}")
    return StoreAddress(
        kind=cast("Literal['cluster', 'sentinel']", kind),
        url=url,
        shown=shown,
        hosts=_hosts(parts, _DEFAULT_PORTS[kind]),
        is_encrypted=scheme == "rediss",
        username=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password) if parts.password else None,
        service=unquote(service),
        db=int(db or 0),
    )


def _hosts(parts: SplitResult, default_port: int) -> tuple[tuple[str, int], ...]:
    hosts = []
    for each in parts.netloc.rpartition("@")[2].split(","):
        host = urlsplit(f"//{each}")
        try:
            port = host.port or default_port
        except ValueError:
            _refuse("has a port that is no number")
        if not host.hostname:
            _refuse(f"must be one of {_SCHEMES}")
        hosts.append((host.hostname, port))
    return tuple(hosts)


def _refuse(why: str) -> NoReturn:
    # From None: the error it came from may quote a part of the password.
    raise ConfigError((Problem("store.url", f"the store's address {why}"),)) from None
