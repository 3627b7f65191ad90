import json
import random
import unicodedata
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.catalog import Capability
from routing.cache import (
    SCHEMA,
    CachedAnswer,
    CacheKeys,
    cache_keys,
    decode,
    encode,
    scope_of,
    ttl_s,
)
from routing.pricing import Usage
from routing.query import Origin, Query
from tests.builders import a_query, an_origin

ANSWER = CachedAnswer("Lima 🦙", "llama", Usage(12, 3, 2, 1), 40, datetime(2026, 1, 2, tzinfo=UTC))
TEXTS = st.text(max_size=8)
ORIGINS = st.builds(
    Origin,
    platform=TEXTS,
    tenant=TEXTS,
    place=TEXTS,
    person=TEXTS,
    thread=TEXTS,
    private=st.booleans(),
    is_closed=st.booleans(),
)


def _keys(query: Query, scope: str = "here", shaping: tuple[str, ...] = ()) -> CacheKeys:
    return cache_keys(query, scope=scope, shaping=shaping)


def _sharers(origin: Origin, *, is_shared: bool) -> tuple[object, ...]:
    if origin.private:
        return (origin.platform, origin.tenant, 0, origin.place, origin.person)
    if origin.is_closed:
        return (origin.platform, origin.tenant, 3, origin.place, origin.thread)
    return (
        origin.platform,
        origin.tenant,
        1 if is_shared else 2,
        "" if is_shared else origin.place,
    )


@given(ORIGINS, ORIGINS, st.booleans(), st.booleans())
def test_a_scope_has_the_same_name_for_the_same_people_only(
    one: Origin, other: Origin, one_shares: bool, other_shares: bool
) -> None:
    same_name = scope_of(one, is_shared=one_shares) == scope_of(other, is_shared=other_shares)

    assert same_name == (
        _sharers(one, is_shared=one_shares) == _sharers(other, is_shared=other_shares)
    )


def test_of_100_000_pairs_of_scopes_none_hits_a_foreign_one() -> None:
    chance = random.Random(5)  # noqa: S311 # the same pairs each time
    parts = ["a", "b", ":", '"', '","', "\\", "person", "place", "tenant", ""]

    def scope() -> tuple[str, tuple[object, ...]]:
        ids = ("".join(chance.choices(parts, k=2)) for _ in range(4))
        platform, tenant, place, person = ids
        origin = Origin(platform, tenant, place, person, private=chance.random() < 0.5)
        is_shared = chance.random() < 0.5
        return scope_of(origin, is_shared=is_shared), _sharers(origin, is_shared=is_shared)

    pairs = ((scope(), scope()) for _ in range(100_000))

    assert not any((a[0] == b[0]) != (a[1] == b[1]) for a, b in pairs)


def test_a_direct_message_is_always_its_persons() -> None:
    ada, bob = an_origin(person="ada"), an_origin(person="bob")

    assert scope_of(ada, is_shared=True) != scope_of(bob, is_shared=True)


def test_a_thread_that_fewer_people_read_shares_with_none_of_its_place() -> None:
    channel = an_origin(private=False, place="here")
    closed = replace(channel, thread="1", is_closed=True)
    names = {
        scope_of(each, is_shared=False)
        for each in (channel, closed, replace(closed, thread="2"), replace(channel, thread="1"))
    }

    assert len(names) == 3  # an open thread shares with its channel


def test_a_public_place_shares_with_its_tenant_by_setting_only() -> None:
    here = an_origin(private=False, place="here")
    there = an_origin(private=False, place="there")

    assert scope_of(here, is_shared=True) == scope_of(there, is_shared=True)
    assert scope_of(here, is_shared=False) != scope_of(there, is_shared=False)


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({"query": {"system_prompt": "Be brief"}}, id="system prompt"),
        pytest.param({"query": {"wanted": "deepseek"}}, id="wanted"),
        pytest.param({"query": {"needs": frozenset(Capability)}}, id="needs"),
        pytest.param({"scope": "there"}, id="scope"),
        pytest.param({"shaping": ("a", "b")}, id="shaping"),
    ],
)
def test_whatever_shapes_the_answer_is_in_both_keys(changed: dict[str, Any]) -> None:
    text = "What is the capital of Peru?"
    keys = _keys(a_query(text))

    others = _keys(a_query(text, **changed.pop("query", {})), **changed)

    assert others.exact != keys.exact
    assert others.reduced != keys.reduced


@given(st.lists(TEXTS, max_size=3), st.lists(TEXTS, max_size=3), TEXTS, TEXTS, TEXTS, TEXTS)
def test_keys_are_equal_exactly_when_everything_is(
    shaping: list[str], others: list[str], prompt: str, other: str, wanted: str, wished: str
) -> None:
    one = _keys(a_query("hi", system_prompt=prompt, wanted=wanted), shaping=tuple(shaping))
    two = _keys(a_query("hi", system_prompt=other, wanted=wished), shaping=tuple(others))

    is_same = (shaping, prompt, wanted) == (others, other, wished)
    assert (one.exact == two.exact) == is_same


@given(st.text(), st.text())
def test_the_exact_key_ignores_only_outer_space_and_composition(one: str, other: str) -> None:
    keys = [_keys(a_query(text)).exact for text in (one, other)]

    is_same = len({unicodedata.normalize("NFC", text).strip() for text in (one, other)}) == 1
    assert (keys[0] == keys[1]) == is_same


def test_a_key_holds_no_text() -> None:
    keys = _keys(a_query("What is the capital of Peru?"), scope="acme")

    assert all(len(key) == 64 and int(key, 16) for key in (keys.scope, keys.exact, keys.reduced))
    assert len({keys.scope, keys.exact, keys.reduced}) == 3


def test_a_question_that_may_not_be_reduced_has_an_exact_key_only() -> None:
    assert _keys(a_query("print(1);")).reduced == ""


def test_what_is_right_lasts_longer_than_what_is_charming() -> None:
    assert ttl_s(a_query("What is 2 + 2?")) > ttl_s(a_query("Who wrote Faust?"))
    assert ttl_s(a_query("Who wrote Faust?")) > ttl_s(a_query("Write a slogan"))


@given(st.text(), st.integers(0, 10**12))
def test_an_answer_reads_back_as_it_was_written(text: str, cost: int) -> None:
    answer = replace(ANSWER, text=text, cost_microusd=cost)

    assert decode(encode(answer)) == answer


@given(st.binary() | st.recursive(st.none() | st.integers() | st.text(), st.lists).map(
    lambda value: json.dumps(value).encode()
))  # fmt: skip
def test_corrupt_bytes_are_no_answer(raw: bytes) -> None:
    assert decode(raw) is None


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({"schema": SCHEMA + 1}, id="a later version"),
        pytest.param({"text": 1}, id="text of a wrong type"),
        pytest.param({"cost_microusd": "1"}, id="cost of a wrong type"),
        pytest.param({"cost_microusd": -1}, id="negative cost"),
        pytest.param({"usage": {"input_tokens": None}}, id="usage of a wrong type"),
        pytest.param({"usage": []}, id="no usage"),
        pytest.param({"answered_at": "2026-01-02T00:00:00"}, id="no time zone"),
        pytest.param({"answered_at": 5}, id="no moment"),
    ],
)
def test_an_answer_of_another_form_is_a_miss(changed: dict[str, object]) -> None:
    raw = json.dumps(json.loads(encode(ANSWER)) | changed).encode()

    assert decode(raw) is None


def test_what_a_newer_version_says_besides_is_passed_over() -> None:
    raw = json.dumps(json.loads(encode(ANSWER)) | {"more": 1}).encode()

    assert decode(raw) == ANSWER


def test_a_cut_answer_is_a_miss() -> None:
    assert decode(encode(ANSWER)[:-1]) is None
