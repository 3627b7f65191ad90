"""One question and its answer, in this process and through real pipes."""

import asyncio
import io
import logging
import os
import signal
import subprocess
import sys
from collections.abc import AsyncGenerator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.platforms.port import Message, Notice, OnMessage, OutgoingEvent
from bot.platforms.terminal import Streams, Terminal
from bot.platforms.terminal_question import NothingAsked, read_question
from config.settings import TerminalSettings
from routing.errors import StoreUnavailable
from routing.reply import Outcome, TextDelta
from routing.stop import Stop, Stopped
from tests.fakes.answers import a_finished

REPOSITORY = Path(__file__).parents[3]


def events(*given: OutgoingEvent) -> OnMessage:
    async def on_message(_message: Message, _stop: Stop) -> AsyncGenerator[OutgoingEvent]:
        for event in given:
            yield event

    return on_message


def raising(error: Exception) -> OnMessage:
    async def on_message(_message: Message, _stop: Stop) -> AsyncGenerator[OutgoingEvent]:
        yield TextDelta("Half")
        raise error

    return on_message


class Piped:
    """A terminal whose every end is a pipe."""

    def __init__(self) -> None:
        self.out, self.err = io.StringIO(), io.StringIO()
        streams = Streams(io.StringIO(), self.out, self.err)
        self.terminal = Terminal(TerminalSettings(), Path("unused"), streams=streams)

    async def ask(self, on_message: OnMessage) -> bool:
        return await self.terminal.ask_once(on_message, "why?")


async def test_the_answer_goes_to_stdout_and_the_receipt_to_stderr() -> None:
    piped = Piped()

    is_complete = await piped.ask(events(TextDelta("Because."), a_finished()))

    assert is_complete
    assert piped.out.getvalue() == "Because.\n"
    assert piped.err.getvalue().startswith("llama · best value here")


@pytest.mark.parametrize(
    ("last", "is_complete"),
    [
        pytest.param(a_finished(), True, id="a whole answer"),
        pytest.param(a_finished(outcome=Outcome.LIMIT), False, id="cut at the limit"),
        pytest.param(a_finished(outcome=Outcome.STOPPED), False, id="stopped"),
        pytest.param(Notice("Done"), True, id="a command's answer"),
        pytest.param(Notice("No", is_failure=True), False, id="a refusal"),
    ],
)
async def test_only_a_whole_answer_is_complete(
    last: OutgoingEvent,
    is_complete: bool,  # a column of the table
) -> None:
    assert await Piped().ask(events(last)) is is_complete


async def test_a_routing_error_is_put_into_words() -> None:
    piped = Piped()

    is_complete = await piped.ask(raising(StoreUnavailable()))

    assert not is_complete
    assert piped.out.getvalue() == "Half\n"
    assert "The store of conversations and usage does not answer." in piped.err.getvalue()


async def test_an_error_nobody_foresaw_is_logged_and_told_without_its_content(
    caplog: pytest.LogCaptureFixture,
) -> None:
    piped = Piped()

    with caplog.at_level(logging.ERROR):
        is_complete = await piped.ask(raising(ValueError("secret")))

    assert not is_complete
    assert "Something went wrong" in piped.err.getvalue()
    assert "secret" not in piped.err.getvalue()
    assert "ValueError: secret" in caplog.text


async def test_a_message_says_who_asks_where_and_when() -> None:
    seen: list[Message] = []

    async def on_message(message: Message, _stop: Stop) -> AsyncGenerator[OutgoingEvent]:
        seen.append(message)
        yield a_finished()

    piped = Piped()
    await piped.terminal.ask_once(on_message, "caf\udce9")
    await piped.terminal.ask_once(on_message, "again")

    first, second = seen
    assert first.text == "caf?"
    assert (first.origin.asker, first.origin.private) == (f"terminal:{first.origin.person}", True)
    assert first.conversation == second.conversation
    assert first.conversation.person == first.origin.person
    assert first.message_id != second.message_id
    assert first.at.utcoffset() == timedelta(0)


async def test_ctrl_c_stops_the_answer_and_leaves_the_handler_as_it_was() -> None:
    async def on_message(_message: Message, stop: Stop) -> AsyncGenerator[OutgoingEvent]:
        yield TextDelta("Half")
        os.kill(os.getpid(), signal.SIGINT)
        with pytest.raises(Stopped):
            await stop.wait_for(asyncio.Event().wait())
        yield a_finished(outcome=Outcome.STOPPED)

    before = signal.getsignal(signal.SIGINT)
    piped = Piped()

    is_complete = await piped.ask(on_message)

    assert not is_complete
    assert " · stopped · " in piped.err.getvalue()
    assert signal.getsignal(signal.SIGINT) is before


async def test_cancelling_the_terminal_closes_the_answer() -> None:
    begun, closed = asyncio.Event(), asyncio.Event()

    async def on_message(_message: Message, _stop: Stop) -> AsyncGenerator[OutgoingEvent]:
        try:
            begun.set()
            await asyncio.Event().wait()
            yield a_finished()
        finally:
            closed.set()

    asking = asyncio.create_task(Piped().ask(on_message))
    await begun.wait()
    asking.cancel()

    with pytest.raises(asyncio.CancelledError):
        await asking
    assert closed.is_set()


def test_the_end_of_a_pipe_that_nobody_reads_ends_quietly(tmp_path: Path) -> None:
    program = [sys.executable, "-m", "tests.fakes.terminal_program", str(tmp_path), "endless"]
    with subprocess.Popen(
        program, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=REPOSITORY
    ) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        assert running.stdout.read(11) == b"And on and "
        running.stdout.close()

        assert running.stderr.read().decode().startswith("llama · best value here · stopped · ")
        assert running.wait() == 1


def a_pipe(content: bytes) -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(content), encoding="utf-8")


def test_all_that_is_piped_in_is_one_question() -> None:
    text = "\ufeffone\n\n  two\n"

    assert read_question(a_pipe(text.encode()), io.StringIO()) == "one\n\n  two"


def test_bytes_that_are_no_text_are_replaced_with_a_notice() -> None:
    notes = io.StringIO()

    assert read_question(a_pipe(b"caf\xe9?"), notes) == "caf\ufffd?"
    assert "not UTF-8" in notes.getvalue()


@pytest.mark.parametrize("content", [b"", b" \n\t\n"], ids=["nothing", "white space"])
def test_empty_input_is_no_question(content: bytes) -> None:
    with pytest.raises(NothingAsked, match="There is no question"):
        read_question(a_pipe(content), io.StringIO())
