"""What is said before a question, with the model its author chose for good."""

from dataclasses import replace

from bot.platforms.port import Message
from routing.ports import History, Transcript


async def transcript_of(history: History, message: Message) -> Transcript:
    """Load a conversation; where nobody chose a model in it, the author's lasting choice holds.

    Raises:
        StoreUnavailable: The store does not answer.
    """
    transcript = await history.load(message.conversation)
    if transcript.wanted or message.lasting is None:
        return transcript
    lasting = await history.load(message.lasting)
    return replace(transcript, wanted=lasting.wanted)
