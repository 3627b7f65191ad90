import asyncio
import json
import logging
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import pytest

from bot.log import answering, log_to, log_to_stderr
from config.observing import LogSettings
from routing.errors import ModelBusy
from tests.bot.office import ScriptedAnswers, a_message, an_office


@pytest.fixture(autouse=True)
def the_log_is_put_back() -> Iterator[None]:
    root = logging.getLogger()
    ours = [logging.getLogger(name) for name in ("bot", "routing")]
    handlers, levels = root.handlers[:], [each.level for each in (root, *ours)]
    yield
    for handler in root.handlers:
        handler.close()
    root.handlers[:] = handlers
    for each, level in zip((root, *ours), levels, strict=True):
        each.setLevel(level)


def lines(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "pointsman.log").read_text().splitlines()]


def test_a_line_is_json_with_the_fields_it_carries(tmp_path: Path) -> None:
    log_to(tmp_path / "new", LogSettings())

    logging.getLogger("routing.router").info("answered", extra={"fields": {"cost_microusd": 7}})

    (told,) = lines(tmp_path / "new")
    assert (told["what"], told["cost_microusd"]) == ("answered", 7)
    assert told["at"].endswith("+00:00")
    assert (tmp_path / "new" / "pointsman.log").stat().st_mode & 0o077 == 0


def test_outside_libraries_are_quiet_until_something_is_wrong(tmp_path: Path) -> None:
    log_to(tmp_path, LogSettings(level="debug"))

    logging.getLogger("some.library").info("chatter")
    logging.getLogger("some.library").warning("trouble")
    logging.getLogger("routing").debug("detail")

    assert [each["what"] for each in lines(tmp_path)] == ["trouble", "detail"]


def test_a_folder_that_cannot_be_written_only_costs_the_log(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    log_to(tmp_path / "file" / "below", LogSettings())

    logging.getLogger("bot").warning("nobody hears this")


def test_less_is_said_where_that_is_wished(tmp_path: Path) -> None:
    log_to(tmp_path, LogSettings(level="error"))

    logging.getLogger("bot").warning("no")
    logging.getLogger("bot").error("yes")

    assert [each["what"] for each in lines(tmp_path)] == ["yes"]


def test_for_people_a_line_leaves_out_what_only_machines_read(
    capsys: pytest.CaptureFixture[str],
) -> None:
    log_to_stderr(LogSettings(form="console"))

    fields = {"model": "llama", "decision": {"task": "math"}, "failures": [], "cost_microusd": 7}
    logging.getLogger("bot").info("settled", extra={"fields": fields})
    logging.getLogger("bot").error("it broke", exc_info=ValueError("no such thing"))

    first, second, *traceback = capsys.readouterr().err.splitlines()
    assert first.split()[1:] == ["[info", "]", "settled", "model=llama", "cost_microusd=7"]
    assert second.split()[1:] == ["[error", "]", "it", "broke"]
    assert traceback[-1] == "ValueError: no such thing"


SECRET = "what somebody wrote"


def break_down(words: str) -> None:
    raise ValueError(len(words))


def test_of_an_error_people_are_shown_no_variables(capsys: pytest.CaptureFixture[str]) -> None:
    log_to_stderr(LogSettings(form="console"))

    try:
        break_down(SECRET)
    except ValueError:
        logging.getLogger("bot").exception("it broke")

    told = capsys.readouterr().err
    assert "ValueError: 19" in told
    assert SECRET not in told


class Unspeakable:
    """What cannot be put into words."""

    def __str__(self) -> str:
        raise RuntimeError


@pytest.mark.parametrize("form", ["console", "json"])
@pytest.mark.parametrize(
    ("said", "about", "told"),
    [
        pytest.param("late by %s s: x % y", 10, "late by %s s: x % y", id="too many"),
        pytest.param("late by %d s", math.inf, "late by %d s", id="not a number"),
        pytest.param("heard %s", Unspeakable(), "heard %s", id="argument"),
        pytest.param(Unspeakable(), None, "Unspeakable", id="message"),
    ],
)
def test_a_message_that_cannot_take_its_arguments_is_told_as_it_stands(
    form: Literal["console", "json"],
    said: object,
    about: object,
    told: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    log_to_stderr(LogSettings(form=form))

    logging.getLogger("discord.gateway").warning(said, *([about] if about else []))

    (line,) = capsys.readouterr().err.splitlines()
    assert told in line


def test_where_nobody_looks_a_line_is_json(capsys: pytest.CaptureFixture[str]) -> None:
    log_to_stderr(LogSettings())

    logging.getLogger("bot").info("on")

    assert json.loads(capsys.readouterr().err)["what"] == "on"


async def test_lines_of_one_answer_name_it_also_from_the_tasks_it_begins(tmp_path: Path) -> None:
    log_to(tmp_path, LogSettings())

    async def say(what: str) -> None:
        logging.getLogger("bot").info(what)

    with answering("0123456789abcdef"):
        beside = asyncio.create_task(say("beside"))
        await say("within")
    await beside
    await say("after")

    assert [(each["what"], each.get("reply")) for each in lines(tmp_path)] == [
        ("within", "01234567"),
        ("beside", "01234567"),
        ("after", None),
    ]


async def test_a_question_without_an_answer_leaves_one_line_with_its_name(tmp_path: Path) -> None:
    log_to(tmp_path, LogSettings())
    message = a_message(text="the secret")

    async with an_office() as office:
        office.start(ScriptedAnswers(ModelBusy("llama", "429")))
        await office.intake.accept(message)
        await office.time.until(lambda: any("busy" in each for each in office.shown))

    (told,) = lines(tmp_path)
    assert (told["what"], told["reason"]) == ("unanswered", "model_busy")
    assert message.reply_id.startswith(told["reply"])
