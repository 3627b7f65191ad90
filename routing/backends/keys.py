"""Names every key in the store: one hash tag, and no two owners ever share one. Pure."""

from dataclasses import astuple, dataclass
from datetime import date
from functools import lru_cache
from hashlib import sha256
from urllib.parse import quote

from routing.comparisons import Place
from routing.orders import Realm
from routing.ports import Conversation
from routing.query import Origin
from routing.votes import House


@lru_cache(maxsize=8192)
def encoded(part: str) -> str:
    """Write an id so that it holds no mark that separates; no two ids are written the same."""
    return quote(part, safe="", errors="surrogatepass")


def _hidden(*parts: str) -> str:
    return sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True, slots=True)
class TranscriptKeys:
    """Where one conversation is kept.

    Attributes:
        order: List of reply ids, oldest first.
        exchanges: Hash of exchanges by reply id.
        explanations: Hash of explanations by reply id.
        wanted: The chosen model or preset.
    """

    order: str
    exchanges: str
    explanations: str
    wanted: str


@dataclass(frozen=True, slots=True)
class VoteKeys:
    """Where the votes of one house are kept.

    Attributes:
        votes: Hash of votes by voter and reply id.
        order: The same names, sorted by when they were cast.
        state: A number that changes whenever they do.
    """

    votes: str
    order: str
    state: str


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys of one deployment; `hash_tag` keeps them all on one node of a Cluster."""

    hash_tag: str

    def transcript(self, conversation: Conversation) -> TranscriptKeys:
        """Name what is kept of a conversation."""
        parts = astuple(conversation)
        return TranscriptKeys(
            order=self._key("order", *parts),
            exchanges=self._key("exchanges", *parts),
            explanations=self._key("explanations", *parts),
            wanted=self._key("wanted", *parts),
        )

    def asked_in(self, platform: str, person: str) -> str:
        """Name the set of conversations in which a person asked something."""
        return self._key("asked-in", platform, person)

    def forgotten(self, platform: str, person: str) -> str:
        """Name the mark that a person is forgotten; it does not tell who."""
        return self._key("forgotten", _hidden(platform, person))

    def forgetting(self, what: str, platform: str, person: str) -> str:
        """Name what is found out of a person while they are forgotten; it does not tell who."""
        return self._key("forgetting", what, _hidden(platform, person))

    def copy(self, stream: str) -> tuple[str, str]:
        """Name the copy of a stream, and whose it is, while somebody is taken out of it."""
        name = stream.removeprefix(self.prefix)
        return self._key("copy", name), self._key("copying", name)

    def post(self, platform: str, place: str, post_id: str) -> str:
        """Name what is known of a post."""
        return self._key("post", platform, place, post_id)

    def cache(self, kind: str, scope: str, digest: str = "") -> str:
        """Name a part of the answer cache: a scope's generation, or a question's turn or answer."""
        return self._key(f"cache-{kind}", scope, digest)

    def usage(self, origin: Origin, day: date) -> str:
        """Name the counters of a person in a tenant on a day."""
        return self._key("usage", origin.platform, origin.tenant, origin.person, day.isoformat())

    def used_in(self, platform: str, person: str) -> str:
        """Name the set of tenants in which a person used something."""
        return self._key("used-in", platform, person)

    def tenant_usage(self, platform: str, tenant: str, day: date) -> str:
        """Name the counters of a whole tenant on a day."""
        return self._key("tenant-usage", platform, tenant, day.isoformat())

    @property
    def tenants_usage(self) -> str:
        """Return what the names of all such counters begin with: platform and tenant follow."""
        return self._key("tenant-usage", "")

    def ledger(self, what: str) -> str:
        """Name what there is once: the holds, the records, the limits, the links."""
        return self._key("ledger", what)

    def audit(self, tenant: str) -> str:
        """Name what was changed in a server or workspace; an empty one is the operator's own."""
        return self._key("audit", tenant)

    def hold(self, call_id: str, delivery: int = 1) -> str:
        """Name what is set aside for a call, by the worker with that number."""
        return self._key("hold", call_id, *([str(delivery)] if delivery > 1 else []))

    def deliveries(self, reply_id: str) -> str:
        """Name what is known of the workers that were to give a reply, one after the other."""
        return self._key("deliveries", reply_id)

    def counter(self, parts: tuple[str, ...]) -> str:
        """Name the counter of a limit."""
        return self._key("counter", *parts)

    def inbox(self) -> str:
        """Name the inbox; its scripts put what they keep behind it."""
        return self._key("inbox")

    def schema(self) -> str:
        """Name the number of the form that all of it has."""
        return self._key("schema")

    def present(self) -> str:
        """Name the set of processes that are there."""
        return self._key("present")

    def change(self, change_id: str) -> str:
        """Name the mark that a change of limits or links was made."""
        return self._key("change", change_id)

    def link(self, what: str, who: str) -> str:
        """Name something of how people link themselves: a code, an asker's offer or tries."""
        return self._key("link", what, who)

    def proposals(self, platform: str, person: str) -> str:
        """Name the comparisons that somebody was told of and may ask."""
        return self._key("proposals", platform, person)

    def comparison(self, what: str, place: Place, reply_id: str = "") -> str:
        """Name something of a comparison: who wrote which, the votes, the last one of a place."""
        return self._key(what, *astuple(place), reply_id)

    def votes(self, house: House) -> VoteKeys:
        """Name what is kept of a house's votes."""
        parts = astuple(house)
        return VoteKeys(
            votes=self._key("votes", *parts),
            order=self._key("votes-order", *parts),
            state=self._key("votes-state", *parts),
        )

    def orders(self, realm: Realm) -> str:
        """Name what admins ordered for a realm."""
        return self._key("orders", *astuple(realm))

    def personas(self, realm: Realm, place: str) -> str:
        """Name the last personas of a place; an empty one stands for all of the realm."""
        return self._key("personas", *astuple(realm), place)

    def persona_places(self, realm: Realm) -> str:
        """Name the last personas of a realm, by when they were changed."""
        return self._key("persona-places", *astuple(realm))

    def lengths(self) -> str:
        """Name the counts of how long answers were."""
        return self._key("lengths")

    def marks(self, platform: str) -> tuple[str, str]:
        """Name how far a platform was listened to: the marks by place, and the places by time."""
        return self._key("marks", platform), self._key("marks-order", platform)

    def installation(self, team: str, enterprise: str) -> str:
        """Name what is kept of a workspace; without `team`, of an organisation as a whole."""
        return self._key("workspace", team) if team else self._key("organisation", enterprise)

    def member(self, team: str) -> str:
        """Name the organisation that a workspace belongs to."""
        return self._key("workspace-of", team)

    def installing(self, state: str) -> str:
        """Name the mark that somebody is about to install."""
        return self._key("installing", state)

    @property
    def prefix(self) -> str:
        """Return what every key begins with."""
        return f"{{{self.hash_tag}}}:"

    def _key(self, kind: str, *parts: str) -> str:
        # So no id can hold a colon or a brace, and none can pose as two, or as another's.
        return self.prefix + ":".join((kind, *map(encoded, parts)))
