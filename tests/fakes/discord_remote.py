"""The fake Discord run as a child, for benchmarks that need it off their own loop."""

from tests.fakes.remote import RemoteFake


class RemoteDiscord(RemoteFake):
    """A fake Discord in a process of its own; an async context manager.

    Args:
        arguments: For `tests.fakes.discord_server`.
    """

    def __init__(self, *arguments: str) -> None:
        super().__init__("tests.fakes.discord_server", *arguments)

    @property
    def api_url(self) -> str:
        """Return where REST answers."""
        return self.places["api_url"]

    @property
    def gateway_url(self) -> str:
        """Return where the gateway listens."""
        return self.places["gateway_url"]

    @property
    def cdn_url(self) -> str:
        """Return where files are."""
        return self.places["cdn_url"]

    @property
    def token(self) -> str:
        """Return the bot's."""
        return self.places["token"]
