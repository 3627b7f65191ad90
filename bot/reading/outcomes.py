"""What came of reading attachments. Pure values, known to the child process too."""

from dataclasses import dataclass

from config.catalog import AttachmentKind
from routing.query import Attachment, Image


@dataclass(frozen=True, slots=True)
class ReadText:
    """A file as text.

    Attributes:
        name: What its owner calls it.
        text: What it says.
        note: What of it is missing or doubtful; empty when nothing is.
        kind: What it really is.
    """

    name: str
    text: str
    note: str = ""
    kind: AttachmentKind = AttachmentKind.TEXT


@dataclass(frozen=True, slots=True)
class ReadImage:
    """A file as a picture.

    Attributes:
        name: What its owner calls it.
        image: What a model is shown.
        note: What of it is missing; empty when nothing is.
    """

    name: str
    image: Image
    note: str = ""


@dataclass(frozen=True, slots=True)
class Unread:
    """A file that was not read.

    Attributes:
        name: What its owner calls it.
        why: A part of a sentence: `it is empty`.
    """

    name: str
    why: str


Outcome = ReadText | ReadImage | Unread


@dataclass(frozen=True, slots=True)
class Read:
    """What came of all that was attached to a question, each in the order it was attached."""

    texts: tuple[ReadText, ...] = ()
    images: tuple[ReadImage, ...] = ()
    unread: tuple[Unread, ...] = ()

    @property
    def attachments(self) -> tuple[Attachment, ...]:
        """Return what really goes to a model, for the rules: by what it is, not what it claims."""
        texts = (Attachment(each.kind, each.name) for each in self.texts)
        images = (Attachment(AttachmentKind.IMAGE, each.name) for each in self.images)
        return (*texts, *images)
