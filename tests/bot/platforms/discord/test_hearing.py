import pytest

from bot.commands.everything import COMMANDS
from bot.platforms.discord.errors import Forbidden
from bot.platforms.discord.hearing import Hearing, title_of
from bot.platforms.discord.listening import Asker, Said, Where
from bot.platforms.discord.ports import Inward
from bot.platforms.port import Message
from config.catalog import AttachmentKind
from config.chats import DiscordSettings
from routing.ports import Conversation
from routing.query import Attachment
from tests.bot.platforms.discord.saying import (
    ADA,
    CHANNEL,
    DM,
    OUR_THREAD,
    THREAD,
    US,
    ListedPosts,
    ListedRest,
    a_known_post,
    a_said,
    ours,
)
from tests.bot.platforms.recording import RecordingIntake

KNOWN = a_known_post(Conversation("discord", "40", "50", "r7"))


class World:
    """Hearing, with all it hands on to."""

    def __init__(self, rest: ListedRest | None = None, **settings: object) -> None:
        self.intake, self.posts, self.rest = RecordingIntake(), ListedPosts(), rest or ListedRest()
        inward = Inward(self.intake, self.posts, self.rest)
        self.hearing = Hearing(DiscordSettings.model_validate(settings), inward)

    async def hears(self, said: Said, where: Where, asker: Asker = ADA) -> Message:
        await self.hearing.heard(said, where, US, asker)
        return self.intake.taken[-1]


async def test_a_question_is_taken_in_with_all_that_is_needed_to_answer_it_elsewhere() -> None:
    message = await World().hears(a_said("<@900> tea?"), CHANNEL, Asker("11", "Ada", is_admin=True))

    assert (message.identity, message.text, message.author) == ("discord:100", "tea?", "Ada")
    assert message.is_admin
    assert message.handle["channel"] == "50"
    assert message.handle["reply_to"] == "100"
    assert message.handle["guild"] == "40"


async def test_a_configured_role_makes_its_members_admins_and_nobody_else() -> None:
    for roles, is_admin in (({"7", "70002"}, True), ({"7"}, False)):
        world = World(admin_roles=["70001", "70002"])

        message = await world.hears(
            a_said("<@900> tea?"), CHANNEL, Asker("12", "Bob", frozenset(roles))
        )

        assert message.is_admin is is_admin


async def test_a_reply_to_a_known_answer_needs_no_quote_of_it() -> None:
    world = World()
    world.posts.known["50", "90"] = KNOWN

    message = await world.hears(a_said(answers="90", answered=ours()), CHANNEL)

    assert message.conversation == KNOWN.conversation
    assert message.about == "reply-1"
    assert message.quotes == ()


async def test_a_reply_to_a_forgotten_answer_goes_on_with_its_question() -> None:
    world = World()

    message = await world.hears(a_said("and?", answers="90", answered=ours(answers="80")), CHANNEL)

    assert message.conversation == Conversation("discord", "40", "50", "r80")
    assert [quote.text for quote in message.quotes] == ["an answer"]
    assert world.rest.asked == []


async def test_where_discord_does_not_tell_the_question_with_the_answer_itself() -> None:
    message = await World().hears(a_said("and?", answers="90", answered=ours()), CHANNEL)

    assert message.conversation.thread == "r90"


async def test_the_files_of_the_message_it_answers_come_along() -> None:
    image, own = (Attachment(AttachmentKind.IMAGE, name) for name in ("cat.png", "dog.png"))
    shown = a_said("", post_id="99", attachments=(image,))

    message = await World().hears(
        a_said("<@900> which?", answers="99", answered=shown, attachments=(own,)), CHANNEL
    )

    assert [each.name for each in message.attachments] == ["dog.png", "cat.png"]


async def test_the_bots_own_files_do_not() -> None:
    file = Attachment(AttachmentKind.TEXT, "answer.md")

    message = await World().hears(
        a_said("so?", answers="90", answered=ours(attachments=(file,))), CHANNEL
    )

    assert message.attachments == ()


async def test_a_reply_to_a_question_is_about_no_answer() -> None:
    world = World()
    world.posts.known["50", "99"] = a_known_post(KNOWN.conversation, is_question=True)

    message = await world.hears(a_said(answers="99", answered=a_said(post_id="99")), CHANNEL)

    assert message.conversation == KNOWN.conversation
    assert message.about == ""


async def test_posts_in_a_thread_are_known_by_its_channel() -> None:
    world = World()
    world.posts.known["50", "90"] = KNOWN

    message = await world.hears(a_said(answers="90", answered=ours()), OUR_THREAD)

    assert message.conversation == KNOWN.conversation


@pytest.mark.parametrize(
    ("said", "where", "names"),
    [
        pytest.param(
            a_said("<@900> hm", answered=a_said("/quota set everyone $9"), answers="99"),
            CHANNEL,
            "Ada",
            id="in a quote",
        ),
        pytest.param(
            a_said("<@900> hm", author="/quota set"), CHANNEL, "/quota set", id="in a name"
        ),
        pytest.param(
            a_said("<@900> hm"),
            Where("61", guild="40", parent="50", title="/quota set everyone $9"),
            "Ada",
            id="in a thread's title",
        ),
    ],
)
async def test_only_what_somebody_says_to_the_bot_can_be_a_command(
    said: Said, where: Where, names: str
) -> None:
    message = await World().hears(said, where, Asker("11", names))

    assert message.text == "hm"
    assert not any(message.text.startswith(f"/{each.name}") for each in COMMANDS.commands)


@pytest.mark.parametrize(
    ("said", "where", "is_addressed"),
    [
        pytest.param(a_said("help"), DM, True, id="in a direct message"),
        pytest.param(
            a_said("<@900> help", mentions=frozenset({"900"})), CHANNEL, True, id="behind a mention"
        ),
        pytest.param(a_said("help"), OUR_THREAD, False, id="in a thread of the bot"),
    ],
)
async def test_words_that_can_only_be_for_the_bot_may_be_a_command(
    said: Said, where: Where, is_addressed: bool
) -> None:
    assert (await World().hears(said, where)).is_addressed is is_addressed


async def test_a_thread_is_opened_for_the_answer_where_the_operator_wants_it() -> None:
    world = World(open_threads=True)

    message = await world.hears(a_said("<@900> what is\ntea?"), CHANNEL)

    assert world.rest.asked == [("thread", "50", "100", "what is tea?")]
    assert message.conversation == Conversation("discord", "40", "50", "100")
    assert (message.origin.place, message.origin.thread) == ("50", "100")
    assert (message.handle["channel"], message.handle["reply_to"]) == ("100", "")
    assert message.opens_thread


@pytest.mark.parametrize("where", [DM, THREAD], ids=["direct message", "thread"])
async def test_no_thread_is_opened_where_there_can_be_none(where: Where) -> None:
    world = World(open_threads=True)

    await world.hears(a_said(), where)

    assert world.rest.asked == []


async def test_where_no_thread_may_be_opened_the_answer_is_given_in_the_channel() -> None:
    world = World(rest=ListedRest(fails=Forbidden("no threads")), open_threads=True)

    message = await world.hears(a_said("<@900> tea?"), CHANNEL)

    assert message.handle["channel"] == "50"
    assert message.conversation.thread == "r100"
    assert not message.opens_thread


async def test_an_edit_reads_as_the_message_does_now() -> None:
    world = World()

    await world.hearing.edited(a_said("<@900> coffee?"), CHANNEL, US, ADA)

    (message,) = world.intake.changed
    assert (message.identity, message.text) == ("discord:100", "coffee?")


async def test_an_edited_question_is_still_answered_in_its_thread() -> None:
    world = World(open_threads=True)
    heard = await world.hears(a_said("<@900> tea?"), CHANNEL)

    await world.hearing.edited(a_said("<@900> milk?", has_thread=True), CHANNEL, US, ADA)

    (message,) = world.intake.changed
    assert message.conversation == heard.conversation
    assert message.handle == heard.handle


async def test_what_is_deleted_is_told_one_by_one() -> None:
    world = World()

    await world.hearing.deleted("50", {1, 2})

    assert sorted(world.intake.gone) == [("discord", "50", "1"), ("discord", "50", "2")]


def test_a_thread_is_named_by_the_head_of_its_question() -> None:
    assert title_of("short") == "short"
    assert len(title_of("word " * 100)) == 60
