"""No two owners share a key."""

from dataclasses import astuple
from datetime import date

from hypothesis import assume, given
from hypothesis import strategies as st

from routing.backends.keys import Keys
from routing.ports import Conversation
from tests.builders import an_origin

KEYS = Keys("pointsman")
# Few characters and short, so that ids that could be mistaken for one another come up often.
IDS = st.text(alphabet=":%{}*\n a\ud83d3A", max_size=3) | st.text(max_size=5)
CONVERSATIONS = st.builds(Conversation, IDS, IDS, IDS, IDS, IDS)


@given(CONVERSATIONS, CONVERSATIONS)
def test_different_conversations_never_share_a_key(one: Conversation, other: Conversation) -> None:
    assume(one != other)

    assert not set(astuple(KEYS.transcript(one))) & set(astuple(KEYS.transcript(other)))


@given(CONVERSATIONS)
def test_every_key_of_a_conversation_has_the_one_hash_tag(conversation: Conversation) -> None:
    for key in astuple(KEYS.transcript(conversation)):
        assert key.startswith("{pointsman}:")
        assert key.count("{") == key.count("}") == 1
        assert key.isprintable()
        assert "*" not in key


@given(IDS, IDS, IDS, IDS)
def test_different_people_never_share_a_key(
    tenant: str, person: str, other_tenant: str, other_person: str
) -> None:
    assume((tenant, person) != (other_tenant, other_person))
    day = date(2026, 11, 24)

    one = KEYS.usage(an_origin(tenant=tenant, person=person), day)
    other = KEYS.usage(an_origin(tenant=other_tenant, person=other_person), day)

    assert one != other
