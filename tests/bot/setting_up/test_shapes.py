from collections.abc import Callable
from decimal import Decimal

import pytest

from bot.setting_up import shapes
from bot.setting_up.shapes import Unfit

TOKEN = "MTA4MjM0NTY3ODkwMTIzNDU2Nw.GfAkE1.not-a-secret-at-all"


@pytest.mark.parametrize("pasted", [TOKEN, f" {TOKEN}\n", f'"{TOKEN}"', f"Bot {TOKEN}"])
def test_a_discord_token_is_taken_however_it_was_pasted(pasted: str) -> None:
    assert shapes.discord_token(pasted) == TOKEN


@pytest.mark.parametrize(
    ("shape", "pasted", "hint"),
    [
        pytest.param(shapes.discord_token, "", "three parts", id="nothing"),
        pytest.param(shapes.discord_token, "1082345678901234567", "application's id", id="id"),
        pytest.param(shapes.discord_token, "a1" * 32, "public key", id="public key"),
        pytest.param(shapes.discord_token, "xoxb-1-2-abcdef", "bot token of an app", id="Slack's"),
        pytest.param(shapes.discord_token, "xapp-1-A0-123456", "app token of an app", id="app's"),
        pytest.param(shapes.discord_token, "xoxp-1-2-abcdef", "person's token", id="of a person"),
        pytest.param(shapes.discord_token, "sk-ant-0123456789", "key of anthropic", id="a key"),
        pytest.param(shapes.discord_token, "sk-proj-01234567", "provider's key", id="some key"),
        pytest.param(shapes.slack_bot_token, TOKEN, "bot on Discord", id="Discord's"),
        pytest.param(shapes.slack_app_token, "sk-proj-01234567", "provider's key", id="key there"),
        pytest.param(shapes.discord_token, "eyJhbGciOi.J9.x", "no bot's token", id="a JWT"),
        pytest.param(shapes.slack_bot_token, "xapp-1-A0-123456", "other of the two", id="swapped"),
        pytest.param(shapes.slack_app_token, "xoxb-1-2-abcdef", "other of the two", id="swapped 2"),
        pytest.param(shapes.slack_bot_token, "xoxp-1-2-abcdef", "person's token", id="a person's"),
        pytest.param(shapes.slack_bot_token, "0f" * 16, "signing", id="signing secret"),
        pytest.param(shapes.slack_bot_token, "hello", "begin with xoxb-", id="something else"),
        pytest.param(shapes.ollama, "http://10.0.0.7:11434", "use https", id="in clear"),
        pytest.param(shapes.ollama, "127.0.0.1:11434", "a whole URL", id="no whole address"),
        pytest.param(shapes.usd, "twenty", "such as 20", id="words"),
        pytest.param(shapes.usd, "-1", "such as 20", id="less than nothing"),
        pytest.param(shapes.usd, "NaN", "such as 20", id="not a number"),
        pytest.param(shapes.usd, "1e9", "such as 20", id="beyond all bounds"),
    ],
)
def test_what_cannot_be_it_is_told_with_what_it_looks_like(
    shape: Callable[[str], object], pasted: str, hint: str
) -> None:
    with pytest.raises(Unfit, match=hint):
        shape(pasted)


def test_slack_tokens_are_taken_each_in_its_place() -> None:
    assert shapes.slack_bot_token("xoxb-17-18-aBc_d9 ") == "xoxb-17-18-aBc_d9"
    assert shapes.slack_app_token("xapp-1-A0-123456") == "xapp-1-A0-123456"


@pytest.mark.parametrize(
    ("provider", "pasted"),
    [("openai", "sk-ant-0123456789abcdef"), ("openai", "short"), ("gemini", "with a space in it!")],
)
def test_a_key_that_is_none_or_of_another_provider_is_refused(provider: str, pasted: str) -> None:
    with pytest.raises(Unfit):
        shapes.provider_key(provider, pasted)


def test_a_key_is_taken_where_it_belongs() -> None:
    key = "sk-ant-0123456789abcdef"

    assert shapes.provider_key("anthropic", f"{key}\n") == key


def test_dollars_are_an_amount_or_none() -> None:
    assert [shapes.usd(text) for text in ("$20", "0.50", "", "none")] == [
        Decimal(20),
        Decimal("0.50"),
        None,
        None,
    ]
