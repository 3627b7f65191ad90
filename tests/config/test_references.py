"""Addresses: encrypted, or on this machine."""

import pytest

from tests.builders import a_card


@pytest.mark.parametrize(
    "url",
    [
        "https://far.example/v1",
        "http://127.0.0.1:8000/v1",
        "http://localhost:11434",
        "http://[::1]/v1",
        "http://user:word@127.0.0.53",
        "redis://far.example",
    ],
)
def test_encrypted_addresses_and_this_machine_are_allowed(url: str) -> None:
    address = a_card(api_base=url).api_base

    assert address is not None
    assert address.reveal() == url
    assert url not in repr(address)


@pytest.mark.parametrize(
    "url",
    [
        "http://far.example",
        "HTTP://far.example",
        "http://localhost.far.example",
        "http://127.0.0.1.far.example",
        "http://127.0.0.1@far.example",
        "http://10.0.0.1",
        "http://",
        "http://[oops",
        "far.example/v1",
        "mailto:ada@far.example",
    ],
)
def test_plain_http_to_elsewhere_and_half_addresses_are_refused(url: str) -> None:
    with pytest.raises(ValueError, match="https"):
        a_card(api_base=url)
