"""The configuration as files that may change: loads it, and tells whether they are as they were."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

from config.catalog import PublishedModels
from config.environment import files_in_environment, look_up, path_of, resolved_in
from config.loading import load
from config.references import Resolved, Unset
from config.settings import Settings
from config.yaml_lines import read


class ConfigFiles:
    """The operator's file, and those its secrets are in.

    Args:
        path: The operator's file; None for the defaults.
        environ: Wins over the file; references lead into it.
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
        self._environ = environ
        self._published = published
        self._content: bytes | None = None
        self._named: tuple[Path, ...] = ()

    def load(self) -> Settings:
        """Return the whole configuration as it stands now.

        Raises:
            ConfigError: Holds everything that is wrong with it; it counts as loaded all the same.
        """
        self.loaded = self.mark()  # before: what changes meanwhile differs from it
        self.hidden |= {str(each) for each in self._references() if isinstance(each, Resolved)}
        return load(self._path, self._environ, self._published)

    def mark(self) -> bytes:
        """Return what is the same for as long as all the files hold the same.

        Their content counts, not when or how it came there: editors replace files, and mounted
        secrets are links that lead elsewhere.
        """
        seen = sha256()
        own = _bytes(self._path) if self._path else None
        if own != self._content or own is None:
            self._content, self._named = own, tuple(self._files())
        for content in (own, *map(_bytes, self._named)):
            seen.update(b"gone" if content is None else sha256(content).digest())
        return seen.digest()

    def _files(self) -> Iterator[Path]:
        """Yield the files that secrets are in."""
        yield from files_in_environment(self._environ)
        for each in self._references():
            kind, _, name = each.reference.partition(":")
            with suppress(RuntimeError):
                if kind == "file":
                    yield path_of(self._folder, name)

    def _references(self) -> Iterator[Resolved | Unset]:
        given, _ = read(self._path) if self._path else (None, [])
        return resolved_in(look_up(given, self._environ, self._folder))


def _bytes(path: Path) -> bytes | None:
    """Return what a file holds; None when it cannot be read."""
    try:
        return path.read_bytes()
    except (OSError, ValueError):
        return None
