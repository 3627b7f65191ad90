"""People of a long soak: they come and go, on Discord and on Slack, and do all that people do."""

import random
from collections import Counter, deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any, Final, Protocol

import aiohttp

from tests.bench.discord_stage import DiscordScene
from tests.bench.slack_stage import SlackScene
from tests.bench.stage import question

_STAYING: Final = 200
"""So many people of each service are there; who came before them has left for good."""

_OPEN: Final = 40
"""And so many channels."""

_GUILDS: Final = 6
_REMEMBERED: Final = 30
"""Questions that people come back to."""

_AT_ONCE: Final = 9
"""So many questions somebody impatient asks at once."""

COMMANDS: Final = ("usage", "quota show", "why", "help", "new", "model", "whoami")


@dataclass(frozen=True)
class Said:
    """What somebody said somewhere."""

    who: Any
    where: Any
    post: Any
    text: str


class Crowd(Protocol):
    """People of one service; ids are the service's."""

    @property
    def people(self) -> Sequence[Any]:
        """Return who is there."""
        ...

    @property
    def places(self) -> Sequence[Any]:
        """Return where people talk."""
        ...

    async def come(self, number: int) -> None:
        """Let somebody new come."""
        ...

    async def open_place(self, number: int) -> None:
        """Let a channel be opened."""
        ...

    async def say(self, who: Any, where: Any, text: str, *, is_aloud: bool = True) -> Said:
        """Let somebody say something; aloud: to the bot, by its name."""
        ...

    async def whisper(self, who: Any, text: str) -> Said:
        """Let somebody say something to the bot alone."""
        ...

    async def go_on(self, said: Said, text: str) -> None:
        """Let somebody go on where they asked something."""
        ...

    async def command(self, who: Any, where: Any, words: str) -> None:
        """Let somebody give a command."""
        ...

    async def press(self, said: Said, dice: random.Random) -> None:
        """Let somebody press something under what answers them."""
        ...

    async def edit(self, said: Said, text: str) -> None:
        """Let somebody put a question another way."""
        ...

    async def delete(self, said: Said) -> None:
        """Let somebody take back what they said."""
        ...

    async def break_off(self, dice: random.Random) -> None:
        """Let connections break."""
        ...


@dataclass
class DiscordCrowd:
    """People in servers of Discord; a new channel is in any of them."""

    scene: DiscordScene
    guilds: list[int] = field(default_factory=list)

    @property
    def people(self) -> Sequence[int]:
        """Return who is there."""
        return self.scene.users

    @property
    def places(self) -> Sequence[int]:
        """Return where people talk."""
        return self.scene.channels

    async def come(self, number: int) -> None:
        """Let somebody new come into all servers."""
        do = self.scene.fake.do
        person = await do("add_user", name=f"person {number}", guild=self.guilds[0])
        for guild in self.guilds[1:]:
            await do("join", user=person, guild=guild)
        self.scene.users.append(person)

    async def open_place(self, number: int) -> None:
        """Let a channel be opened; the first ones found the servers."""
        do = self.scene.fake.do
        if len(self.guilds) < _GUILDS:
            self.guilds.append(await do("add_guild", name=f"guild {number}"))
        guild = self.guilds[number % len(self.guilds)]
        self.scene.channels.append(await do("add_channel", guild=guild, name=f"c{number}"))

    async def say(self, who: int, where: int, text: str, *, is_aloud: bool = True) -> Said:
        """Let somebody say something."""
        post = await self.scene.fake.do(
            "say", user=who, channel=where, text=text, mention_bot=is_aloud
        )
        return Said(who, where, post, text)

    async def whisper(self, who: int, text: str) -> Said:
        """Let somebody say something to the bot alone."""
        where = await self.scene.fake.do("add_dm", user=who)
        return await self.say(who, where, text, is_aloud=False)

    async def go_on(self, said: Said, text: str) -> None:
        """Let somebody reply to the answer."""
        for answer in await self._answers(said):
            await self.scene.fake.do(
                "say", user=said.who, channel=said.where, text=text, reply_to=answer["id"]
            )

    async def command(self, who: int, where: int, words: str) -> None:
        """Let somebody give a command, with its words for options."""
        name, _, text = words.partition(": ")
        options = {"question": text} if text else {}
        await self.scene.fake.do("slash", user=who, channel=where, name=name, options=options)

    async def press(self, said: Said, dice: random.Random) -> None:
        """Let somebody press something under the answer."""
        for answer in await self._answers(said):
            if buttons := [each for each in answer["buttons"] if each]:
                await self.scene.fake.do(
                    "press",
                    user=said.who,
                    channel=said.where,
                    message=answer["id"],
                    custom_id=dice.choice(buttons),
                )

    async def edit(self, said: Said, text: str) -> None:
        """Let somebody put a question another way."""
        await self.scene.fake.do("edit", channel=said.where, message=said.post, text=text)

    async def delete(self, said: Said) -> None:
        """Let somebody take back what they said."""
        await self.scene.fake.do("delete", channel=said.where, message=said.post)

    async def break_off(self, dice: random.Random) -> None:
        """Let sessions end, some of them for good."""
        how = dice.choice(["drop", "reconnect", "invalidate"])
        await self.scene.fake.do("gateway", do=how)

    async def _answers(self, said: Said) -> list[dict[str, Any]]:
        there = await self.scene.fake.do("messages", channel=said.where, after=said.post)
        return [each for each in there if each["reply_to"] == said.post][:1]


@dataclass
class SlackCrowd:
    """People of a workspace."""

    scene: SlackScene

    @property
    def people(self) -> Sequence[str]:
        """Return who is there."""
        return self.scene.users

    @property
    def places(self) -> Sequence[str]:
        """Return where people talk."""
        return self.scene.channels

    async def come(self, number: int) -> None:
        """Let somebody new come, and open the app."""
        person = await self.scene.fake.do("add_user", name=f"person {number}")
        self.scene.users.append(person)
        await self.scene.fake.do("open_home", user=person)

    async def open_place(self, number: int) -> None:
        """Let a channel be opened."""
        self.scene.channels.append(await self.scene.fake.do("add_channel", name=f"c{number}"))

    async def say(self, who: str, where: str, text: str, *, is_aloud: bool = True) -> Said:
        """Let somebody say something."""
        post = await self.scene.fake.do(
            "say", user=who, channel=where, text=text, mention_bot=is_aloud
        )
        return Said(who, where, post, text)

    async def whisper(self, who: str, text: str) -> Said:
        """Let somebody say something to the bot alone."""
        where = await self.scene.fake.do("add_dm", user=who)
        return await self.say(who, where, text, is_aloud=False)

    async def go_on(self, said: Said, text: str) -> None:
        """Let somebody say more in the thread."""
        await self.scene.fake.do(
            "say", user=said.who, channel=said.where, text=text, thread=said.post
        )

    async def command(self, who: str, where: str, words: str) -> None:
        """Let somebody give a command."""
        name, _, text = words.replace(":", "").partition(" ")
        await self.scene.fake.do("slash", user=who, channel=where, name=name, text=text)

    async def press(self, said: Said, dice: random.Random) -> None:
        """Let somebody press something under the answer."""
        there = await self.scene.fake.do("messages", channel=said.where, thread=said.post)
        for answer in [each for each in there if each["buttons"]][:1]:
            await self.scene.fake.do(
                "press",
                user=said.who,
                channel=said.where,
                ts=answer["ts"],
                action_id=dice.choice(answer["buttons"]),
            )

    async def edit(self, said: Said, text: str) -> None:
        """Let somebody put a question another way."""
        await self.scene.fake.do("edit", channel=said.where, ts=said.post, text=text)

    async def delete(self, said: Said) -> None:
        """Let somebody take back what they said."""
        await self.scene.fake.do("delete", channel=said.where, ts=said.post)

    async def break_off(self, dice: random.Random) -> None:
        """Let sockets be cut, or replaced."""
        await self.scene.fake.do("sockets", do=dice.choice(["drop", "refresh", "warn"]))


class Townspeople:
    """Everybody, by dice: the same dice let the same people do the same things.

    Attributes:
        did: How often they did what.
        impossible: What a service did not let them do; the button was gone, say.
    """

    def __init__(self, crowds: Sequence[Crowd], dice: random.Random) -> None:
        self.did: Counter[str] = Counter()
        self.impossible: Counter[str] = Counter()
        self._crowds = crowds
        self._dice = dice
        self._number = count(1)
        self._lately: Mapping[int, deque[Said]] = {
            id(crowd): deque(maxlen=_REMEMBERED) for crowd in crowds
        }
        self._acts: Mapping[str, tuple[int, Callable[[Crowd], Awaitable[object]]]] = {
            "ask": (30, self._ask),
            "ask alone": (10, self._whisper),
            "go on": (15, self._go_on),
            "ask again": (8, self._repeat),
            "command": (12, self._command),
            "compare": (3, self._compare),
            "press": (12, self._press),
            "edit": (4, self._edit),
            "delete": (2, self._delete),
            "ask too much": (3, self._exceed),
            "ask at once": (1, self._flood),
            "come": (8, self._come),
            "open a channel": (1, self._open),
            "break off": (1, lambda crowd: crowd.break_off(self._dice)),
        }

    async def settle_down(self, people: int, places: int) -> None:
        """Let the first people come, and the first channels be opened."""
        for crowd in self._crowds:
            for _ in range(places):
                await self._open(crowd)
            for _ in range(people):
                await self._come(crowd)

    async def act(self) -> None:
        """Let somebody do something."""
        weights = [weight for weight, _ in self._acts.values()]
        name = self._dice.choices(list(self._acts), weights)[0]
        try:
            await self._acts[name][1](self._dice.choice(self._crowds))
        except aiohttp.ClientResponseError:
            self.impossible[name] += 1
        else:
            self.did[name] += 1

    def _who(self, crowd: Crowd) -> Any:
        return self._dice.choice(crowd.people[-_STAYING:])

    def _where(self, crowd: Crowd) -> Any:
        return self._dice.choice(crowd.places[-_OPEN:])

    def _text(self) -> str:
        return question(next(self._number))

    def _earlier(self, crowd: Crowd) -> Said | None:
        lately = self._lately[id(crowd)]
        return self._dice.choice(lately) if lately else None

    async def _ask(self, crowd: Crowd) -> None:
        said = await crowd.say(self._who(crowd), self._where(crowd), self._text())
        self._lately[id(crowd)].append(said)

    async def _whisper(self, crowd: Crowd) -> None:
        self._lately[id(crowd)].append(await crowd.whisper(self._who(crowd), self._text()))

    async def _go_on(self, crowd: Crowd) -> None:
        if said := self._earlier(crowd):
            await crowd.go_on(said, self._text())

    async def _repeat(self, crowd: Crowd) -> None:
        if said := self._earlier(crowd):
            await crowd.say(said.who, said.where, said.text)

    async def _command(self, crowd: Crowd) -> None:
        words = self._dice.choice(COMMANDS)
        await crowd.command(self._who(crowd), self._where(crowd), words)

    async def _compare(self, crowd: Crowd) -> None:
        said = await crowd.say(self._who(crowd), self._where(crowd), f"compare {self._text()}")
        self._lately[id(crowd)].append(said)

    async def _press(self, crowd: Crowd) -> None:
        if said := self._earlier(crowd):
            await crowd.press(said, self._dice)

    async def _edit(self, crowd: Crowd) -> None:
        if said := self._earlier(crowd):
            await crowd.edit(said, self._text())

    async def _delete(self, crowd: Crowd) -> None:
        lately = self._lately[id(crowd)]
        if lately:
            await crowd.delete(lately.popleft())

    async def _exceed(self, crowd: Crowd) -> None:
        await crowd.say(crowd.people[0], self._where(crowd), self._text())

    async def _flood(self, crowd: Crowd) -> None:
        who, where = self._who(crowd), self._where(crowd)
        for _ in range(_AT_ONCE):
            await crowd.say(who, where, self._text())

    async def _come(self, crowd: Crowd) -> None:
        await crowd.come(next(self._number))

    async def _open(self, crowd: Crowd) -> None:
        await crowd.open_place(next(self._number))
