from datetime import timedelta

import pytest

from bot.platforms.discord.listening import (
    MOST_QUOTES,
    Asker,
    Said,
    Us,
    Where,
    adjacent_before,
    asked_text,
    chain_before,
    conversation_of,
    is_for_us,
    missing_link,
    origin_of,
    own_conversation,
    quotes_with,
)
from bot.platforms.port import Quote
from bot.platforms.presses import ABOUT_ABOVE
from routing.ports import Conversation
from tests.bot.platforms.discord.saying import (
    ADA,
    CHANNEL,
    DM,
    GROUP,
    NOON,
    OUR_THREAD,
    THREAD,
    US,
    a_known_post,
    a_said,
    ours,
)

TO_US = frozenset({"900"})


@pytest.mark.parametrize(
    ("said", "where"),
    [
        pytest.param(a_said(), DM, id="direct message"),
        pytest.param(a_said("<@900> hi", mentions=TO_US), CHANNEL, id="mention"),
        pytest.param(a_said("<@900>", mentions=TO_US), CHANNEL, id="nothing but a mention"),
        pytest.param(a_said(role_mentions=frozenset({"990"})), CHANNEL, id="mention of our role"),
        pytest.param(a_said(answers="90", answered=ours()), CHANNEL, id="reply without mention"),
        pytest.param(a_said(), OUR_THREAD, id="thread of ours"),
        pytest.param(a_said(""), DM, id="a sticker, directly"),
        pytest.param(a_said(mentions=TO_US), THREAD, id="mention in somebody's thread"),
    ],
)
def test_what_is_addressed_to_the_bot_is_for_it(said: Said, where: Where) -> None:
    assert is_for_us(said, where, US, ())


@pytest.mark.parametrize(
    ("said", "where"),
    [
        pytest.param(a_said(), CHANNEL, id="people among themselves"),
        pytest.param(a_said(), THREAD, id="somebody's thread"),
        pytest.param(a_said(), GROUP, id="a group of people"),
        pytest.param(a_said("@everyone hi"), CHANNEL, id="everyone is not the bot"),
        pytest.param(a_said(role_mentions=frozenset({"991"})), CHANNEL, id="another role"),
        pytest.param(a_said(mentions=frozenset({"12"})), CHANNEL, id="somebody else"),
        pytest.param(a_said(answers="99", answered=a_said()), CHANNEL, id="reply to a person"),
        pytest.param(a_said(answers="99"), CHANNEL, id="reply to what is gone"),
        pytest.param(a_said(mentions=TO_US, is_bot=True), CHANNEL, id="a bot or webhook"),
        pytest.param(a_said(is_bot=True), DM, id="a bot, directly"),
        pytest.param(ours(mentions=TO_US), DM, id="itself"),
        pytest.param(a_said(is_ordinary=False, mentions=TO_US), CHANNEL, id="system message"),
        pytest.param(a_said(""), OUR_THREAD, id="text kept from the bot"),
    ],
)
def test_nothing_else_is(said: Said, where: Where) -> None:
    assert not is_for_us(said, where, US, ())


@pytest.mark.parametrize(
    ("where", "is_heard"),
    [
        pytest.param(CHANNEL, True, id="the channel"),
        pytest.param(THREAD, True, id="a thread in it"),
        pytest.param(Where("51", guild="40"), False, id="another channel"),
        pytest.param(Where("62", guild="40", parent="51"), False, id="a thread in another"),
    ],
)
def test_where_it_always_answers_no_mention_is_needed(where: Where, is_heard: bool) -> None:
    assert is_for_us(a_said(), where, US, {"50"}) is is_heard


@pytest.mark.parametrize(
    ("written", "asked"),
    [
        pytest.param("<@900> what is tea?", "what is tea?", id="at the head"),
        pytest.param("<@!900>, what is tea?", "what is tea?", id="old form, comma"),
        pytest.param("what is tea? <@900>", "what is tea?", id="at the end"),
        pytest.param("what does <@900> cost?", "what does @Pointsman cost?", id="within"),
        pytest.param("<@&990> tea?", "tea?", id="by role"),
        pytest.param("<@900> /quota", "/quota", id="a command"),
        pytest.param("<@12> and <@9001>", "<@12> and <@9001>", id="others stay"),
        pytest.param("  indented\n  text ", "indented\n  text", id="lines stay"),
    ],
)
def test_the_mention_of_the_bot_is_no_part_of_the_question(written: str, asked: str) -> None:
    assert asked_text(a_said(written), US) == asked


def test_a_mention_alone_asks_about_the_message_it_answers() -> None:
    said = a_said("<@900>", answers="99", answered=a_said("is the earth flat?", post_id="99"))

    assert asked_text(said, US) == ABOUT_ABOVE
    assert quotes_with(said, US) == (Quote("Ada", "is the earth flat?"),)


def test_what_is_forwarded_to_the_bot_is_what_it_is_asked_about() -> None:
    said = a_said("", forwarded=a_said("from elsewhere", author="somebody", author_id=""))

    assert is_for_us(said, DM, US, ())
    assert asked_text(said, US) == ABOUT_ABOVE
    assert quotes_with(said, US) == (Quote("somebody", "from elsewhere"),)


def test_a_direct_message_is_private_and_a_tenant_of_its_own() -> None:
    origin = origin_of(DM, ADA)

    assert (origin.tenant, origin.place, origin.thread) == ("dm-11", "70", "")
    assert origin.private
    assert not origin.is_public
    assert origin_of(DM, Asker("12", "Bob")).tenant != origin.tenant


def test_others_read_along_in_a_group() -> None:
    origin = origin_of(GROUP, ADA)

    assert (origin.tenant, origin.private, origin.is_public) == ("group-71", False, False)


def test_a_thread_is_under_the_rules_of_its_channel() -> None:
    origin = origin_of(THREAD, Asker("11", "Ada", frozenset({"7"})))

    assert (origin.tenant, origin.place, origin.thread) == ("40", "50", "61")
    assert origin.roles == {"7"}


CHANNEL_ORIGIN = origin_of(CHANNEL, ADA)


@pytest.mark.parametrize(
    ("said", "thread"),
    [
        pytest.param(a_said(post_id="100"), "r100", id="a mention opens one"),
        pytest.param(
            a_said(answers="99", answered=a_said(post_id="99")), "r100", id="so does one on a reply"
        ),
        pytest.param(
            a_said(answers="90", answered=ours(answers="80")), "r80", id="a reply goes on with it"
        ),
        pytest.param(
            a_said(answers="90", answered=ours()), "r90", id="the answer to a deleted question"
        ),
    ],
)
def test_in_a_channel_every_mention_opens_a_conversation(said: Said, thread: str) -> None:
    conversation = conversation_of(said, CHANNEL_ORIGIN, US, None, is_always=False)

    assert conversation == Conversation("discord", "40", "50", thread)


def test_a_reply_goes_on_with_the_conversation_of_what_it_answers() -> None:
    known = Conversation("discord", "40", "50", "r7")
    said = a_said(answers="90", answered=ours(answers="80"))

    found = conversation_of(said, CHANNEL_ORIGIN, US, a_known_post(known), is_always=True)

    assert found == known


@pytest.mark.parametrize(
    ("where", "is_always", "conversation"),
    [
        pytest.param(DM, False, Conversation("discord", "dm-11", "70"), id="direct message"),
        pytest.param(THREAD, False, Conversation("discord", "40", "50", "61"), id="thread"),
        pytest.param(
            CHANNEL, True, Conversation("discord", "40", "50", person="11"), id="always answers"
        ),
    ],
)
def test_where_no_mention_is_needed_the_conversation_goes_on(
    where: Where, is_always: bool, conversation: Conversation
) -> None:
    origin = origin_of(where, ADA)

    assert conversation_of(a_said(), origin, US, None, is_always=is_always) == conversation


def test_people_have_transcripts_of_their_own_in_a_channel_and_share_one_in_a_thread() -> None:
    bob = Asker("12", "Bob")

    assert own_conversation(origin_of(CHANNEL, bob)) != own_conversation(CHANNEL_ORIGIN)
    assert own_conversation(origin_of(THREAD, bob)) == own_conversation(origin_of(THREAD, ADA))


def before(minutes: float, text: str = "and", **changes: object) -> Said:
    at = NOON - timedelta(minutes=minutes)
    return a_said(text, post_id=str(1000 - int(minutes * 10)), at=at, **changes)


@pytest.mark.parametrize(
    ("earlier", "texts"),
    [
        pytest.param([before(1, "b"), before(2, "a")], ["a", "b"], id="oldest first"),
        pytest.param([before(4, "b"), before(8, "a")], ["a", "b"], id="each within 5 minutes"),
        pytest.param([before(5.1)], [], id="too long ago"),
        pytest.param([before(1, author_id="12"), before(2)], [], id="somebody else spoke between"),
        pytest.param([before(1, mentions=TO_US), before(2)], [], id="asked already"),
        pytest.param([], [], id="nothing before"),
    ],
)
def test_what_the_asker_said_just_before_belongs_to_the_question(
    earlier: list[Said], texts: list[str]
) -> None:
    assert [each.text for each in adjacent_before(a_said(), earlier, US)] == texts


def test_a_chain_of_replies_is_followed_as_far_as_it_is_known() -> None:
    first, second = a_said("1", post_id="1", answers="0"), a_said("2", post_id="2", answers="1")
    question = a_said("3", post_id="3", answers="2", answered=second)

    assert [each.text for each in chain_before(question, {"1": first})] == ["1", "2"]
    assert missing_link(question, {"1": first}) == "0"
    assert missing_link(question, {}) == "1"
    assert missing_link(a_said(), {}) == ""


def test_a_chain_is_followed_so_far_and_no_further_and_never_in_circles() -> None:
    known = {str(n): a_said(post_id=str(n), answers=str(n - 1)) for n in range(1, 50)}
    circle = {"1": a_said(post_id="1", answers="2"), "2": a_said(post_id="2", answers="1")}

    assert len(chain_before(known["49"], known)) == MOST_QUOTES
    assert missing_link(known["49"], known) == ""
    assert len(chain_before(circle["1"], circle)) == 1


def test_the_bots_own_words_are_quoted_as_its_own() -> None:
    said = a_said(answers="90", answered=ours("42"))

    assert quotes_with(said, Us("900", "Pointsman")) == (Quote("Pointsman", "42", is_ours=True),)
