"""What is offered in the terminal while a command is typed."""

import pytest

from bot.commands.completing import Completing
from bot.commands.everything import COMMANDS
from config.settings import Settings
from tests.builders import a_card

CATALOG = Settings.model_validate(
    {"models": [a_card("gpt-mini", alias="gpt"), a_card("old", enabled=False)]}
).models
COMPLETING = Completing(COMMANDS.commands, CATALOG, {"quit": "leave"})


@pytest.mark.parametrize(
    ("begun", "offered"),
    [
        ("/mo", ["/model", "/models"]),
        ("/qu", ["/quota", "/quit"]),
        ("/model g", ["gpt", "gpt-mini"]),
        ("/model au", ["auto"]),
        ("/model o", []),
        ("/quota s", ["show", "set"]),
        ("/quota  re", ["remove", "restore", "reset", "recount", "report"]),
        ("/quota set e", ["everyone"]),
        ("/quota set user $5 p", ["per"]),
        ("/quota set user $5 per m", ["minute", "month"]),
        ("/quota set user $5 per month i", ["in"]),
        ("/quota set user 5 t", ["tokens"]),
        ("/quota set user 5 tokens u", []),
        ("/good u", ["undo"]),
        ("/gone x", []),
        ("/quota gone x", []),
        ("quota s", []),
        ("what is /mo", []),
    ],
)
def test_what_may_stand_next_is_offered(begun: str, offered: list[str]) -> None:
    assert [each.value for each in COMPLETING(begun)] == offered


def test_each_is_offered_with_what_it_is() -> None:
    model, _ = COMPLETING("/mod")

    assert model.label == "who answers here"
