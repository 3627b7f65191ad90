from bot.platforms.slack.limits import SECTION_CHARS
from bot.platforms.slack.sections import sections_of


def test_a_short_text_is_one_section() -> None:
    (section,) = sections_of("# Usage\n\n- **a**: <1>\n\n| a | b |\n|--|--|\n| 1 | 2 |")

    assert section["text"] == {
        "type": "mrkdwn",
        "text": "*Usage*\n\n• *a*: &lt;1&gt;\n\n```\na  b\n─  ─\n1  2\n```",
        "verbatim": True,
    }


def test_a_long_text_loses_nothing_over_its_sections() -> None:
    sections = sections_of("- item & more\n  - nested\n" * 200)

    texts = [section["text"]["text"] for section in sections]
    assert all(len(text) <= SECTION_CHARS for text in texts)
    assert "\n".join(texts).count("nested") == 200


def test_nothing_is_no_section() -> None:
    assert sections_of("\n") == ()


def test_people_channels_and_groups_are_shown_by_name_and_a_whole_channel_is_not_called() -> None:
    (section,) = sections_of("<@U1> in <#C2>, <!subteam^S3>, <!channel>, `<@U4>`, @here")

    assert section["text"]["text"] == (
        "<@U1> in <#C2>, <!subteam^S3>, &lt;\u200b!channel&gt;, `&lt;\u200b@U4&gt;`, @\u200bhere"
    )
