"""What the doors handed on, and how quickly the bot takes it in."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.platforms.slack.ports import Payload


@dataclass
class Heard:
    """Plays the listening side of the bot, as far as the doors see it.

    Attributes:
        taken: What was handed on: what it is, for which team and enterprise, and itself.
        until: What is waited for before anything is taken in; None: it is at once.
        trouble: What taking in fails with, once.
    """

    taken: list[tuple[str, str, str, Payload]] = field(default_factory=list)
    until: asyncio.Event | None = None
    trouble: Exception | None = None

    async def event(self, team: str, enterprise: str, payload: Payload) -> None:
        await self._take("event", payload, team, enterprise)

    async def command(self, payload: Payload) -> None:
        await self._take("command", payload)

    async def shortcut(self, payload: Payload) -> None:
        await self._take("shortcut", payload)

    async def action(self, payload: Payload) -> None:
        await self._take("action", payload)

    async def view(self, payload: Payload) -> None:
        await self._take("view", payload)

    async def options(self, payload: Payload) -> Sequence[Mapping[str, Any]]:
        await self._take("options", payload)
        return [{"text": {"type": "plain_text", "text": "gpt"}, "value": "gpt"}]

    async def aclose(self) -> None:
        """End nothing."""

    @property
    def kinds(self) -> list[str]:
        """Return what was handed on, in order."""
        return [kind for kind, *_ in self.taken]

    async def _take(
        self, kind: str, payload: Payload, team: str = "", enterprise: str = ""
    ) -> None:
        if self.until:
            await self.until.wait()
        if trouble := self.trouble:
            self.trouble = None
            raise trouble
        self.taken.append((kind, team, enterprise, payload))
