"""The command line from outside: a real process, a clean environment."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = (
    "litellm",
    "openai",
    "redis",
    "xllamacpp",
    "prompt_toolkit",
    "httpx",
    "numpy",
    "tokenizers",
)


def pointsman(
    *arguments: str, home: Path, stdin: str | None = None, **environ: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "bot", *arguments],
        env={"HOME": str(home), "PATH": "/usr/bin:/bin", **environ},
        input=stdin,
        stdin=subprocess.DEVNULL if stdin is None else None,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_help_names_every_command(tmp_path: Path) -> None:
    shown = pointsman("--help", home=tmp_path)

    assert shown.returncode == 0
    for command in ("chat", "run", "explain", "check", "schema", "slack-manifest"):
        assert command in shown.stdout


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(["--help"], id="help"),
        pytest.param(["explain", "hello"], id="explain"),
        pytest.param(["check", "--offline"], id="check"),
        pytest.param(["schema"], id="schema"),
        pytest.param(["slack-manifest"], id="slack-manifest"),
    ],
)
def test_a_command_that_calls_no_model_imports_nothing_heavy(
    arguments: list[str], tmp_path: Path
) -> None:
    program = (
        "import sys\nfrom bot.cli import main\n"
        "try:\n    main(sys.argv[1:])\nexcept SystemExit: pass\n"
        f"sys.exit(' '.join(name for name in {HEAVY!r} if name in sys.modules) or 0)"
    )

    run = subprocess.run(
        [sys.executable, "-c", program, *arguments],
        env={"HOME": str(tmp_path), "PATH": "/usr/bin:/bin"},
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip

    assert (run.returncode, run.stderr) == (0, "")


def test_explain_shows_every_model_with_its_score_or_objection(tmp_path: Path) -> None:
    shown = pointsman("explain", "--json", "Who wrote Faust?", home=tmp_path, DEEPSEEK_API_KEY="k")

    models = {model["model"]: model for model in json.loads(shown.stdout)["models"]}
    assert shown.returncode == 0
    assert models["deepseek-flash"]["score_microusd"] > 0
    assert models["gpt-sol"]["objection"] == "not set up (needs env:OPENAI_API_KEY)"
    assert models["smollm2"]["objection"] == "only when alone"


def test_explain_fails_where_nobody_could_answer(tmp_path: Path) -> None:
    shown = pointsman("explain", "hi", "--needs", "vision", home=tmp_path)

    assert shown.returncode == 1
    assert "no vision" in shown.stdout
    assert shown.stderr


def test_a_bad_configuration_is_told_whole_and_ends_with_2(tmp_path: Path) -> None:
    config = tmp_path / "bad.yaml"
    config.write_text("rooting: {}\nhistory:\n  keep_days: never\n")

    shown = pointsman("--config", str(config), "explain", "hi", home=tmp_path)

    assert shown.returncode == 2
    assert f"{config}:1" in shown.stderr
    assert "routing" in shown.stderr
    assert f"{config}:3" in shown.stderr


def test_check_finds_every_problem_and_ends_with_1(tmp_path: Path) -> None:
    config = tmp_path / "bad.yaml"
    config.write_text("rooting: {}\nhistory:\n  keep_days: never\n")

    shown = pointsman("--config", str(config), "check", home=tmp_path)

    assert shown.returncode == 1
    assert "routing" in shown.stdout
    assert "keep_days" in shown.stdout


def test_a_mistyped_model_is_told_with_the_nearest_one(tmp_path: Path) -> None:
    asked = pointsman("chat", "--model", "gtp", "hello", home=tmp_path)

    assert (asked.returncode, asked.stdout) == (2, "")
    assert asked.stderr.endswith("No model is called gtp. Did you mean `gpt`?\n")


def test_the_configuration_may_be_named_behind_the_command(tmp_path: Path) -> None:
    config = tmp_path / "own.yaml"
    config.write_text("nonesuch: 1\n")

    bad = pointsman("explain", "hello", "--config", str(config), home=tmp_path)

    assert bad.returncode == 2
    assert "own.yaml" in bad.stderr


def test_check_of_the_defaults_warns_that_only_the_tiny_model_answers(tmp_path: Path) -> None:
    shown = pointsman("check", "--offline", home=tmp_path)

    assert shown.returncode == 0
    assert "only the tiny local one" in shown.stdout
    assert "needs env:DEEPSEEK_API_KEY" in shown.stdout
    assert "discord is not set up: it needs DISCORD_TOKEN" in shown.stdout
    assert "slack is not set up: it needs SLACK_BOT_TOKEN and SLACK_APP_TOKEN" in shown.stdout


def test_check_names_each_file_that_does_not_give_its_secret(tmp_path: Path) -> None:
    config = tmp_path / "pointsman.yaml"
    config.write_text(
        "discord: {token: 'file:secrets/discord'}\nslack: {bot_token: 'file:secrets/slack'}\n"
        "models: [{name: gpt-luna, api_key: 'file:secrets/openai'}]\n"
    )
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "openai").touch()

    shown = pointsman("--config", str(config), "check", "--offline", home=tmp_path)
    ran = pointsman("--config", str(config), "run", home=tmp_path)

    assert (shown.returncode, ran.returncode) == (1, 2)
    for told in (shown.stdout, ran.stderr):
        assert "discord.token: file:secrets/discord is not there: write that file" in told
        assert "slack.bot_token: file:secrets/slack is not there: write that file" in told
        assert "models[gpt-luna].api_key: file:secrets/openai is empty: fill it" in told
    assert "slack is not set up" not in shown.stdout


def test_check_sees_that_the_state_folder_cannot_be_written(tmp_path: Path) -> None:
    occupied = tmp_path / "file"
    occupied.touch()

    shown = pointsman("check", "--offline", home=tmp_path, POINTSMAN_STATE_DIR=f"{occupied}/state")

    assert shown.returncode == 1
    assert "set POINTSMAN_STATE_DIR" in shown.stdout


@pytest.mark.parametrize("content", [None, b"no model"], ids=["missing", "something else"])
def test_check_sees_that_a_named_model_file_is_none(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "model.gguf"
    if content is not None:
        file.write_bytes(content)

    found = pointsman("check", "--offline", home=tmp_path, LOCAL_GGUF=str(file))

    assert found.returncode == 1
    assert "correct local_model.gguf" in found.stdout.replace("\n", " ")


def test_a_question_that_is_empty_is_wrong_use(tmp_path: Path) -> None:
    assert pointsman("chat", home=tmp_path, stdin=" \n").returncode == 2


RULES = """
rules:
  - name: legal at night
    when:
      places: [legal]
      roles: [staff]
      private: false
      attachments: [image]
      hours: {begin: "22:00"}
      min_budget_used: 0.5
      last_models: [gpt-sol]
    deny: {names: [gpt-luna]}
"""


@pytest.mark.parametrize(
    ("changed", "applied"),
    [
        pytest.param([], ["legal at night"], id="all as the rule says"),
        pytest.param(["--place", "lobby"], [], id="elsewhere"),
        pytest.param(["--private"], [], id="in private"),
        pytest.param(["--at", "2026-12-24T21:59"], [], id="earlier"),
        pytest.param(["--budget-used", "0.4"], [], id="with more of the budget left"),
        pytest.param(["--last-model", "gpt-luna"], [], id="after another model"),
    ],
)
def test_explain_tries_rules_as_if_it_were_asked_there(
    changed: list[str], applied: list[str], tmp_path: Path
) -> None:
    config = tmp_path / "rules.yaml"
    config.write_text(RULES)
    asked = [
        *("--platform", "slack", "--place", "legal", "--role", "guest", "--role", "staff"),
        *("--at", "2026-12-24T23:00+01:00", "--attachment", "image"),
        *("--budget-used", "0.5", "--last-model", "gpt-sol"),
    ]

    shown = pointsman(
        "--config", str(config), "explain", "--json", *asked, *changed, "ask gpt: what is this?",
        home=tmp_path, OPENAI_API_KEY="k",
    )  # fmt: skip

    told = json.loads(shown.stdout)
    assert told["rules"] == applied
    assert (told["wanted"], told["needs"]) == ("gpt", ["vision"])
    objections = {model["model"]: model.get("objection", "") for model in told["models"]}
    assert ("legal at night" in objections["gpt-luna"]) is bool(applied)
    assert told["runner_up"] or applied
    assert ("is about --place lobby; is the id right?" in shown.stderr) is ("lobby" in changed)
    assert "--place legal" not in shown.stderr


@pytest.mark.parametrize(
    "option", [["--at", "noon"], ["--budget-used", "2"], ["--attachment", "cat"]]
)
def test_explain_refuses_circumstances_there_cannot_be(option: list[str], tmp_path: Path) -> None:
    assert pointsman("explain", "hi", *option, home=tmp_path).returncode == 2


def test_explain_says_in_words_what_stands_behind_the_table(tmp_path: Path) -> None:
    shown = pointsman(
        "explain", "Who wrote Faust?", "--budget-used", "0.75", home=tmp_path, OPENAI_API_KEY="k"
    )

    assert "a budget is running low, so prices count for more" in shown.stdout
    assert "score of gpt-luna in micro-dollars: quality: card +" in shown.stdout
    assert "next: gpt-sol, " in shown.stdout


def test_explain_says_who_would_be_asked_side_by_side(tmp_path: Path) -> None:
    def a_card(name: str, price: float, quality: float) -> dict[str, object]:
        return {
            "name": name, "litellm_id": f"openai/{name}", "api_key": "env:KEY",
            "input_price": price, "output_price": price * 3, "context_tokens": 8192,
            "max_output_tokens": 4096, "weights": "open", "hosting": "vendor",
            "jurisdiction": "US", "quality": {"general": quality},
        }  # fmt: skip

    config = tmp_path / "pointsman.yaml"
    cards = [a_card("llama", 0.1, 0.7), a_card("qwen", 0.2, 0.75), a_card("gpt", 20, 0.95)]
    routing = {"agreement": {"places": ["terminal"]}, "value_usd": {"balanced": 0.5}}
    config.write_text(json.dumps({"shipped_models": False, "models": cards, "routing": routing}))
    question = "Ada has 6 boxes of 7 pens. How many pens does she have?"

    shown = pointsman("--config", str(config), "explain", question, home=tmp_path, KEY="sk-test")

    assert shown.returncode == 0
    assert "qwen and llama are asked side by side; if they differ, gpt decides" in shown.stderr


def test_budgets_and_usage_are_looked_at_and_changed_from_the_shell(tmp_path: Path) -> None:
    done = pointsman("quota", "set", "asker", "$2", "per", "day", home=tmp_path)
    shown = pointsman("quota", home=tmp_path)
    wrong = pointsman("quota", "set", "asker", "$2", "per", "eon", home=tmp_path)
    records = pointsman("usage", "--records", home=tmp_path)
    table = pointsman("usage", "--csv", "--by", "person", home=tmp_path)
    mistyped = pointsman("usage", "myne", home=tmp_path)

    assert (done.returncode, done.stdout) == (0, "Set: asker $2.00 per day.\n")
    assert "- asker $2.00 per day (run time)" in shown.stdout
    assert (wrong.returncode, "one of minute, hour" in wrong.stderr) == (1, True)
    assert records.stdout.startswith("kind,call,model,cost_microusd,")
    assert table.stdout.split() == ["person,answers,tokens,cost_microusd,saved_microusd"]
    assert table.stderr == "Nobody has used anything yet.\n"
    assert (mistyped.returncode, "one of `mine`" in mistyped.stderr) == (1, True)
    assert pointsman("usage", "--days", "0", home=tmp_path).returncode == 2
