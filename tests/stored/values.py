"""What is put into a store, one of each kind.

A new field gets its default here, as those who do not know it leave it; what shows its other values
is one value more.
"""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

from bot.draft import View
from bot.platforms.port import Message, NamedFile, Quote
from config.catalog import AttachmentKind
from config.quotas import Quota
from routing.cache import CachedAnswer, CacheKeys
from routing.comparisons import Author, Compared, Place, Proposal
from routing.demand import demand_of
from routing.digests import Digest
from routing.explain import Explanation, explain
from routing.inbox import Parcel
from routing.installations import Installation
from routing.marks import Mark
from routing.orders import Of, Realm, Target
from routing.policy import Circumstances, decide
from routing.ports import Conversation, Exchange
from routing.posts import Posted
from routing.pricing import Usage
from routing.query import Attachment
from routing.versions import Speaks
from routing.votes import House, Verdict, Vote
from tests.builders import a_card, a_query, an_origin

NOON: Final = datetime(2026, 11, 26, 12, tzinfo=UTC)
HERE: Final = Conversation("discord", "guild", "general", thread="r1")
ORIGIN: Final = an_origin(
    platform="discord", tenant="guild", place="general", private=False, roles=frozenset({"7", "8"})
)
OPERATOR: Final = "terminal:ada"

MESSAGE: Final = Message(
    message_id="1234",
    origin=ORIGIN,
    conversation=HERE,
    text="Why 6 x 7? \ud83d",
    at=NOON,
    wanted="llama",
    is_admin=True,
    attachments=(Attachment(AttachmentKind.IMAGE, "cat.png", "image/png", 12, "", "1/2/3"),),
    author="Ada",
    quotes=(Quote("Bob", "42"),),
    lasting=replace(HERE, thread=""),
    about="r0",
    handle={"channel": "general", "token": "secret"},
)
EXCHANGE: Final = Exchange(
    question="6 x 7? \ud83d",
    answer="42",
    reply_id="r1",
    asked_at=NOON,
    model="llama",
    person="ada",
    material="a cat\n",
    kinds=(AttachmentKind.IMAGE,),
)
AGAIN: Final = Exchange("6 x 7?", "42", "r2", NOON, person="ada", again_of="r1")
REVISED: Final = "7 x 8?"
VIEW: Final = View(
    "It is done.", is_final=True, is_notice=True, files=(NamedFile("usage.csv", b"a,b\n\xff"),)
)
POSTED: Final = Posted(HERE, "r1", may_go=True)
CACHED: Final = CachedAnswer("Paris", "llama", Usage(10, 2, 3, 1), 7, NOON)
CACHE_KEYS: Final = CacheKeys(scope="s1", exact="e1", reduced="r1")
PURGED: Final = "s2"
VOTE: Final = Vote("r1", "discord:ada", "llama", Verdict.GOOD, bytes(range(8)), NOON)
HOUSE: Final = House("discord", "guild")
PLACE: Final = Place("discord", "guild", "general")
PROPOSAL: Final = Proposal("p1", PLACE, "6 x 7?", ("llama", "gpt"), 1200)
COMPARED: Final = Compared(
    "r1",
    (Author("r1a", "gpt", 900, True, 2.5), Author("r1b", "llama", 0, False, 1.0)),
    b"\x00\xff\x80",
)
MARK: Final = Mark("guild", "general", "1000000000000000001")
INSTALLATION: Final = Installation(
    team="TACME",
    enterprise="EHOLDING",
    token="xoxb-in-clear",
    bot_user="UBOT",
    name="Acme",
    scopes=("chat:write", "commands"),
    installed_by="UADA",
    installed_at=NOON,
)
ORGANISATION: Final = replace(INSTALLATION, team="", name="Holding", token="xoxb-of-all")
REALM: Final = Realm("discord", "guild")
CHANNEL: Final = Target(Of.CHANNEL, "general")
PERSONA: Final = "Be brief.\nBe kind."
DIGEST: Final = Digest("general", 0, 9, "Europe/Berlin", "ada", NOON)
CODE: Final = "ABCDEFGH"
OTHER: Final = "slack:U1"

LIMITS: Final = tuple(
    Quota.model_validate({"of": "asker"} | given)
    for given in (
        {"usd": "1", "per": "day"},
        {"tokens": 100_000, "per": "hour"},
        {"requests": 1000, "per": "lifetime"},
        {"at_once": 9},
    )
)
SET: Final = Quota.model_validate({"of": "tenant", "ids": ["guild"], "usd": "3", "per": "month"})
REMOVED: Final = LIMITS[1]

EVENT: Final = {"event": {"type": "message", "event_ts": str(NOON.timestamp()), "text": "hello"}}
"""As Slack tells of something said: in its words, whatever the version of the bot."""

PRESENT: Final = Speaks("1.0", 1, 1)


def an_explanation() -> Explanation:
    """Explain a decision between models, one of which is passed over."""
    query = a_query("Write a poem")
    cards = [a_card(), a_card("gpt", input_price="2", weights="closed"), a_card("o", enabled=False)]
    return explain(decide(query, demand_of(query, 500), cards, Circumstances()))


def a_parcel(number: int, content: str, lane: str = "") -> Parcel:
    """Build a parcel, alone in its lane unless that is named."""
    name, place = f"discord:{number}", f"place {number}"
    return Parcel(name, lane or f"lane {number}", name, place, content, f"h{number}")
