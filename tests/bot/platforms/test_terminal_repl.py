"""The terminal as a person meets it: a program in a pseudo terminal, keys in, a screen out."""

import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

if sys.platform == "win32":
    pytest.skip("pseudo terminals are Unix's", allow_module_level=True)

from tests.fakes.pty import PtyProgram

CTRL_C, CTRL_D, ENTER, UP = "\x03", "\x04", "\r", "\x1b[A"


@contextmanager
def conversation(folder: Path, **environ: str) -> Iterator[PtyProgram]:
    arguments = ["-m", "tests.fakes.terminal_program", str(folder / "state")]
    with PtyProgram(arguments, environ) as program:
        program.see(">")
        yield program


def test_a_question_is_answered_with_its_receipt_and_ctrl_d_leaves(tmp_path: Path) -> None:
    with conversation(tmp_path) as program:
        program.type("hello" + ENTER)
        program.see("You said 'hello'.")
        program.see("llama · best value here · 812 in, 301 out · $0.0006")
        program.type("/reasoning" + ENTER)
        program.see("He says something.")
        program.type(CTRL_D)

        assert program.exit_code() == 0
        assert program.screen.text.count("You said 'hello'.") == 1
        assert "▸ thought for" in program.screen.text
        assert program.screen.is_cursor_shown
        assert not program.screen.strange


def test_ctrl_c_stops_an_answer_and_keeps_its_receipt(tmp_path: Path) -> None:
    with conversation(tmp_path) as program:
        program.type("endless" + ENTER)
        program.see("and on and on and on")
        program.type(CTRL_C)
        program.see("llama · best value here · stopped ·")
        program.type("hello" + ENTER)
        program.see("You said 'hello'.")

        assert "^C" not in program.screen.text


def test_a_second_ctrl_c_does_not_wait_for_the_receipt(tmp_path: Path) -> None:
    with conversation(tmp_path) as program:
        program.type("stubborn" + ENTER)
        program.see("I will not stop.")
        program.type(CTRL_C)
        program.see("I heard you.")
        program.type(CTRL_C)
        program.see("Ended without waiting")
        program.type("hello" + ENTER)
        program.see("You said 'hello'.")


def test_ctrl_c_at_the_prompt_clears_the_line_and_leaves_when_pressed_twice_on_an_empty_one(
    tmp_path: Path,
) -> None:
    with conversation(tmp_path) as program:
        program.type("not this" + CTRL_C + "but this" + ENTER)
        program.see("\n>")
        assert "You said 'but this'." in program.screen.text

        program.type(CTRL_C)
        program.see("Ctrl-C again to leave")
        program.type(CTRL_C)

        assert program.exit_code() == 0


def test_several_lines_are_one_message_pasted_or_typed(tmp_path: Path) -> None:
    with conversation(tmp_path) as program:
        program.type("\x1b[200~one\r\ntwo\x1b[201~" + ENTER)
        program.see(r"You said 'one\ntwo'.")
        program.type("three\\" + ENTER + "four\x1b\rfive\nsix" + ENTER)
        program.see(r"You said 'three\nfour\nfive\nsix'.")


def test_what_was_typed_is_remembered_over_restarts_for_nobody_else_to_read(
    tmp_path: Path,
) -> None:
    with conversation(tmp_path) as first:
        first.type("remember me" + ENTER)
        first.see("You said 'remember me'.")
        first.type("/quit" + ENTER)
        assert first.exit_code() == 0

    (tmp_path / "state.prompted").rmdir()
    with conversation(tmp_path) as second:
        second.type(UP + UP)
        second.see("> remember me")
        second.type(ENTER)
        second.see("You said 'remember me'.")

    mode = (tmp_path / "state" / "terminal_history").stat().st_mode
    assert stat.S_IMODE(mode) == 0o600


def test_what_is_typed_while_an_answer_runs_is_the_next_message(tmp_path: Path) -> None:
    go = tmp_path / "go"
    os.mkfifo(go)
    with conversation(tmp_path) as program:
        program.type(f"until {go}" + ENTER)
        program.see("Waiting.")
        program.type("hello" + ENTER)
        go.write_text("")
        program.see("You said 'hello'.")

        assert "> hello" in program.screen.text
        assert program.screen.text.count("hello") == 2


def test_the_first_prompt_is_told_of_once(tmp_path: Path) -> None:
    with conversation(tmp_path) as program:
        # The program would fail at a second call: the folder is there already.
        program.type("hello" + ENTER)
        program.see("\n>")

        assert (tmp_path / "state.prompted").is_dir()


def test_where_no_history_can_be_kept_it_lasts_for_the_conversation(tmp_path: Path) -> None:
    (tmp_path / "state").touch()
    with conversation(tmp_path) as program:
        program.type("hello" + ENTER)
        program.see("\n>")
        program.type(UP + ENTER)
        program.see("You said 'hello'.", times=2)


def test_failures_are_told_and_the_conversation_goes_on(tmp_path: Path) -> None:
    with conversation(tmp_path) as program:
        program.type("fail" + ENTER)
        program.see("- llama is busy (429 Too Many Requests)")
        program.type("break" + ENTER)
        program.see("Something went wrong")
        program.type("/he" + "lp" + ENTER)
        program.see("Ask away.")
        program.type(CTRL_D)

        assert program.exit_code() == 0


def test_commands_are_completed(tmp_path: Path) -> None:
    with conversation(tmp_path) as program:
        program.type("/mo")
        program.see("choose a model")
        program.type("\t")
        program.see("> /model")
        program.type(" g")
        program.see("the dear one")
        program.type("\t")
        program.see("> /model gpt")


def test_a_dumb_terminal_gets_plain_text(tmp_path: Path) -> None:
    with conversation(tmp_path, TERM="dumb") as program:
        program.type("hello" + ENTER)
        program.see("You said 'hello'.")
        program.see("llama · best value here")


def test_one_question_at_a_terminal_is_answered_in_markdown_and_stopped_by_ctrl_c(
    tmp_path: Path,
) -> None:
    arguments = ["-m", "tests.fakes.terminal_program", str(tmp_path / "state"), "endless"]
    with PtyProgram(arguments, {}) as program:
        program.see("and on and on and on")
        program.type(CTRL_C)
        program.see("llama · best value here · stopped ·")

        assert program.exit_code() == 1
        assert "^C" not in program.screen.text
        assert not program.screen.strange
