"""What is a store's address, and that its password stays hidden."""

import traceback

import pytest

from config.errors import ConfigError
from routing.backends.store_address import parse_store_address


@pytest.mark.parametrize(
    ("url", "kind", "shown"),
    [
        ("redis://host", "single", "redis://host"),
        ("rediss://ada:hunter2@host:6380/3?x=hunter2", "single", "rediss://host:6380/3"),
        ("unix:///run/valkey.sock?password=hunter2", "single", "unix:///run/valkey.sock"),
        ("redis+cluster://:hunter2@a:1,b:2", "cluster", "redis+cluster://a:1,b:2"),
        ("rediss+sentinel://:hunter2@a,b:2/us/4", "sentinel", "rediss+sentinel://a,b:2/us/4"),
    ],
    ids=["one server", "TLS and options", "a socket", "a Cluster", "Sentinels"],
)
def test_an_address_is_shown_without_its_password(url: str, kind: str, shown: str) -> None:
    address = parse_store_address(url)

    assert (address.kind, address.shown) == (kind, shown)
    assert "hunter2" not in repr(address)


def test_cluster_nodes_and_sentinels_are_read_with_their_ports() -> None:
    address = parse_store_address("rediss+sentinel://ada:p%40ss%2F@a,[::1]:2/us/4")

    assert address.hosts == (("a", 26379), ("::1", 2))
    assert (address.username, address.password) == ("ada", "p@ss/")
    assert (address.service, address.db, address.is_encrypted) == ("us", 4, True)


@pytest.mark.parametrize(
    "url",
    [
        "http://:hunter2@host",
        "hunter2",
        "unix://hunter2",
        "redis://:hunt/er2@host",
        "redis://:hunter2@host:port",
        "redis+cluster://:hunter2@a:port,b",
        "redis+cluster://:hunter2@,",
        "redis+cluster://:hunter2@a/service",
        "redis+sentinel://:hunter2@a",
        "redis+sentinel://:hunter2@a/us/hunter2",
        "http+cluster://:hunter2@a",
        "redis+hunter2://a",
        "redis://[hunter2",
    ],
)
def test_what_is_no_address_is_refused_without_being_quoted(url: str) -> None:
    with pytest.raises(ConfigError) as refused:
        parse_store_address(url)

    text = "".join(traceback.format_exception(refused.value))
    assert "store.url" in text
    assert not {"hunter2", "er2@host"} & set(text.split("'"))
    assert "hunter2" not in str(refused.value)
