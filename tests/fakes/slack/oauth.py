"""How a workspace installs the app: the page that asks, and the code it sends back."""

from urllib.parse import parse_qs, urlencode, urlsplit

from aiohttp import web

from tests.fakes.slack.people_methods import CLIENT_ID, CLIENT_SECRET
from tests.fakes.slack.world import Team, World


class Door:
    """Where people say that a workspace takes the app.

    Attributes:
        client_id: Of the app.
        client_secret: Likewise.
        team: Which workspace whoever opens the page speaks for; None: they refuse.
        asked: The scopes the page last asked for.
    """

    def __init__(self, world: World) -> None:
        self.client_id, self.client_secret = CLIENT_ID, CLIENT_SECRET
        self.team: Team | None = None
        self.asked: list[str] = []
        self._world = world

    def add_routes(self, application: web.Application) -> None:
        """Serve the page at Slack's path."""
        application.router.add_get("/oauth/v2/authorize", self.serve)

    async def serve(self, http: web.Request) -> web.StreamResponse:
        """Send whoever opens the page on to the app."""
        return web.Response(status=302, headers={"Location": self.decide(str(http.url))})

    def decide(self, url: str) -> str:
        """Return where the page at an address sends them on to."""
        parts = urlsplit(url)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        self.asked = query.get("scope", "").split(",")
        told = {"state": query.get("state", "")}
        if self.team is None or query.get("client_id") != self.client_id:
            told["error"] = "access_denied"
        else:
            told["code"] = self._world.new_id("O")
            self._world.codes[told["code"]] = self.team
        return f"{query['redirect_uri']}?{urlencode(told)}"
