import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.draft import View
from bot.platforms.buttons import (
    Button,
    custom_id,
    finished_buttons,
    parse_confirmation,
    parse_custom_id,
    running_buttons,
)
from bot.platforms.discord.components import components_of
from bot.platforms.discord.layout import Layout
from bot.platforms.discord.outgoing import MOST_CHARS, Outgoing, body_of, chars_of
from bot.platforms.port import NamedFile

_PARTS = st.sampled_from(
    [
        "word " * 50,
        "\n\n",
        "\n```python\n" + "x = 1  # code\n" * 60,
        "```\n",
        "| a | b |\n|---|---|\n" + "| 1 | 2 |\n" * 40,
        "👩‍👩‍👧" * 100,
        "https://example.com/" + "x" * 500 + " ",
        "**bold " + "word " * 400 + "**",
        "- item\n  - nested\n" * 40,
        "x" * 1500,
    ]
)


@given(st.lists(_PARTS, max_size=12), st.booleans(), st.text(max_size=600))
@settings(max_examples=150, deadline=None)
def test_no_post_ever_holds_more_than_discord_takes(
    parts: list[str], is_single: bool, reasoning: str
) -> None:
    layout = Layout("9", "8", most_posts=5, is_single=is_single)
    text = ""

    for part in parts:
        text += part
        growing = layout.posts(View(text, reasoning, "asking llama …"))
        assert all(0 < chars_of(post.content) <= MOST_CHARS for post in growing)
    final = layout.posts(View(text, reasoning, receipt="llama", reply_id="r", is_final=True))

    assert all(0 < chars_of(post.content) <= MOST_CHARS for post in final)
    assert len(final) == 1 if is_single else len(final) <= 7


@given(st.lists(_PARTS, min_size=1, max_size=12))
@settings(max_examples=100, deadline=None)
def test_posts_that_are_full_stay_as_they_are(parts: list[str]) -> None:
    layout, text = Layout("9", "8", most_posts=50), ""
    full: list[Outgoing] = []

    for part in parts:
        text += part
        shown = layout.posts(View(text))
        assert list(shown[: len(full)]) == full
        full = list(shown[:-1])
    final = layout.posts(View(text, is_final=True))

    assert list(final[: len(full)]) == full


def test_while_there_is_no_text_the_status_stands_alone() -> None:
    (post,) = Layout("9", "8", most_posts=5).posts(View(status="asking llama …"))

    assert post.content == "-# asking llama …"


def test_a_notice_has_no_buttons() -> None:
    view = View("No budget is left.", is_final=True, is_notice=True, is_failure=True)

    (post,) = Layout("9", "8", most_posts=5).posts(view)

    assert post == Outgoing("No budget is left.")


def test_a_notice_in_place_of_a_begun_text_replaces_it() -> None:
    layout = Layout("9", "8", most_posts=5)
    layout.posts(View("It is"))

    (post,) = layout.posts(View("No.", is_final=True, is_notice=True))

    assert post.content == "No."


def test_a_receipt_that_does_not_fit_has_a_post_of_its_own() -> None:
    layout = Layout("9", "8", most_posts=5)

    posts = layout.posts(View("x" * 1890, receipt="r" * 300, reply_id="r", is_final=True))

    assert [post.content for post in posts] == ["x" * 1890, f"-# {'r' * 300}"]
    assert [bool(post.buttons) for post in posts] == [False, True]


def test_a_model_cannot_write_a_receipt() -> None:
    forged = View("Sure.\n-# gpt · $99.00", receipt="llama · free", reply_id="r", is_final=True)

    (post,) = Layout("9", "8", most_posts=5).posts(forged)

    assert post.content == "Sure.\n\\-# gpt · $99.00\n-# llama · free"


def test_names_are_shown_where_the_bot_itself_names_somebody_and_nowhere_else() -> None:
    told = "- <@1> in <#2> of <@&3>: `<@4>` @everyone </ask:5>"

    (ours,) = Layout("9", "8", most_posts=5).posts(View(told, is_final=True, has_mentions=True))
    (theirs,) = Layout("9", "8", most_posts=5).posts(View(told, is_final=True))

    assert ours.content == "- <@1> in <#2> of <@&3>: `<@4>` @\u200beveryone <\u200b/ask:5>"
    assert theirs.content.startswith("- <\u200b@1> in <\u200b#2> of <\u200b@&3>: ")


def test_a_thought_cannot_leave_its_spoiler() -> None:
    view = View("42", "a || `b` **c", receipt="", is_final=True)

    (post,) = Layout("9", "8", most_posts=5).posts(view)

    assert post.content == "42\n-# Thoughts: ||a \\|\\| \\`b\\` \\*\\*c||"


def test_every_body_pings_nobody_and_unfolds_nothing() -> None:
    body = body_of(Outgoing("@everyone https://example.com"))

    assert body["allowed_mentions"] == {"parse": [], "replied_user": False}
    assert body["flags"] == 4


def test_text_is_counted_in_utf_16() -> None:
    assert chars_of("a👍é") == 4


@pytest.mark.parametrize(
    "buttons",
    [running_buttons("1" * 20, "2" * 20), finished_buttons("f" * 32, "2" * 20, has_votes=True)],
    ids=["running", "finished"],
)
def test_buttons_are_as_discord_takes_them(buttons: tuple[Button, ...]) -> None:
    (row,) = components_of(buttons)

    assert len(row["components"]) <= 5
    for component in row["components"]:
        assert len(component["custom_id"]) <= 100
        assert component.get("label") or component.get("emoji")
        assert len(component.get("label", "")) <= 80
        assert parse_custom_id(component["custom_id"])


def test_thumbs_are_shown_where_votes_count() -> None:
    answer = View("42", receipt="llama", reply_id="r", is_final=True)

    (voted,) = Layout("7", "42", most_posts=5).posts(answer)
    (unvoted,) = Layout("7", "42", most_posts=5, has_votes=False).posts(answer)

    assert [each.emoji for each in voted.buttons] == ["🔄", "⬆️", "", "👍", "👎"]
    assert unvoted.buttons == voted.buttons[:3]


def test_a_button_tells_its_verb_and_answer() -> None:
    assert parse_custom_id(custom_id("better", "ab12-34")) == ("better", "ab12-34")
    assert parse_custom_id("other:better:ab12") is None
    assert components_of(()) == []


def test_a_command_that_asks_first_has_a_button_that_says_what_it_does() -> None:
    view = View("Sure?", is_final=True, is_notice=True, confirm_by="/quota remove everyone confirm")

    (post,) = Layout("7", "42", most_posts=5).posts(view)

    (button,) = post.buttons
    assert parse_confirmation(button.custom_id) == ("42", "/quota remove everyone confirm")
    assert parse_confirmation("pointsman:why:r1") is None
    assert parse_custom_id(button.custom_id) is None


def test_a_notice_brings_its_files_and_tells_what_a_picture_shows() -> None:
    picture = NamedFile("usage.png", b"\x89PNG", "image/png", "a bar for each day")
    table = NamedFile("usage.csv", b"day\n1", "text/csv")
    view = View("Used:", is_final=True, is_notice=True, files=(picture, table))

    (post,) = Layout("7", "42", most_posts=5).posts(view)

    assert [file.data for file in post.files] == [b"\x89PNG", b"day\n1"]
    assert [file.media_type for file in post.files] == ["image/png", "text/csv"]
    assert body_of(post)["attachments"] == [
        {"id": 0, "filename": "usage.png", "description": "a bar for each day"},
        {"id": 1, "filename": "usage.csv"},
    ]


def test_a_command_too_long_for_a_buttons_name_is_typed() -> None:
    view = View("Sure?", is_final=True, is_notice=True, confirm_by=f"/quota {'x' * 100} confirm")

    (post,) = Layout("7", "42", most_posts=5).posts(view)

    assert post.buttons == ()
