"""What was answered becomes a configuration that means just that."""

from decimal import Decimal
from pathlib import Path

import pytest

from bot.setting_up.answers import (
    Answers,
    cards_by_key,
    configuration_of,
    secrets_of,
    secrets_of_compose,
)
from bot.setting_up.files import existing, write_together
from bot.setting_up.ready_rules import READY_RULES
from config.lint import lint
from config.loading import load
from config.settings import Settings
from routing.backends.published import published_model
from tests.config.test_lint import TODAY

CARDS = cards_by_key(load(None, {}, published_model).models)
ALL = Answers(
    discord_token="d.t.x",
    message_content=True,
    slack_bot_token="xoxb-1",
    slack_app_token="xapp-1",
    keys={"OPENAI_API_KEY": "sk-openai", "DEEPSEEK_API_KEY": "sk-deep"},
    ollama="http://127.0.0.1:11434",
    usd_per_month=Decimal("1E+3"),
    usd_per_person_and_day=Decimal("0.50"),
    rules=tuple(READY_RULES),
)


def written(folder: Path, answers: Answers) -> Settings:
    """Write what was answered and load it back."""
    path = folder / "pointsman.yaml"
    held = {folder / "secrets" / name: text for name, text in secrets_of(answers).items()}
    write_together(held | {path: configuration_of(answers, CARDS)})
    return load(path, {}, published_model)


def test_everything_that_was_answered_holds_afterwards(tmp_path: Path) -> None:
    settings = written(tmp_path, ALL)

    discord, slack = settings.discord, settings.slack
    assert [discord.token and discord.token.reveal(), discord.message_content] == ["d.t.x", True]
    tokens = [each and each.reveal() for each in (slack.bot_token, slack.app_token)]
    assert tokens == ["xoxb-1", "xapp-1"]
    ready = [card.name for card in settings.models if not (card.missing or card.embedded)]
    assert sorted(ready) == sorted(
        [*CARDS["DEEPSEEK_API_KEY"], *CARDS["OPENAI_API_KEY"], "llama-ollama"]
    )
    assert [(str(each.of), each.usd, each.per) for each in settings.quotas.limits] == [
        ("everyone", 1000, "month"),
        ("asker", Decimal("0.50"), "day"),
    ]
    assert len(settings.rules) == len(READY_RULES)


def test_nothing_answered_is_the_defaults(tmp_path: Path) -> None:
    assert written(tmp_path, Answers()) == load(None, {}, published_model)


@pytest.mark.parametrize("name", READY_RULES)
def test_a_ready_rule_is_one_that_nobody_warns_of(name: str, tmp_path: Path) -> None:
    keys = dict.fromkeys(CARDS, "k")
    plain, ruled = Answers(keys=keys), Answers(keys=keys, rules=(name,))

    warned = set(lint(written(tmp_path, ruled), TODAY))

    usual = set(lint(written(tmp_path, plain), TODAY))
    about = {each for each in warned - usual if "can never" in each or "contradict" in each}
    assert about == set()


def test_no_secret_stands_in_the_configuration() -> None:
    text = configuration_of(ALL, CARDS)

    assert all(each.strip() not in text for each in secrets_of(ALL).values())
    assert "sk-openai" not in repr(ALL)


def test_files_and_their_folder_are_their_owners_alone(tmp_path: Path) -> None:
    written(tmp_path, ALL)

    modes = {each.stat().st_mode & 0o777 for each in tmp_path.rglob("*") if each.is_file()}
    assert modes == {0o600}
    assert (tmp_path / "secrets").stat().st_mode & 0o777 == 0o700


def test_what_cannot_be_written_whole_is_not_written_at_all(tmp_path: Path) -> None:
    (tmp_path / "kept").write_text("old")
    blocked = tmp_path / "file"
    blocked.write_text("no folder")

    with pytest.raises(OSError, match=r"File exists|Not a directory"):
        write_together({tmp_path / "kept": "new", blocked / "below": "text"})

    assert (tmp_path / "kept").read_text() == "old"
    assert sorted(each.name for each in tmp_path.iterdir()) == ["file", "kept"]


def test_a_file_that_says_the_same_is_not_in_the_way(tmp_path: Path) -> None:
    same, other = tmp_path / "same", tmp_path / "other"
    same.write_text("text")
    other.write_text("else")

    assert existing({same: "text", other: "text", tmp_path / "new": "text"}) == [other]


def test_the_services_of_compose_share_one_password_made_by_chance() -> None:
    made = secrets_of_compose()

    assert made["redis_url"] == f"redis://:{made['redis_password'].strip()}@redis:6379/0\n"
    assert len({made["redis_password"], made["grafana_password"]}) == 2
    assert secrets_of_compose() != made
