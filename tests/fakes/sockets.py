"""Free places on loopback."""

from socket import socket


def free_port(also: int = 0) -> int:
    """Return a port nobody listens on, nor `also` ports above it."""
    while True:
        with socket() as first, socket() as second:
            first.bind(("127.0.0.1", 0))
            port = int(first.getsockname()[1])
            try:
                second.bind(("127.0.0.1", port + also if also else 0))
            except (OSError, OverflowError):
                continue
            return port
