from bot.memory import PostMemory
from routing.ports import Exchange
from routing.posts import Posted
from tests.bot.office import a_message
from tests.fakes.history import DictHistory
from tests.fakes.ports import DictPosts

MESSAGE = a_message(1, text="6 x 7?")


class Remembered:
    """A memory with one answered question, in two posts."""

    def __init__(self) -> None:
        self.history = DictHistory()
        self.posts = DictPosts()
        self.memory = PostMemory(self.history, self.posts)

    async def answer(self) -> None:
        exchange = Exchange("6 x 7?", "42", "r1", MESSAGE.at)
        await self.history.append(MESSAGE.conversation, exchange, "{}")
        await self.memory.answered(MESSAGE, "r1", ("77", "78"))

    async def questions(self) -> list[str]:
        transcript = await self.history.load(MESSAGE.conversation)
        return [each.question for each in transcript.exchanges]


async def test_every_post_of_an_answer_is_known_to_belong_to_it() -> None:
    remembered = Remembered()
    await remembered.answer()

    found = [await remembered.posts.find("discord", "general", each) for each in ("1", "77", "78")]

    asked, *answered = found
    assert asked == Posted(MESSAGE.conversation, "r1", is_question=True)
    assert answered == [Posted(MESSAGE.conversation, "r1")] * 2


async def test_a_question_and_its_first_post_lead_to_an_answer_that_is_yet_to_come() -> None:
    remembered = Remembered()

    await remembered.memory.begun(MESSAGE, ("77",))

    asked, will_answer = [
        await remembered.posts.find("discord", "general", each) for each in ("1", "77")
    ]
    assert asked == Posted(MESSAGE.conversation, MESSAGE.reply_id, is_question=True)
    assert will_answer == Posted(MESSAGE.conversation, MESSAGE.reply_id)


async def test_a_post_the_bot_itself_takes_away_at_the_end_takes_no_answer_along() -> None:
    remembered = Remembered()
    await remembered.memory.begun(MESSAGE, ("77", "78", "79"))
    exchange = Exchange("6 x 7?", "42", MESSAGE.reply_id, MESSAGE.at)
    await remembered.history.append(MESSAGE.conversation, exchange, "{}")

    await remembered.memory.deleted("discord", "general", "79")
    assert await remembered.questions() == ["6 x 7?"]

    await remembered.memory.answered(MESSAGE, MESSAGE.reply_id, ("77", "78"))
    await remembered.memory.deleted("discord", "general", "78")
    assert await remembered.questions() == []


async def test_a_revised_question_is_remembered_as_it_reads_now() -> None:
    remembered = Remembered()
    await remembered.answer()

    await remembered.memory.revised(a_message(1, text="7 x 8?"))
    await remembered.memory.revised(a_message(77, text="an answer is no question"))
    await remembered.memory.revised(a_message(2, text="unknown"))

    assert await remembered.questions() == ["7 x 8?"]


async def test_a_deleted_question_or_answer_is_forgotten() -> None:
    for post_id in ("1", "78"):
        remembered = Remembered()
        await remembered.answer()

        await remembered.memory.deleted("discord", "general", "2")
        assert await remembered.questions() == ["6 x 7?"]
        await remembered.memory.deleted("discord", "general", post_id)

        assert await remembered.questions() == []


async def test_a_deleted_question_is_forgotten_with_all_its_answers_and_an_answer_alone() -> None:
    for post_id, left in (("1", []), ("78", ["6 x 7?"])):
        remembered = Remembered()
        await remembered.answer()
        again = Exchange("6 x 7?", "it is 42", "r2", MESSAGE.at, again_of="r1")
        await remembered.history.append(MESSAGE.conversation, again, "{}")

        await remembered.memory.deleted("discord", "general", post_id)

        assert await remembered.questions() == left


async def test_an_answer_whose_question_went_meanwhile_is_forgotten() -> None:
    remembered = Remembered()
    await remembered.answer()

    await remembered.memory.withdrawn(MESSAGE, "r1")

    assert await remembered.questions() == []
