"""Reads what is attached to a question: fetches each file and has it parsed, some at a time."""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from typing import Final

from bot.reading.fetching import NotFetched, Source, fetch
from bot.reading.limits import Limits
from bot.reading.outcomes import Outcome, Read, ReadImage, ReadText, Unread
from bot.reading.reader_process import COMMAND, parse
from config.chats import AttachmentSettings
from routing.query import Attachment

_FETCHES_AT_ONCE: Final = 4
"""Of one process: what is fetched is in memory whole."""

_CHILDREN_AT_ONCE: Final = 2
"""Of one process: each may keep a core busy."""

_log = logging.getLogger(__name__)


class Reader:
    """Reads attachments of every platform it has a source for.

    Args:
        settings: What is read.
        sources: By the platform's name.
        command: Starts a child process.
    """

    def __init__(
        self,
        settings: AttachmentSettings,
        sources: Mapping[str, Source],
        command: Sequence[str] = COMMAND,
    ) -> None:
        self._sources = dict(sources)
        self._command = command
        self._fetching = asyncio.Semaphore(_FETCHES_AT_ONCE)
        self._parsing = asyncio.Semaphore(_CHILDREN_AT_ONCE)
        self.adopt(settings)

    def adopt(self, settings: AttachmentSettings) -> None:
        """Read as much of a question's files as other settings say, from the next one on."""
        self._max_files = settings.max_files
        self._limits = Limits(
            settings.max_bytes,
            settings.max_chars,
            settings.max_pages,
            settings.max_pixels,
            settings.timeout_s,
        )

    def take_from(self, platform: str, source: Source) -> None:
        """Read what comes with a platform's messages, from there."""
        self._sources[platform] = source

    async def read(self, attachments: Sequence[Attachment], platform: str) -> Read:
        """Read what is attached to one question; what cannot be read is told, never raised."""
        if not attachments:
            return Read()
        async with asyncio.TaskGroup() as group:
            reading = [
                group.create_task(self._one(attachment, platform))
                for attachment in attachments[: self._max_files]
            ]
        why = f"only {self._max_files} files of a question are read"
        outcomes = [task.result() for task in reading]
        outcomes += [Unread(each.name, why) for each in attachments[self._max_files :]]
        return Read(
            tuple(each for each in outcomes if isinstance(each, ReadText)),
            tuple(each for each in outcomes if isinstance(each, ReadImage)),
            tuple(each for each in outcomes if isinstance(each, Unread)),
        )

    async def _one(self, attachment: Attachment, platform: str) -> Outcome:
        source, name, limits = self._sources.get(platform), attachment.name, self._limits
        if source is None:
            return Unread(name, "files are not read here")
        async with self._fetching:
            try:
                content = await fetch(
                    attachment, source, max_bytes=limits.max_bytes, timeout_s=limits.timeout_s
                )
            except NotFetched as error:
                return Unread(name, str(error))
            except Exception:  # noqa: BLE001 # whatever a platform raises when asked anew
                _log.exception("an attachment could not be fetched")
                return Unread(name, "it could not be fetched")
            async with self._parsing:
                return await parse(name, content, limits, command=self._command)
