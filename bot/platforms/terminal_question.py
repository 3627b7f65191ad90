"""A question that comes through a pipe, whole: all of standard input is one message."""

from typing import TextIO


class NothingAsked(Exception):
    """Standard input held no question; the message says what to do instead."""


def read_question(stdin: TextIO, notes: TextIO) -> str:
    """Read standard input to its end, before any event loop runs: reading waits for the other side.

    Bytes that are no UTF-8 are replaced, with a notice.

    Raises:
        NothingAsked: There is nothing but white space.
    """
    if stdin.isatty():
        print("Type your question, then press Ctrl-D.", file=notes, flush=True)
    given = stdin.buffer.read()
    try:
        text = given.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = given.decode("utf-8-sig", errors="replace")
        print("Some of the input is not UTF-8; it is sent as \ufffd.", file=notes, flush=True)
    if not text.strip():
        raise NothingAsked(
            "There is no question: standard input is empty. Write one behind `pointsman chat`, "
            "pipe one in, or start `pointsman chat` in a terminal."
        )
    return text.strip("\r\n")
