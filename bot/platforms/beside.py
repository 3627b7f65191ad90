"""What stands beside the text of an answer on a chat service: files, thoughts, a status. Pure."""

from dataclasses import dataclass, replace
from typing import Final

from bot.draft import View
from bot.platforms.port import NamedFile

ANSWER: Final = "answer.md"
"""The file that has all of an answer."""

NO_TEXT: Final = "(The answer has no text.)"
IN_FILE: Final = f"The whole answer is in the file `{ANSWER}`."
FILE_COMES: Final = "… it goes on; all of it comes as a file"

_SHORT_CHARS: Final = 300
_SAID_CHARS: Final = 2000


@dataclass(frozen=True, slots=True)
class File:
    """Something attached: a text people fold out, or a picture.

    Attributes:
        name: With its ending.
        text: What it says, or what is to be seen in it.
        content: What is in it, where that is not its text.
        media_type: What that is.
    """

    name: str
    text: str
    content: bytes = b""
    media_type: str = "text/markdown; charset=utf-8"

    @property
    def is_picture(self) -> bool:
        """Tell whether its text is what is to be seen in it."""
        return self.media_type.startswith("image/") and bool(self.text)

    @property
    def data(self) -> bytes:
        """Return what is sent."""
        return self.content or self.text.encode("utf-8", "replace")


def files_beside(view: View, *, is_long: bool) -> tuple[File, ...]:
    """Return what is attached to an answer that is done.

    Args:
        view: The answer.
        is_long: Whether posts show its beginning only.
    """
    files = []
    if is_long:
        files.append(File(ANSWER, view.text))
    if len(_flat(view.reasoning)) > _SHORT_CHARS:
        files.append(File("reasoning.md", view.reasoning))
    brought = (File(each.name, each.words, each.content, each.media_type) for each in view.files)
    return (*files, *brought)


def with_files_in_words(view: View) -> View:
    """Return an answer that says what is in the files it brought, where nothing can be attached."""
    said = (_said(each) for each in view.files)
    return replace(view, text="\n\n".join([view.text, *said]), files=())


def _said(file: NamedFile) -> str:
    if not file.words or len(file.words) > _SAID_CHARS:
        return f"`{file.name}` cannot be attached here: ask me in a direct message."
    if file.alternative:
        return f"{file.words}\n\nAs a picture: ask me the same in a direct message."
    return f"```\n{file.words.rstrip()}\n```"


def short_thoughts(reasoning: str) -> str:
    """Return in one line what a model thought, if a line is enough for it; else nothing."""
    flat = _flat(reasoning)
    return flat if len(flat) <= _SHORT_CHARS else ""


def status_of(view: View) -> str:
    """Return the small line under an answer that is being made."""
    if view.text or not view.reasoning:
        return view.status
    thought = f"thought {len(view.reasoning.split())} words so far"
    return f"{view.status} · {thought}" if view.status else thought


def _flat(text: str) -> str:
    return " ".join(text.split())
