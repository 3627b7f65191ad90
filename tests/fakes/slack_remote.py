"""The fake Slack run as a child, for benchmarks that need it off their own loop."""

from tests.fakes.remote import RemoteFake


class RemoteSlack(RemoteFake):
    """A fake Slack in a process of its own; an async context manager.

    Args:
        arguments: For `tests.fakes.slack_server`.
    """

    def __init__(self, *arguments: str) -> None:
        super().__init__("tests.fakes.slack_server", *arguments)

    @property
    def api_url(self) -> str:
        """Return where the Web API answers."""
        return self.places["api_url"]

    @property
    def bot_token(self) -> str:
        """Return the bot's, in the first workspace."""
        return self.places["bot_token"]

    @property
    def app_token(self) -> str:
        """Return the app's, for Socket Mode."""
        return self.places["app_token"]

    @property
    def signing_secret(self) -> str:
        """Return what HTTP is signed with."""
        return self.places["signing_secret"]
