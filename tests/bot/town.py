"""A server in which people did everything there is to do, over any store: what it leaves behind."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final, cast

from bot.commands.everything import COMMANDS
from bot.intake import parcel_of
from bot.memory import PostMemory
from bot.platforms.port import Message
from config.references import Secret
from config.settings import Settings
from routing.backends.keys import Keys
from routing.backends.redis import Connection, Script
from routing.backends.stores import Stores, stores_over
from routing.cache import CacheKeys
from routing.errors import StoreUnavailable
from routing.forgetting import Somebody
from routing.holds import Entry, Reservation, Spent
from routing.inbox import Claim, Wish
from routing.installations import Installation
from routing.marks import Mark
from routing.ports import Conversation
from routing.pricing import Usage
from routing.query import Origin
from routing.stop import Stop
from tests.bot.commands.administered import GPT, LLAMA, Replica
from tests.bot.commands.test_verdicts import embed

ADA: Final = Somebody("discord", "111222333444555666")
BOB: Final = Somebody("discord", "999888777666555444")
ADA_ON_SLACK: Final = Somebody("slack", "U0ADA")
OPERATOR: Final = Somebody("terminal", "op")
GUILD: Final = "1"
CHANNEL: Final = "C0000001"
SECRET: Final = "xyzzy"
"""What only Ada said; nothing of it may be left."""

_ALONE: Final = {ADA: 1, BOB: 2, ADA_ON_SLACK: 3, OPERATOR: 4}

_SETTINGS: Final = {
    "models": (LLAMA, GPT),
    "house": {"enabled": True},
    "slack": {"install": {"sealing_key": Secret("env:SEALING_KEY", "a long secret of theirs")}},
    "intake": {"waiting_per_asker": 2, "at_once_per_asker": 1},
    "quotas": {
        "limits": [
            {"of": "asker", "usd": 1, "per": "day"},
            {"of": "asker", "usd": 9, "per": "lifetime"},
            {"of": "asker", "requests": 90, "per": "minute"},
            {"of": "asker", "at_once": 9},
            {"of": "everyone", "usd": 90, "per": "month"},
        ]
    },
}


class Town:
    """The bot over a store, and what people do with it."""

    def __init__(self, connection: Connection, tag: str) -> None:
        given = _SETTINGS | {"store": {"hash_tag": tag}}
        self.settings = Settings.model_validate(given)
        self.connection = connection
        self.keys = Keys(tag)
        self.stores: Stores = stores_over(connection, self.settings, "the town's")
        self.bot = Replica(self.settings, self.stores, "42", COMMANDS, embed=embed)
        self.claims: list[Claim] = []
        self._said = 0

    def message(self, who: Somebody, text: str, *, is_alone: bool = False, **given: Any) -> Message:
        """Return what somebody says in the channel's thread, or to the bot alone."""
        self._said += 1
        tenant = GUILD if who.platform == "discord" else "T1"
        place = f"D{_ALONE[who]}" if is_alone else CHANNEL
        origin = Origin(who.platform, tenant, place, who.person, private=is_alone)
        person = who.person if is_alone else ""
        conversation = Conversation(who.platform, tenant, place, "" if is_alone else "t", person)
        return Message(
            message_id=f"m{self._said}",
            origin=origin,
            conversation=conversation,
            text=text,
            at=datetime.now(UTC),
            handle={"is_ephemeral": "1"},
            **given,
        )

    async def say(self, who: Somebody, text: str, **given: Any) -> str:
        """Let somebody say something; return what is to be seen of it last."""
        message = self.message(who, text, **given)
        events = [each async for each in self.bot.handler.answer(message, Stop())]
        await PostMemory(self.stores.history, self.stores.posts).answered(
            message, message.reply_id, [f"answer to {message.message_id}"]
        )
        return getattr(events[-1], "markdown", "")

    async def live(self) -> None:
        """Do everything there is to do, Ada and Bob alike."""
        for who in (ADA, BOB):
            await self._talk(who)
            await self._compare(who)
        await self._link()
        for who, other in ((ADA, BOB), (BOB, ADA)):
            await self._order(who, other)
        await self._fail()
        await self._listen()
        await self._install()

    async def _talk(self, who: Somebody) -> None:
        secret = SECRET if who == ADA else "nothing"
        await self.say(who, f"What does {secret} mean?")
        await self.say(who, "/good")
        await self.say(who, f"How is {secret} spelt?", is_alone=True)
        await self.say(who, "/model llama", is_alone=True)
        await self.say(who, "/usage")

    async def _compare(self, who: Somebody) -> None:
        other = BOB if who == ADA else ADA
        told = await self.say(who, "/compare Is Lisp or C older?")
        await self.say(who, self._typed(told, "/compare start"))
        for each in (who, other):
            await self.say(each, "/compare vote a")
        await self.say(who, f"/compare Which is older, {SECRET if who == ADA else ''} or C?")

    async def _link(self) -> None:
        told = await self.say(ADA, "/link", is_alone=True)
        code = self._typed(told, "/link").removeprefix("/link ")
        await self.say(ADA_ON_SLACK, f"/link {code} confirm", is_alone=True)
        for who in (ADA, BOB):
            await self.say(who, "/link", is_alone=True)
            await self.say(who, "/link ABCD-EFGH", is_alone=True)

    async def _order(self, admin: Somebody, other: Somebody) -> None:
        for order in (
            f"/access allow user {other.person} confirm",
            f"/quota set user {other.person} $3 per day confirm",
            f"/quota grant user {other.person} $1 per day confirm",
            "/preset set thrifty",
            "/persona set a pirate",
            "/digest set monday 9",
            "/pause for lunch",
            "/resume",
            "/purge",
        ):
            await self.say(admin, order, is_admin=True)
        for order in ("reset", "recount"):
            quota = f"/quota {order} user {other.asker} usd per day confirm"
            await self.say(OPERATOR, quota, is_admin=True, is_alone=True)

    async def _fail(self) -> None:
        """Leave calls behind as they are when a process is killed, and when another takes over."""
        for number, who in enumerate((ADA, BOB)):
            for delivery in (1, 2):
                await self.stores.ledger.reserve(self.reservation(who, f"killed{number}", delivery))
            for call_id in (f"left{number}", f"lapsed{number}"):
                await self.stores.ledger.reserve(self.reservation(who, call_id))
        await self.stores.cache.ask(CacheKeys("scope", "exact", ""), "killed")
        await self._backdate()
        await self.end(("lapsed0", 1), ("lapsed1", 1))

    async def end(self, *calls: tuple[str, int]) -> None:
        """Let come to its end what was begun: claims, and the leases of calls by delivery."""
        for claim in self.claims:
            await self.stores.inbox.done(claim, is_withdrawn=True)
        for call in calls:
            hold, holds = self.keys.hold(*call), self.keys.ledger("holds")
            await self.connection.command("ZADD", holds, 0, hold)
        await self.stores.ledger.sweep()

    async def _backdate(self) -> None:
        """Put a record of long ago before the others: the sweep drops it."""
        records = self.keys.ledger("records")
        names = (2, records, f"{records}-new")
        await self.connection.command("EVAL", _BACKDATE, *names)

    def reservation(self, who: Somebody, call_id: str, delivery: int = 1) -> Reservation:
        """Return the wish for a call of somebody's."""
        spent = Spent(10, Usage(10, 10), requests=1)
        return Reservation(
            call_id,
            self.message(who, "").origin,
            datetime.now(UTC),
            Entry(call_id, "llama"),
            spent, spent, spent, 10, 10, delivery,
        )  # fmt: skip

    async def _listen(self) -> None:
        inbox = self.stores.inbox
        for who in (ADA, BOB):
            asks = [self.message(who, f"{SECRET if who == ADA else ''}?") for _ in range(4)]
            for each in asks:
                await inbox.add(parcel_of(each))
            self.claims += await inbox.claim("worker", 1)
            await inbox.wish(asks[1].identity, Wish.CANCEL)
            await inbox.add(parcel_of(self.message(who, "again?")))
        mark = Mark(GUILD, CHANNEL, "7")
        await self.stores.marks.note("discord", mark, datetime.now(UTC))

    async def _install(self) -> None:
        installations = self.stores.installations
        assert installations
        for team, enterprise in (("T1", "E1"), ("", "E1")):
            made = Installation(
                team=team,
                enterprise=enterprise,
                token="xoxb-1",
                bot_user="UBOT",
                name="Acme",
                scopes=(),
                installed_by=ADA_ON_SLACK.person,
                installed_at=datetime.now(UTC),
            )
            await installations.keep(made)
        await installations.join("T2", "E1")
        await installations.expect("state", 60)

    def _typed(self, told: str, begins: str) -> str:
        found = re.findall(rf"`({begins}[^`]+)`", told)
        assert found, told
        return str(found[0])


class Interrupted(Connection):
    """A connection to a store that goes away after so many scripts."""

    def __init__(self, connection: Connection, scripts: int) -> None:
        self._through = connection
        self._left = scripts

    async def command(self, *parts: str | bytes | int) -> object:
        return await self._through.command(*parts)

    async def run(
        self, script: Script, keys: Sequence[str], arguments: Sequence[str | bytes | int] = ()
    ) -> object:
        if not self._left:
            raise StoreUnavailable("interrupted")
        self._left -= 1
        return await self._through.run(script, keys, arguments)


async def everything_in(connection: Connection, keys: Keys) -> list[tuple[str, str, int]]:
    """Return each key of a deployment, all that is under it, and its seconds to live, -1 without.

    What has no order is in some order.
    """
    found = await connection.command("EVAL", _DUMP, 1, keys.prefix)
    return [
        (name.decode(), "\n".join(sorted(text.decode("utf-8", "replace").splitlines())), ttl_s)
        for name, text, ttl_s in sorted(cast("list[tuple[bytes, bytes, int]]", found))
    ]


_BACKDATE: Final = """
redis.call('XADD', KEYS[2], '1-0', 'old', 'record')
for _, each in ipairs(redis.call('XRANGE', KEYS[1], '-', '+')) do
  redis.call('XADD', KEYS[2], each[1], unpack(each[2]))
end
redis.call('RENAME', KEYS[2], KEYS[1])
"""

_DUMP: Final = """
local found = {}
local function all(value)
  if type(value) ~= 'table' then return tostring(value) end
  local parts = {}
  for _, each in ipairs(value) do parts[#parts + 1] = all(each) end
  return table.concat(parts, '\\n')
end
local readers = {
  string = function(key) return redis.call('GET', key) end,
  hash = function(key) return redis.call('HGETALL', key) end,
  list = function(key) return redis.call('LRANGE', key, 0, -1) end,
  set = function(key) return redis.call('SMEMBERS', key) end,
  zset = function(key) return redis.call('ZRANGE', key, 0, -1, 'WITHSCORES') end,
  stream = function(key) return redis.call('XRANGE', key, '-', '+') end,
}
for _, key in ipairs(redis.call('KEYS', KEYS[1] .. '*')) do
  local kind = redis.call('TYPE', key)
  local value = readers[kind.ok or kind](key)
  local ttl = redis.call('TTL', key)
  found[#found + 1] = {key, all(value), ttl}
end
return found
"""
