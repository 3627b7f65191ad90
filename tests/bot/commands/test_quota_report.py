from typing import Any

from tests.bot.commands.test_quota import a_house

HERE: dict[str, Any] = {"platform": "discord", "tenant": "guild"}


async def test_a_report_tells_of_each_limit_how_far_it_is_used_and_who_is_over() -> None:
    async with a_house() as house:
        for words in ("server 4 requests per day", "asker 1 requests per day"):
            await house.told(f"/quota set {words} confirm", is_admin=True, **HERE)
        await house.say("6 x 7?", person="ada", **HERE)
        await house.say("7 x 7?", person="grace", **HERE)

        told = await house.told("/quota report", is_admin=True, **HERE)

    assert "tenant 4 questions per day: 2 questions used, 50%" in told
    assert "asker 1 question per day: over it now: ada, grace" in told


async def test_a_report_is_for_admins_and_of_their_own_server() -> None:
    async with a_house() as house:
        await house.told("/quota set server 4 requests per day confirm", is_admin=True, **HERE)

        refused = await house.told("/quota report", **HERE)
        elsewhere = await house.told(
            "/quota report", is_admin=True, platform="discord", tenant="other"
        )

    assert refused == "Only an admin may use `/quota report`."
    assert elsewhere.startswith("There are no limits here.")
