import pytest

from bot.platforms.slack.wording import exact, mentioned_in, readable


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("a &lt;b&gt; &amp;amp; c", "a <b> &amp; c", id="escapes, once"),
        pytest.param("ask <@U11> and <@U99>", "ask @Ada and @U99", id="people"),
        pytest.param("ask <@U99|bob>", "ask @bob", id="a person as Slack calls them"),
        pytest.param("in <#C50|general> or <#C51>", "in #general or #C51", id="channels"),
        pytest.param("<!subteam^S31|@crew> <!here>", "@crew @here", id="many"),
        pytest.param("<!date^1764072000^{date}|25 November>", "25 November", id="a moment"),
        pytest.param("<https://a.org/x|https://a.org/x>", "https://a.org/x", id="a link as it is"),
        pytest.param("<http://a.org|a.org>", "http://a.org", id="a link without its scheme"),
        pytest.param("<https://a.org|here>", "here (https://a.org)", id="a link with words"),
        pytest.param("<mailto:a@b.org|a@b.org>", "a@b.org", id="mail"),
        pytest.param("`if a &lt; b &gt; c`", "`if a < b > c`", id="code"),
    ],
)
def test_a_text_is_read_as_people_see_it(text: str, shown: str) -> None:
    assert readable(text, {"U11": "Ada"}) == shown


def test_a_command_keeps_the_ids_it_goes_by() -> None:
    said = "quota set user <@U11|ada> $5 in <#C50|general> &amp; <https://a.org|a.org>"

    assert exact(said) == "quota set user <@U11|ada> $5 in <#C50|general> & https://a.org"


def test_people_are_found_by_their_marks_alone() -> None:
    assert mentioned_in("<@U11> &lt;@U12&gt; <@U13|x> <@U11> @U14") == ("U11", "U13")
