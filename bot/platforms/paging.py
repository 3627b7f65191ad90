"""Which pieces of an answer are posts, and what stands for the rest. Pure."""

from dataclasses import dataclass

from bot.draft import View
from bot.platforms.beside import ANSWER, FILE_COMES, IN_FILE, File, files_beside, status_of


@dataclass(frozen=True, slots=True)
class Paging:
    """How many posts an answer may be.

    Attributes:
        several: An answer of more comes as a file, its beginning shown.
        is_single: Whether there can be no second post, so that a file is for the rest.
    """

    several: int
    is_single: bool

    @property
    def most_posts(self) -> int:
        """Return how many posts of an answer are shown at most, where a file can take the rest."""
        return 1 if self.is_single else self.several

    def growing(self, view: View, pieces: list[str], certain: int) -> tuple[list[str], str, str]:
        """Return what is shown of an answer that goes on: full posts, the last one, a small line.

        Args:
            view: The answer as it is now.
            pieces: What there is of its text; without any the last post is empty.
            certain: How many of them no further text changes.
        """
        # Behind the filled pieces only one is shown: where the next begins is not yet certain.
        *before, last = pieces[: min(certain + 1, self.most_posts)] or [""]
        return before, last, FILE_COMES if certain >= self.most_posts else status_of(view)

    def whole(
        self, view: View, pieces: list[str], *, has_files: bool
    ) -> tuple[list[str], tuple[File, ...]]:
        """Return the posts of an answer that is done, and what is to be attached if that can be.

        Args:
            view: The answer.
            pieces: Its text.
            has_files: Whether files may be attached; else as many posts as it takes are made.
        """
        is_long = len(pieces) > self.most_posts
        if is_long and (has_files or self.is_single):
            pieces = pieces[: self.most_posts]
        return pieces, files_beside(view, is_long=is_long)


def note_on(files: tuple[File, ...], *, has_files: bool, lacking: str) -> str:
    """Say where the rest of an answer is; empty where all of it is seen.

    Args:
        files: What is to be attached.
        has_files: Whether it may be.
        lacking: What is said where it may not.
    """
    if files and not has_files:
        return lacking
    return IN_FILE if any(file.name == ANSWER for file in files) else ""
