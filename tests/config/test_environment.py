"""References lead out of the file, and the environment wins over it."""

from pathlib import Path

import pytest

from config.catalog import ModelCard
from config.lint import lost_files
from config.loading import load
from config.settings import Settings
from tests.config.written import OWN_CARD, loaded, nothing_published, problems


def own(settings: Settings) -> ModelCard:
    return settings.models[-1]


def test_a_reference_stands_for_a_value_of_any_type(tmp_path: Path) -> None:
    text = """
system_prompt: file:prompt.txt
state_dir: env:STATE
routing: {preset: env:PRESET, max_output_tokens: env:TOKENS, max_usd_per_answer: env:USD,
  continue_cut_answers: env:NO, value_usd: {best: env:USD}}
timeouts: {stall_s: env:USD}
rules: [{name: r, deny: {names: [env:MODEL]}}]
"""
    (tmp_path / "prompt.txt").write_text("Be brief.\n", encoding="utf-8")
    environ = {"PRESET": "best", "TOKENS": "100", "USD": "1.5", "NO": "false", "MODEL": "llama"}

    settings = loaded(tmp_path, text, environ | {"STATE": "/var/lib/pointsman"})

    routing = settings.routing
    assert settings.system_prompt == "Be brief."
    assert settings.state_dir == Path("/var/lib/pointsman")
    assert (routing.preset, routing.max_output_tokens) == ("best", 100)
    assert (str(routing.max_usd_per_answer), routing.continue_cut_answers) == ("1.5", False)
    assert settings.timeouts.stall_s == 1.5


def test_a_secret_is_read_from_a_file_beside_the_configuration(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("sk-in-file\n", encoding="utf-8")

    card = own(loaded(tmp_path, f"{OWN_CARD}    api_key: file:key\n"))

    assert card.api_key is not None
    assert card.api_key.reveal() == "sk-in-file"


@pytest.mark.parametrize(
    "reference", ["env:NOT_THERE", "env:EMPTY", "file:none", "file:empty", "file:.", "file:latin"]
)
def test_a_secret_whose_reference_leads_nowhere_is_missing(tmp_path: Path, reference: str) -> None:
    (tmp_path / "empty").write_text("\n", encoding="utf-8")
    (tmp_path / "latin").write_bytes(b"\xe9")

    card = own(loaded(tmp_path, f"{OWN_CARD}    api_key: {reference}\n", {"EMPTY": ""}))

    assert card.missing == (reference,)


@pytest.mark.parametrize(
    ("name", "why"),
    [
        pytest.param("none", "is not there", id="missing"),
        pytest.param("empty", "is empty", id="empty"),
        pytest.param(".", "is a folder", id="a folder"),
        pytest.param("latin", "is not UTF-8", id="not text"),
        pytest.param("empty/below", "cannot be read", id="beneath a file"),
    ],
)
def test_a_file_that_does_not_give_its_secret_is_told_with_its_key_and_why(
    tmp_path: Path, name: str, why: str
) -> None:
    (tmp_path / "empty").touch()
    (tmp_path / "latin").write_bytes(b"\xe9")
    text = f"slack: {{bot_token: 'file:{name}'}}\n{OWN_CARD}    api_key: file:{name}\n"

    told = list(lost_files(loaded(tmp_path, text, {})))

    assert [each.partition(why)[0] for each in told] == [
        f"slack.bot_token: file:{name} ",
        f"models[own].api_key: file:{name} ",
    ]
    assert all(why in each for each in told)


def test_a_secret_that_is_there_or_of_the_environment_is_no_lost_file(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("xoxb-1")
    text = "slack: {bot_token: 'file:token', app_token: 'env:NONE'}\n"

    assert list(lost_files(loaded(tmp_path, text, {}))) == []


def test_a_setting_whose_reference_leads_nowhere_is_told(tmp_path: Path) -> None:
    text = "routing:\n  preset: env:NOT_THERE\nsystem_prompt: file:none\nrules: env:EMPTY\n"

    assert problems(tmp_path, text, {"EMPTY": ""}) == [
        "p:2: routing.preset: env:NOT_THERE is not set",
        "p:3: system_prompt: file:none is not there: write that file, or correct its path",
        "p:4: rules: env:EMPTY is not set",
    ]


def test_a_wrong_value_behind_a_reference_is_told_with_the_reference(tmp_path: Path) -> None:
    text = "timeouts:\n  stall_s: env:STALL\n"

    assert problems(tmp_path, text, {"STALL": "sk-secret"}) == [
        "p:2: timeouts.stall_s: env:STALL: must be a number"
    ]


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    text = (
        "state_dir: /a\nstore: {url: redis://a, hash_tag: b}\nlocal_model: {gguf: /a, threads: 2}"
    )
    environ = {"POINTSMAN_STATE_DIR": "/e", "REDIS_URL": "redis://e", "LOCAL_GGUF": "/e.gguf"}

    settings = loaded(tmp_path, text, environ)

    assert settings.state_dir == Path("/e")
    assert settings.store.url is not None
    assert (settings.store.url.reveal(), settings.store.hash_tag) == ("redis://e", "b")
    assert (settings.local_model.gguf, settings.local_model.threads) == (Path("/e.gguf"), 2)


def test_an_empty_variable_leaves_what_the_file_says(tmp_path: Path) -> None:
    settings = loaded(tmp_path, "state_dir: /a", {"POINTSMAN_STATE_DIR": ""})

    assert settings.state_dir == Path("/a")


def test_a_wrong_variable_is_told_by_its_name(tmp_path: Path) -> None:
    assert problems(tmp_path, "", {"REDIS_URL": "secret-host"}) == [
        "environment: store.url: env:REDIS_URL: write a whole URL, such as https://host/v1"
    ]


def test_a_wrong_section_is_told_also_when_the_environment_sets_a_key_of_it(tmp_path: Path) -> None:
    assert problems(tmp_path, "store: 5", {"REDIS_URL": "redis://e"}) == [
        "p:1: store: must be keys with values"
    ]


def test_the_state_folder_lies_where_the_desktop_says_unless_it_is_named(tmp_path: Path) -> None:
    environ = {"XDG_STATE_HOME": "/xdg"}

    assert load(None, environ, nothing_published).state_dir == Path("/xdg/pointsman")
    assert loaded(tmp_path, "state_dir: /a", environ).state_dir == Path("/a")
    assert (
        load(None, {"XDG_STATE_HOME": "relative"}, nothing_published).state_dir
        == Settings().state_dir
    )


def test_where_health_is_told_may_come_from_the_environment(tmp_path: Path) -> None:
    environ = {"POINTSMAN_OBSERVE_HOST": "0.0.0.0", "POINTSMAN_OBSERVE_PORT": "9465"}  # noqa: S104 # a container's

    observe = loaded(tmp_path, "observe: {port: 1}", environ).observe

    assert (observe.host, observe.port) == ("0.0.0.0", 9465)  # noqa: S104 # the same


def test_a_secret_of_the_environment_may_stand_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("in-file\n", encoding="utf-8")
    named = {"DISCORD_TOKEN_FILE": f"{tmp_path}/token", "SLACK_BOT_TOKEN_FILE": "/not/there"}

    settings = loaded(tmp_path, "discord: {token: env:OTHER}", named)
    plain = loaded(tmp_path, "", named | {"DISCORD_TOKEN": "in-variable"})

    assert settings.discord.token is not None
    assert settings.discord.token.reveal() == "in-file"
    assert settings.slack.bot_token is not None
    assert not settings.slack.bot_token.is_set
    assert plain.discord.token is not None
    assert plain.discord.token.reveal() == "in-variable"
