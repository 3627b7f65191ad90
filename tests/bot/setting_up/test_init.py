"""`pointsman init` as a person meets it: asked at a terminal, or told by options."""

import json
import sys
from collections import Counter
from pathlib import Path
from urllib.parse import unquote

import pytest

from bot.cli import main
from bot.commands.everything import COMMANDS
from bot.platforms.slack.manifest import manifest
from bot.setting_up.command import called, slack_link
from config.chats import SlackSettings
from tests.bot.setting_up.test_shapes import TOKEN
from tests.bot.test_cli import pointsman
from tests.fakes.pty import PtyProgram

KEY = "sk-0123456789abcdef"
INVITATION = "client_id=1082345678901234567&scope=bot+applications.commands&permissions=3092377630"


@pytest.fixture
def given(tmp_path: Path) -> list[str]:
    """Return options that answer everything, the secrets being in files."""
    (tmp_path / "token").write_text(f"{TOKEN}\n")
    (tmp_path / "key").write_text(KEY)
    return [
        *("--config", str(tmp_path / "pointsman.yaml"), "init", "--no-check"),
        *("--discord-token-file", str(tmp_path / "token"), "--key", f"openai={tmp_path}/key"),
        *("--usd-per-month", "20", "--rule", "open-weights-first"),
    ]


def asked(folder: Path) -> PtyProgram:
    config = str(folder / "pointsman.yaml")
    command = ["-m", "bot", "--config", config, "init", "--no-check"]
    return PtyProgram(command, {"HOME": str(folder)})


def led_through(folder: Path, *steps: tuple[str, str | None]) -> tuple[int, str]:
    """Answer each question when it is seen, None by nothing; return the code and all that is shown.

    What comes up again is waited for as often as it stands among the steps.
    """
    seen = Counter[str]()
    with asked(folder) as program:
        for question, answer in steps:
            seen[question] += 1
            program.see(question, times=seen[question])
            if answer is not None:
                program.type(f"{answer}\r")
        code = program.exit_code()
        return code, program.screen.text.replace("\n", "")


def test_a_person_is_asked_and_secrets_are_not_shown(tmp_path: Path) -> None:
    code, shown = led_through(
        tmp_path,
        ("Where shall it answer", "discord"),
        ("token (not shown)", "1082345678901234567"),
        ("this is the application's id", None),
        ("token (not shown)", TOKEN),
        ("Intent switched on", ""),
        ("have you a key", "openai deepseek"),
        ("The key of openai", KEY),
        ("The key of deepseek", ""),
        ("for everyone together", "20"),
        ("for each person", ""),
        ("Which of them", "open-weights-first"),
    )

    assert code == 0
    assert INVITATION in shown
    assert TOKEN not in shown
    assert KEY not in shown
    assert (tmp_path / "secrets" / "discord_token").read_text() == f"{TOKEN}\n"
    written = (tmp_path / "pointsman.yaml").read_text()
    assert "token: file:secrets/discord_token" in written
    assert not (tmp_path / "secrets" / "deepseek_api_key").exists()
    assert "deepseek" not in written
    assert "{of: everyone, usd: 20, per: month}" in written
    assert "prefer: {weights: open}" in written


def test_whoever_leaves_in_the_middle_leaves_nothing_behind(tmp_path: Path) -> None:
    with asked(tmp_path) as program:
        program.see("Where shall it answer")
        program.type("discord\r")
        program.see("token (not shown)")
        program.type("\x03")
        code = program.exit_code()
        shown = program.screen.text

    assert (code, "nothing was written" in shown) == (1, True)
    assert not list(tmp_path.iterdir())


def test_options_answer_where_nobody_is_to_be_asked(
    given: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    codes = [main(given), main(given), main(["--config", given[1], "check", "--offline"])]

    shown = capsys.readouterr().out
    assert codes == [0, 0, 0]
    assert INVITATION in shown
    assert "models: gpt-" in shown


def test_nothing_is_replaced_unless_told_to_and_redis_keeps_its_password(
    tmp_path: Path, given: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    main(given)
    password = (tmp_path / "secrets" / "redis_password").read_text()
    before = (tmp_path / "pointsman.yaml").read_text()

    refused = main([*given, "--usd-per-month", "30"])
    kept = (tmp_path / "pointsman.yaml").read_text()
    forced = main([*given, "--usd-per-month", "30", "--force"])

    assert (refused, forced) == (2, 0)
    assert "--force replaces" in capsys.readouterr().out
    assert kept == before
    assert "usd: 30" in (tmp_path / "pointsman.yaml").read_text()
    assert (tmp_path / "secrets" / "redis_password").read_text() == password


@pytest.mark.parametrize(
    ("options", "says"),
    [
        pytest.param([], "Nobody is at a keyboard", id="nothing"),
        pytest.param(["--usd-per-month", "3"], "Nobody is at a keyboard", id="no platform"),
        pytest.param(["--slack-bot-token-file", "x"], "go together", id="half of Slack"),
        pytest.param(["--discord-token-file", "/none"], "cannot be read", id="no file"),
        pytest.param(["--terminal-only", "--key", "acme=k"], "one of deepseek", id="no provider"),
    ],
)
def test_what_is_missing_is_said_and_nothing_written(
    tmp_path: Path, options: list[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code = main(["--config", f"{tmp_path}/p", "init", *options, "--force"])

    assert (code, says in capsys.readouterr().out) == (2, True)
    assert not list(tmp_path.iterdir())


def test_it_ends_with_the_check(tmp_path: Path) -> None:
    config = str(tmp_path / "pointsman.yaml")

    ran = pointsman("--config", config, "init", "--terminal-only", home=tmp_path)

    assert ran.returncode == 0
    assert f"configuration: {config}" in ran.stdout
    assert "store: " in ran.stdout
    last = ran.stdout.splitlines()[-1]
    assert f"start it: {sys.executable} -m bot chat --config {config}" in last


@pytest.mark.parametrize(
    ("path", "as_typed"),
    [
        pytest.param("/usr/bin:/bin", "{}", id="not on the path"),
        pytest.param("{folder}:/bin", "pointsman", id="on the path"),
    ],
)
def test_what_is_to_be_typed_next_is_found_by_the_shell(
    path: str, as_typed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = Path(sys.executable).with_name("pointsman")
    monkeypatch.setattr(sys, "argv", [str(program), "init"])
    monkeypatch.setenv("PATH", path.format(folder=program.parent))

    assert called() == as_typed.format(program)


def test_slack_and_ollama_are_led_through_and_the_long_link_is_left_out(tmp_path: Path) -> None:
    code, shown = led_through(
        tmp_path,
        ("Where shall it answer", "slack"),
        ("slack-manifest", None),
        ("show a link", ""),
        ("page Install App", None),
        ("xoxb-… (not shown)", "xoxb-17-18-aBc_d9"),  # what is typed before it would be thrown away
        ("connections:write", None),
        ("xapp-… (not shown)", "xapp-1-A0-123456"),
        ("have you a key", "ollama"),
        ("Where does Ollama answer? [http://127.0.0.1:11434]", "http://10.0.0.7:11434"),
        ("use https", ""),
        ("for everyone together", ""),
        ("for each person", ""),
        ("open-weights-first: open weights unless asked", ""),
    )

    assert code == 0
    assert "manifest_json" not in shown
    written = (tmp_path / "pointsman.yaml").read_text()
    assert "app_token: file:secrets/slack_app_token" in written
    assert '  - name: llama-ollama\n    api_base: "http://127.0.0.1:11434"\n' in written


def test_the_link_to_slack_brings_the_whole_manifest_along() -> None:
    link = slack_link()

    brought = json.loads(unquote(link.partition("&manifest_json=")[2]))
    assert link.startswith("https://api.slack.com/apps?new_app=1&")
    assert brought == manifest(SlackSettings(), COMMANDS.commands)
