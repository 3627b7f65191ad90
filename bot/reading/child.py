"""The child process: reads one file from its standard input, says what is in it, and ends.

`python -m bot.reading.child` speaks as `bot/reading/wire.py` describes. It is run without the
environment of the bot, and bounds itself before it looks at the file.
"""

import sys
from contextlib import suppress
from importlib import import_module
from pkgutil import walk_packages

from bot.reading.limits import Limits, confine
from bot.reading.outcomes import Outcome, Unread
from bot.reading.plain import NEEDED_LATER, read_plain
from bot.reading.sniffing import Format, NotReadable, format_of
from bot.reading.wire import answer, read_question

_READERS = {
    Format.PDF: "bot.reading.pdf",
    Format.ZIP: "bot.reading.word",
    Format.IMAGE: "bot.reading.pictures",
}


def read(name: str, content: bytes, limits: Limits) -> Outcome:
    """Return what is in a file; this process is confined from here on."""
    try:
        found = format_of(content)
        _get_ready(found)
        confine(limits)
        return _read_as(found, name, content, limits)
    except NotReadable as error:
        return Unread(name, str(error))
    except MemoryError:
        return Unread(name, "it is too large once unpacked")
    except Exception:  # noqa: BLE001 # parsers of strangers' files raise anything
        return Unread(name, "it is broken")


def _get_ready(found: Format) -> None:
    """Import what is needed, also what it would import later: no file is opened any more."""
    needed = NEEDED_LATER
    if found in _READERS:
        needed += import_module(_READERS[found]).NEEDED_LATER
    for name in needed:
        _import_whole(name)


def _import_whole(name: str) -> None:
    inside = getattr(import_module(name), "__path__", ())
    for module in walk_packages(inside, f"{name}."):
        with suppress(ImportError):  # some need what is not installed, and are not needed
            import_module(module.name)


def _read_as(found: Format, name: str, content: bytes, limits: Limits) -> Outcome:
    match found:
        case Format.PDF:
            from bot.reading.pdf import read_pdf

            return read_pdf(name, content, limits)
        case Format.ZIP:
            from bot.reading.word import read_word

            return read_word(name, content, limits.max_chars)
        case Format.IMAGE:
            from bot.reading.pictures import read_picture

            return read_picture(name, content, limits.max_pixels)
        case Format.TEXT:
            return read_plain(name, content, limits.max_chars)


def main() -> None:
    """Read one file."""
    outcome = read(*read_question(sys.stdin.buffer))
    sys.stdout.buffer.write(answer(outcome))


if __name__ == "__main__":
    main()
