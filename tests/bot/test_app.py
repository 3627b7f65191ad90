"""What answers goes by other settings, and what it knows of models and places stays."""

from collections.abc import AsyncGenerator, AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.app import App, open_app
from bot.platforms.port import Notice, OutgoingEvent
from config.references import Resolved
from config.rules import Rule
from config.settings import Settings
from routing.errors import AccessRefused
from routing.stop import Stop
from tests.bot.office import a_message
from tests.builders import a_card

OPEN_ONLY = Rule.model_validate({"name": "open only", "allow": {"weights": "open"}})


@pytest.fixture
async def app(tmp_path: Path) -> AsyncIterator[App]:
    async with open_app(Settings(state_dir=tmp_path, models=(a_card(),))) as opened:
        yield opened


async def told(asked: AsyncGenerator[OutgoingEvent]) -> str:
    """Return what a command says."""
    (event,) = [each async for each in asked]
    assert isinstance(event, Notice)
    return event.markdown


async def test_what_is_asked_next_goes_by_other_settings_and_what_was_asked_by_the_old(
    app: App,
) -> None:
    message = a_message(text="/rules", is_admin=True)
    asked_before = app.handler.answer(message, Stop())
    app.adopt(app.settings.model_copy(update={"rules": (OPEN_ONLY,)}))

    assert "open only" in await told(app.handler.answer(message, Stop()))
    assert "open only" not in await told(asked_before)


@pytest.mark.parametrize(
    ("changes", "rests"),
    [
        ({"input_price": 7}, True),
        ({"api_key": Resolved("sk-rotated", "env:TEST_API_KEY")}, False),
        ({"litellm_id": "openai/llama-4"}, False),
    ],
)
async def test_a_model_that_rests_goes_on_resting_unless_it_is_reached_otherwise(
    app: App, changes: dict[str, Any], rests: bool
) -> None:
    app.rests.failed(AccessRefused("llama", "no such key"), app.settings.cooldown)
    app.adopt(app.settings.model_copy(update={"models": (a_card(**changes),)}))

    assert ("llama" in app.rests.resting) is rests


async def test_a_key_that_is_refused_to_who_asked_before_says_nothing_of_the_next(
    app: App,
) -> None:
    noted_before = app.rests
    rotated = a_card(api_key=Resolved("sk-rotated", "env:TEST_API_KEY"))
    app.adopt(app.settings.model_copy(update={"models": (rotated,)}))
    noted_before.failed(AccessRefused("llama", "no such key"), app.settings.cooldown)

    assert app.rests.resting == {}
