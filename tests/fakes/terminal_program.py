"""A conversation in the terminal with a scripted partner, for tests to run in a pseudo terminal.

The first argument is the state folder, the second, if there is one, the only question.
"""

import asyncio
import sys
from collections.abc import AsyncGenerator
from contextlib import suppress
from pathlib import Path

from bot.commands.options import Suggestion
from bot.platforms.port import Message, Notice, OutgoingEvent
from bot.platforms.terminal import Terminal
from config.settings import TerminalSettings
from routing.errors import AllModelsFailed, ModelBusy
from routing.reply import Chosen, Outcome, ReasoningDelta, TextDelta
from routing.stop import Stop, Stopped
from tests.fakes.answers import a_finished


async def answer(message: Message, stop: Stop) -> AsyncGenerator[OutgoingEvent]:
    """Answer as the question's first word asks for."""
    match message.text.split()[0]:
        case "/help":
            yield Notice("**Ask** away.")
        case "endless":
            async for event in _endless(stop):
                yield event
        case "until":
            yield TextDelta("Waiting.")
            await asyncio.to_thread(Path(message.text.split()[1]).read_text)
            yield a_finished()
        case "stubborn":
            yield Chosen("llama")
            yield TextDelta("I will not stop. ")
            with suppress(Stopped):
                await stop.wait_for(asyncio.Event().wait())
            yield TextDelta("I heard you.")
            await asyncio.Event().wait()
        case "fail":
            raise AllModelsFailed((ModelBusy("llama", "429 Too Many Requests"),))
        case "break":
            raise ValueError("nobody foresaw this")
        case _:
            yield Chosen("llama")
            yield ReasoningDelta("He says\nsomething.")
            yield TextDelta(f"You said {message.text!r}.")
            yield a_finished()


async def _endless(stop: Stop) -> AsyncGenerator[OutgoingEvent]:
    yield Chosen("llama")
    yield TextDelta("And on and on")
    try:
        while True:
            await stop.wait_for(asyncio.sleep(0.01))
            yield TextDelta(" and on")
    except Stopped:
        yield a_finished(outcome=Outcome.STOPPED)


def complete(begun: str) -> list[Suggestion]:
    """Complete the one command there is."""
    words = [Suggestion("/model", "choose a model"), Suggestion("gpt", "the dear one")]
    return [each for each in words if each.value.startswith(begun.rsplit(" ", maxsplit=1)[-1])]


def main() -> int:
    """Talk, or answer one question."""
    state_dir = Path(sys.argv[1])
    terminal = Terminal(
        TerminalSettings(),
        state_dir,
        complete=complete,
        on_prompt=state_dir.with_suffix(".prompted").mkdir,
    )
    if sys.argv[2:]:
        return 0 if asyncio.run(terminal.ask_once(answer, sys.argv[2])) else 1
    asyncio.run(terminal.run(answer))
    return 0


if __name__ == "__main__":
    sys.exit(main())
