"""What the next worker knows of a post that was about to be made when the last one died."""

import pytest

from bot.held import ClaimPosts, Held
from tests.bot.office import Office, a_message, an_office


async def _taken_up(office: Office) -> tuple[Held, ClaimPosts]:
    (claim,) = await office.inbox.claim("somebody", 1)
    held = Held(claim, 12, office.time.clock().elapsed_s, 0)
    return held, ClaimPosts(held, office.inbox, office.time.sleep)


@pytest.mark.parametrize("is_noted", [True, False])
async def test_whether_a_post_may_be_there_that_nobody_noted(is_noted: bool) -> None:
    async with an_office() as office:
        await office.intake.accept(a_message())
        held, posts = await _taken_up(office)
        assert not posts.may_have_more
        await posts.announce()
        if is_noted:
            await posts.note(("17.5",))

        await office.inbox.hand_over(held.claim)
        _, inherited = await _taken_up(office)

        assert inherited.may_have_more is not is_noted
        assert inherited.ids == (("17.5",) if is_noted else ())


async def test_a_second_post_is_announced_apart_from_the_first() -> None:
    async with an_office() as office:
        await office.intake.accept(a_message())
        held, posts = await _taken_up(office)
        await posts.announce()
        await posts.note(("17.5",))
        await posts.announce()

        await office.inbox.hand_over(held.claim)
        _, inherited = await _taken_up(office)

        assert inherited.may_have_more
