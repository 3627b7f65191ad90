from collections.abc import AsyncIterator

import pytest
from aiohttp import web

from config.references import Resolved
from routing.backends.key_check import Finding, check_keys
from tests.builders import a_card
from tests.fakes.serving import serve
from tests.fakes.sockets import free_port


@pytest.fixture
async def provider() -> AsyncIterator[str]:
    """A provider that lists its models to whoever has the key, in either header."""

    async def models(request: web.Request) -> web.Response:
        keys = {request.headers.get("Authorization"), request.headers.get("x-api-key")}
        if "broken" in request.path:
            return web.Response(status=503)
        return web.json_response(
            {"data": []}, status=200 if keys & {"Bearer sk-test", "sk-test"} else 401
        )

    app = web.Application()
    app.router.add_get("/{path:.*}", models)
    runner, url = await serve(app)
    yield url
    await runner.cleanup()


async def test_a_key_the_provider_takes_is_no_problem(provider: str) -> None:
    bearer = a_card("deepseek", check={"url": f"{provider}/models"})
    header = a_card("claude", check={"url": f"{provider}/v1/models", "header": "x-api-key"})

    found = await check_keys([bearer, header], timeout_s=5)

    assert found == (Finding(("deepseek",), ""), Finding(("claude",), ""))


async def test_models_that_share_a_key_are_asked_about_once(provider: str) -> None:
    cards = [a_card(name, check={"url": f"{provider}/models"}) for name in ("luna", "sol")]

    assert await check_keys(cards, timeout_s=5) == (Finding(("luna", "sol"), ""),)


async def test_every_problem_says_what_to_do(provider: str) -> None:
    url = {"url": f"{provider}/models"}
    keyless = a_card("keyless", check=url, api_key=None)
    refused = a_card("refused", check=url, api_key=Resolved("sk-old", "env:KEY"))
    filed = a_card("filed", check=url, api_key=Resolved("sk-old", "file:secrets/key"))
    down = a_card("down", api_base=f"{provider}/broken")
    nobody = a_card("nobody", api_base=f"http://127.0.0.1:{free_port()}/v1")

    found = await check_keys([keyless, refused, filed, down, nobody], timeout_s=5)

    assert [finding.problem for finding in found] == [
        "127.0.0.1 wants a key: name it in the card's api_key",
        "127.0.0.1 refuses the key: make a new one and set KEY to it",
        "127.0.0.1 refuses the key: make a new one and write it into secrets/key",
        "127.0.0.1 is down or busy (status 503): try again later",
        "127.0.0.1 cannot be reached (ConnectError): check the network or api_base",
    ]


async def test_a_model_without_an_address_is_left_out() -> None:
    assert await check_keys([a_card()], timeout_s=5) == ()
