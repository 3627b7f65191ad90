"""What is read of a store and a folder, whichever version left it there."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot.message_lines import message_from_line
from bot.platforms.port import Message
from bot.view_lines import view_from_line
from bot.written import from_line as written_from_line
from config.catalog import TaskClass
from routing import digests
from routing.cache import CacheHit, CacheTurn
from routing.comparisons import Choice
from routing.explanation_lines import replay
from routing.inbox import Ending, Renewal, Whereabouts, Wish
from routing.measuring import Tally
from routing.orders import ALL, Subject
from tests.fakes.ports import ListLedger
from tests.stored import values as one
from tests.stored.walk import CLAIM_S, SPENT, World


async def read(world: World) -> Mapping[str, object]:
    """Return all that is read, by what it is about; what is taken in is claimed then."""
    return {
        **await _said(world),
        **await _spent(world),
        **await _ordered(world),
        **await _judged(world),
        **await _heard(world),
        **await _taken_in(world),
    }


EPOCH = datetime.fromtimestamp(0, UTC)

EXPECTED: Mapping[str, object] = {
    "exchanges": (
        replace(one.EXCHANGE, question=one.REVISED),
        replace(one.AGAIN, question=one.REVISED),
    ),
    "wanted": "llama",
    "explained": ["llama", "gpt", "o"],
    "post": one.POSTED,
    "cached": one.CACHED,
    "purged": 1,
    "lapsed": 0,
    "records": [
        ("settled", "r1:0", 70),
        ("lapsed", "r2:0", 0),
        ("lapsed", "r3:0", 0),
        ("reset", "{stored}:counter:asker::1:discord%3Aada:requests:lifetime", 0),
    ],
    "used": [("llama", 1, 70)],
    "used anywhere": [("llama", 1, 70)],
    "in tenant": [("llama", "general", "ada", 1, 50, 70)],
    "person": "discord:ada",
    "levels": [("microusd", 70, 1100), ("requests", 0, 2), ("at_once", 0, 3), ("microusd", 0, 500)],
    "limits": [one.SET],
    "links": {one.OTHER: "discord:ada"},
    "changes": ["digest", "persona", "pause", "reset", "link", "limit", "limit"],
    "unsettled": SPENT,
    "code": "discord:ada",
    "linked": {one.OTHER: "discord:bob"},
    "pause": "over budget",
    "persona": one.PERSONA,
    "personas": (1, one.PERSONA, "discord:ada"),
    "digest": one.DIGEST,
    "votes": (one.VOTE,),
    "lengths": {TaskClass.MATH: {"llama": Tally(1, 100)}},
    "proposal": one.PROPOSAL,
    "compared": one.COMPARED,
    "choice": Choice.A,
    "marks": (one.MARK,),
    "installation": one.INSTALLATION,
    "of an organisation": one.ORGANISATION,
    "installing": True,
    "events": [one.EVENT["event"]["text"]],
    "schema": 1,
    "present": (one.PRESENT,),
    "claims": {
        "discord:2": (2, 2),
        "discord:3": (2, 2),
        "discord:4": (2, 1),
        "discord:8": (1, 1),
    },
    "messages": True,
    "posts": '["77"]',
    "view": one.VIEW,
    "sealed": ("42", "hm", "llama", "r5"),
    "remembered": (one.HERE, one.EXCHANGE),
    "bill": SPENT,
    "renewed": [Renewal(is_held=True, wish=Wish.STOP)],
    "done": Ending.DONE,
    "waited": (Whereabouts.WAITING, {"posts": '["78"]'}),
    "known": [True] * 8,
}
"""What every version reads of it."""

SINCE: Mapping[str, tuple[int, int]] = {"lengths": (1, 1), "used anywhere": (1, 2)}
"""In which recording something is for the first time, if not in the first."""


def expected(recording: tuple[int, int]) -> Mapping[str, object]:
    """Return what is read of a recording, named by schema and form; not what came later."""
    first = (1, 0)
    return {what: read for what, read in EXPECTED.items() if SINCE.get(what, first) <= recording}


async def _said(world: World) -> Mapping[str, object]:
    transcript = await world.history.load(one.HERE)
    explanation = await world.history.explanation(one.HERE, "r1")
    hit = await world.cache.ask(one.CACHE_KEYS, "you")
    purged = await world.cache.ask(replace(one.CACHE_KEYS, scope=one.PURGED), "you")
    return {
        "exchanges": transcript.exchanges,
        "wanted": transcript.wanted,
        "explained": [each.model for each in replay(explanation or "").models],
        "post": await world.posts.find("discord", "general", "1235"),
        "cached": hit.answer if isinstance(hit, CacheHit) else hit,
        "purged": purged.generation if isinstance(purged, CacheTurn) else purged,
    }


async def _spent(world: World) -> Mapping[str, object]:
    books, ledger = world.books, ListLedger()
    lapsed = await books.ledger.sweep()
    records = [record async for record in books.accounts.records(EPOCH)]
    used = await books.accounts.of_person(one.ORIGIN, one.NOON.date())
    anywhere = await books.accounts.of_asker("discord", "ada", one.NOON.date())
    in_tenant = await books.accounts.of_tenant("discord", "guild", one.NOON.date())
    standing = await books.ledger.standing(one.ORIGIN)
    await world.unsettled.replay(ledger)
    return {
        "lapsed": lapsed,
        "records": [(each.kind, each.call_id, each.amounts["cost_microusd"]) for each in records],
        "used": [(each.model, each.answers, each.cost_microusd) for each in used],
        "used anywhere": [(each.model, each.answers, each.cost_microusd) for each in anywhere],
        "in tenant": [
            (each.model, each.place, each.person, each.answers, each.tokens, each.cost_microusd)
            for each in in_tenant
        ],
        "person": standing.person,
        "levels": [(each.limit.unit, each.spent, each.held) for each in standing.levels],
        "limits": [quota for quota, is_set in await books.limits.in_force() if is_set],
        "links": await books.limits.links(one.OTHER),
        "changes": [each.what for each in await books.audit.last()],
        "unsettled": ledger.spent,
        "code": await world.link_codes.owner(one.CODE, "slack:U3", is_taken=False),
        "linked": await world.link_codes.linked([one.OTHER]),
    }


async def _ordered(world: World) -> Mapping[str, object]:
    orders = (await world.orders.load(one.REALM)).here
    persona = orders.persona(one.CHANNEL)
    (kept,) = await world.orders.personas(one.REALM, one.CHANNEL)
    lines = await world.orders.digests()
    return {
        "pause": orders.value(Subject.PAUSE, ALL),
        "persona": persona and persona.text,
        "personas": (kept.version, kept.text, kept.by),
        "digest": digests.from_line(lines[one.REALM]),
    }


async def _judged(world: World) -> Mapping[str, object]:
    _, votes = await world.votes.load(one.HOUSE)
    return {
        "votes": votes,
        "lengths": await world.lengths.load(),
        "proposal": await world.comparisons.proposed("discord", "ada", "p1"),
        "compared": await world.comparisons.find(one.PLACE),
        "choice": await world.comparisons.vote(one.PLACE, "r1", "discord:ada", Choice.B),
    }


async def _heard(world: World) -> Mapping[str, object]:
    return {
        "marks": await world.marks.since("discord", one.NOON - timedelta(days=1), 9),
        "installation": await world.installations.find("TACME"),
        "of an organisation": await world.installations.find("TOTHER"),
        "installing": await world.installations.is_expected("a state"),
        "events": [event["event"]["text"] for _, event in world.unheard.left()],
        "schema": await world.versions.look(),
        "present": await world.versions.present(),
    }


async def _taken_in(world: World) -> Mapping[str, object]:
    """Claim what there is when every lease is over but that of what was passed on."""
    world.at_ms += (CLAIM_S + 1) * 1000
    claims = {each.identity: each for each in await world.inbox.claim("b", 9)}
    sealed = written_from_line(claims["discord:2"].notes["sealed"])
    memory = sealed.memory
    found = await world.inbox.wish("discord:5", Wish.CANCEL)
    return {
        "claims": {name: (each.delivery, each.tries) for name, each in claims.items()},
        "messages": all(_message(each.content) == one.MESSAGE for each in claims.values()),
        "posts": claims["discord:2"].notes["posts"],
        "view": view_from_line(claims["discord:2"].notes["view"]),
        "sealed": (sealed.text, sealed.reasoning, sealed.receipt, sealed.reply_id),
        "remembered": memory and (memory.conversation, memory.exchange),
        "bill": sealed.bill and sealed.bill.spent,
        "renewed": await world.inbox.renew("b", [claims["discord:2"]]),
        "done": await world.inbox.done(claims["discord:3"]),
        "waited": (found.whereabouts, found.notes),
        "known": [await world.inbox.knows(f"discord:{n}") for n in range(1, 9)],
    }


def _message(line: str) -> Message:
    """Read a message; of its handle each platform reads what it knows."""
    read = message_from_line(line)
    return replace(read, handle={name: read.handle[name] for name in one.MESSAGE.handle})
