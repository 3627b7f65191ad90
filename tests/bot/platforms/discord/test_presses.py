import pytest

from bot.platforms.discord.listening import Asker, Where, origin_of
from bot.platforms.discord.presses import Under, conversation_under
from routing.ports import Conversation
from tests.bot.platforms.discord.saying import CHANNEL, DM, THREAD

BOB = Asker("12", "Bob")


@pytest.mark.parametrize(
    ("where", "under", "conversation"),
    [
        pytest.param(
            CHANNEL, Under("90", "80", "11"), Conversation("discord", "40", "50", "r80"), id="reply"
        ),
        pytest.param(CHANNEL, Under("90"), Conversation("discord", "40", "50", "r90"), id="alone"),
        pytest.param(
            CHANNEL,
            Under("90", "80", "11", is_of_command=True),
            Conversation("discord", "40", "50", person="11"),
            id="of a command",
        ),
        pytest.param(
            THREAD, Under("90", "80", "11"), Conversation("discord", "40", "50", "61"), id="thread"
        ),
        pytest.param(DM, Under("90"), Conversation("discord", "dm-12", "70"), id="direct message"),
    ],
)
def test_an_answer_tells_which_conversation_it_is_in(
    where: Where, under: Under, conversation: Conversation
) -> None:
    assert conversation_under(origin_of(where, BOB), under) == conversation
