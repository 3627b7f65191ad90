import pytest

from bot.mentions import mention, named
from routing.orders import Of
from tests.builders import an_origin


@pytest.mark.parametrize(
    ("platform", "of", "who", "shown"),
    [
        pytest.param("discord", Of.USER, "discord:11", "<@11>", id="person on Discord"),
        pytest.param("discord", Of.CHANNEL, "discord:1:22", "<#22>", id="channel on Discord"),
        pytest.param("discord", Of.ROLE, "33", "<@&33>", id="role on Discord"),
        pytest.param("slack", Of.USER, "U11", "<@U11>", id="person on Slack"),
        pytest.param("slack", Of.CHANNEL, "C22", "<#C22>", id="channel on Slack"),
        pytest.param("slack", Of.ROLE, "S33", "<!subteam^S33>", id="user group on Slack"),
        pytest.param("slack", Of.CHANNEL, "D22", "", id="a direct message has no name"),
        pytest.param("discord", Of.USER, "slack:U11", "", id="elsewhere nobody knows them"),
        pytest.param("discord", Of.ROLE, "1> @everyone <@&2", "", id="no id at all"),
        pytest.param("slack", Of.USER, "!channel", "", id="everybody is nobody's id"),
        pytest.param("terminal", Of.USER, "discord:11", "", id="terminals show no names"),
        pytest.param("discord", Of.SERVER, "1", "", id="a server has no mention"),
    ],
)
def test_only_an_id_of_the_reader_s_own_platform_is_mentioned(
    platform: str, of: Of, who: str, shown: str
) -> None:
    reader = an_origin(platform=platform, tenant="1")

    assert mention(of, who, reader) == shown
    assert named(of, who, reader) == (shown or f"`{who}`")
