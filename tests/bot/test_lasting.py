from dataclasses import replace

from bot.lasting import transcript_of
from bot.platforms.port import Message, Notice
from routing.ports import Conversation
from routing.reply import Chosen
from routing.stop import Stop
from tests.bot.office import a_message
from tests.bot.test_handler import Talk

PLACE = Conversation("slack", "T01", "D70")


def in_thread(number: int, text: str) -> Message:
    """Build what is asked in a thread of its own."""
    here = replace(PLACE, thread=str(number))
    return a_message(number, text, conversation=here, lasting=PLACE)


async def told(talk: Talk, message: Message) -> str:
    """Give a command and return what is answered."""
    events = [event async for event in talk.handler.answer(message, Stop())]
    (notice,) = events
    assert isinstance(notice, Notice)
    return notice.markdown


async def chosen(talk: Talk, message: Message) -> str:
    """Ask something and return which model answers."""
    events = [event async for event in talk.handler.answer(message, Stop())]
    return next(event.model for event in events if isinstance(event, Chosen))


async def test_a_model_chosen_for_a_place_answers_in_all_its_threads() -> None:
    talk = Talk()

    before = await chosen(talk, in_thread(1, "6 x 7?"))
    await told(talk, a_message(2, "/model gpt", conversation=PLACE))

    assert before == "llama-a"
    assert await chosen(talk, in_thread(3, "7 x 8?")) == "gpt"
    assert await chosen(talk, in_thread(1, "8 x 9?")) == "gpt"
    assert "**gpt** answers here" in await told(talk, in_thread(1, "/model"))


async def test_a_model_chosen_in_a_thread_goes_before_it() -> None:
    talk = Talk()
    await told(talk, a_message(1, "/model gpt", conversation=PLACE))
    await told(talk, in_thread(2, "/model llama"))

    assert await chosen(talk, in_thread(2, "6 x 7?")) == "llama-a"
    assert await chosen(talk, in_thread(3, "7 x 8?")) == "gpt"


async def test_auto_in_a_thread_takes_both_back() -> None:
    talk = Talk()
    await told(talk, a_message(1, "/model gpt", conversation=PLACE))
    await told(talk, in_thread(2, "/model auto"))

    assert await chosen(talk, in_thread(2, "6 x 7?")) == "llama-a"


async def test_what_was_said_elsewhere_is_not_taken_along() -> None:
    talk = Talk()
    await chosen(talk, a_message(1, "6 x 7?", conversation=PLACE))

    transcript = await transcript_of(talk.history, in_thread(2, "sure?"))

    assert transcript.exchanges == ()
