"""The configuration as files that may change: loads it, and tells whether they are as they were."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

from config.catalog import PublishedModels
from config.environment import files_in_environment, path_of, references_in
from config.loading import load
from config.settings import Settings
from config.yaml_lines import read


class ConfigFiles:
    """The operator's file, and those its secrets are in.

    Args:
        path: The operator's file; None for the defaults.
        environ: Wins over the file; references lead into it. What becomes of it later is nothing.
        published: Fills what a card leaves out.

    Attributes:
        loaded: The mark of what was loaded last, see `mark`.
        hidden: All texts that references ever led to here: no place for them in a log.
    """

    def __init__(
        self, path: Path | None, environ: Mapping[str, str], published: PublishedModels
    ) -> None:
        self.loaded = b""
        self.hidden: set[str] = set()
        self._path = path
        self._folder = path.parent if path else Path()
        self._environ = dict(environ)  # of the process, LiteLLM's part takes some away
        self._published = published
        self._own: bytes | None = None
        self._references: tuple[str, ...] = ()

    @property
    def may_change(self) -> bool:
        """Tell whether it can be read a second time: not from a pipe."""
        return self._path is None or self._path.is_file()

    def load(self) -> Settings:
        """Return the whole configuration as it stands now.

        Raises:
            ConfigError: Holds everything that is wrong with it; it counts as loaded all the same.
        """
        self.loaded = self.mark()  # before: what changes meanwhile differs from it
        self.hidden |= set(filter(None, self._texts()))
        return load(self._path, self._environ, self._published)

    def mark(self) -> bytes:
        """Return what is the same for as long as all the files hold the same.

        Their content counts, not when or how it came there: editors replace files, and mounted
        secrets are links that lead elsewhere.
        """
        own = _bytes(self._path) if self._path else None
        if own is None or own != self._own:
            self._own, self._references = own, tuple(self._read_references())
        seen = sha256()
        for content in (own, *map(_bytes, self._files())):
            seen.update(b"gone" if content is None else sha256(content).digest())
        return seen.digest()

    def _read_references(self) -> Iterator[str]:
        if self._path and self._path.is_file():
            given, _ = read(self._path)
            yield from references_in(given)

    def _files(self) -> Iterator[Path]:
        """Yield the files that secrets are in."""
        yield from files_in_environment(self._environ)
        for each in self._references:
            kind, _, name = each.partition(":")
            with suppress(RuntimeError):
                if kind == "file":
                    yield path_of(self._folder, name)

    def _texts(self) -> Iterator[str]:
        """Yield what the references lead to."""
        for path in self._files():
            yield (_bytes(path) or b"").decode("utf-8", "replace").rstrip("\r\n")
        for each in self._references:
            yield self._environ.get(each.removeprefix("env:"), "")


def _bytes(path: Path) -> bytes | None:
    """Return what a file holds; None when it cannot be read, or only once."""
    try:
        return path.read_bytes() if path.is_file() else None
    except (OSError, ValueError):
        return None
