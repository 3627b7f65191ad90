"""Names every key in the store: one hash tag, and no two owners ever share one. Pure."""

from dataclasses import astuple, dataclass
from datetime import date
from urllib.parse import quote

from routing.ports import Conversation
from routing.query import Origin


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

    def cache(self, kind: str, scope: str, digest: str = "") -> str:
        """Name a part of the answer cache: a scope's generation, or a question's turn or answer."""
        return self._key(f"cache-{kind}", scope, digest)

    def settled(self, reply_id: str) -> str:
        """Name the mark that a reply is settled."""
        return self._key("settled", reply_id)

    def usage(self, origin: Origin, day: date) -> str:
        """Name the counters of a person in a tenant on a day."""
        return self._key("usage", origin.platform, origin.tenant, origin.person, day.isoformat())

    def _key(self, kind: str, *parts: str) -> str:
        # Encoded, no id can hold a colon or a brace, so none can pose as two, or as another's.
        encoded = (quote(part, safe="", errors="surrogatepass") for part in parts)
        return ":".join((f"{{{self.hash_tag}}}", kind, *encoded))
