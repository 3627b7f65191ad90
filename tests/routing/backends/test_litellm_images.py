from contextlib import aclosing

import pytest

from routing.errors import ModelFailed
from routing.ports import Call, Completed, Part
from routing.query import Image, Turn
from tests.builders import a_card
from tests.fakes.pictures import a_picture
from tests.fakes.provider import Answer
from tests.fakes.shown import shown_images
from tests.routing.backends.litellm_host import DIALECTS, HOSTS, Host, a_host

PNG = Image("image/png", a_picture(40, 30), 40, 30)
JPEG = Image("image/jpeg", a_picture(20, 20, "JPEG"), 20, 20)


async def asked(host: Host, *turns: Turn) -> list[Part]:
    card = a_card(litellm_id=host.litellm_id, api_base=host.provider.url)
    async with aclosing(host.completer.stream(Call(card, "Be brief.", turns, 64))) as answer:
        return [part async for part in answer]


@pytest.mark.parametrize("litellm_id", HOSTS)
async def test_a_host_is_shown_the_images_as_they_are_and_in_their_order(litellm_id: str) -> None:
    async with a_host(Answer(), litellm_id=litellm_id) as host:
        parts = await asked(host, Turn("user", "Compare them.", images=(PNG, JPEG)))

    assert isinstance(parts[-1], Completed)
    assert shown_images(host.request.body) == [PNG.content, JPEG.content]
    assert "Compare them." in str(host.request.body)


@pytest.mark.parametrize("litellm_id", DIALECTS)
async def test_an_image_stays_with_its_question_when_an_answer_is_continued(
    litellm_id: str,
) -> None:
    question = Turn("user", "What is it?", images=(PNG,))

    async with a_host(Answer(), litellm_id=litellm_id) as host:
        await asked(host, question, Turn("assistant", "It is a"), Turn("user", "Go on."))

    assert shown_images(host.request.body) == [PNG.content]


@pytest.mark.parametrize("litellm_id", ["openai/gpt", "anthropic/claude-haiku-5-5"])
async def test_a_host_refuses_an_image_that_is_none(litellm_id: str) -> None:
    broken = Image("image/png", b"\x89PNG\r\n\x1a\n and no more", 1, 1)

    async with a_host(Answer(), litellm_id=litellm_id) as host:
        with pytest.raises(ModelFailed, match="invalid image"):
            await asked(host, Turn("user", "What is it?", images=(broken,)))


def test_an_image_does_not_print_its_content() -> None:
    assert "PNG" not in repr(Turn("user", "", images=(PNG,)))
