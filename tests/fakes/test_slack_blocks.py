"""Which blocks the fake Slack takes, and in which words it refuses the rest."""

from typing import Any

import pytest

from tests.fakes.slack.blocks import check_blocks, check_view
from tests.fakes.slack.refusals import Refused
from tests.fakes.slack.shown import shown_blocks
from tests.fakes.slack_saying import (
    Json,
    a_button,
    a_modal,
    actions,
    an_input,
    markdown,
    plain,
    section,
    table,
)

FEEDBACK: Json = {
    "type": "feedback_buttons",
    "action_id": "feedback",
    "positive_button": {"text": plain("Good"), "value": "good"},
    "negative_button": {"text": plain("Bad"), "value": "bad"},
}
SELECT: Json = {
    "type": "static_select",
    "action_id": "model",
    "placeholder": plain("Model"),
    "options": [{"text": plain("Llama"), "value": "llama"}],
}


def header(text: str) -> Json:
    return {"type": "header", "text": plain(text)}


def cells(*texts: str) -> Json:
    return {"type": "table", "rows": [[{"type": "raw_text", "text": text} for text in texts]]}


def a_rich_cell(text: str) -> Json:
    part = {"type": "rich_text_section", "elements": [{"type": "text", "text": text}]}
    return {"type": "table", "rows": [[{"type": "rich_text", "elements": [part]}]]}


@pytest.mark.parametrize(
    "blocks",
    [
        [section("x" * 3000)],
        [header("x" * 150)],
        [{"type": "divider"}] * 50,
        [markdown("x" * 12_000)],
        [table(100, 20)],
        [actions(*(a_button(f"{each}") for each in range(25)))],
        [actions(a_button(value="x" * 2000, style="danger", url="https://example.com"))],
        [actions(SELECT)],
        [{"type": "context", "elements": [{"type": "mrkdwn", "text": "small"}] * 10}],
        [{"type": "context_actions", "elements": [FEEDBACK]}],
        [section("x") | {"accessory": a_button()}],
        [{"type": "section", "fields": [plain("x" * 2000)] * 2}],
        [a_rich_cell("x")],
        [{"type": "image", "alt_text": "a chart", "image_url": "https://example.com/a.png"}],
    ],
)
def test_what_is_within_the_limits_is_taken(blocks: list[Json]) -> None:
    check_blocks(blocks)


@pytest.mark.parametrize(
    ("blocks", "said"),
    [
        ("x", "must provide an array [json-pointer:/blocks]"),
        (["x"], "must be an object [json-pointer:/blocks/0]"),
        ([{"type": "divider"}] * 51, "no more than 50 items allowed [json-pointer:/blocks]"),
        ([{"type": "carousel"}], "unsupported type: carousel [json-pointer:/blocks/0/type]"),
        ([section("x") | {"colour": 1}], "invalid additional property: colour"),
        ([{"type": "section"}], "missing required field: text"),
        ([{"type": "header"}], "missing required field: text"),
        ([section("x" * 3001)], "must be less than 3001 characters"),
        ([section("")], "must be more than 0 characters [json-pointer:/blocks/0/text/text]"),
        ([header("x" * 151)], "must be less than 151 characters"),
        ([header("x") | {"text": {"type": "mrkdwn", "text": "x"}}], "failed to match all"),
        ([markdown("")], "must be more than 0 characters"),
        ([{"type": "section", "fields": [plain("x")] * 11}], "no more than 10 items allowed"),
        ([{"type": "section", "fields": [plain("x" * 2001)]}], "must be less than 2001"),
        ([actions()], "no fewer than 1 items allowed"),
        ([actions(*(a_button(f"{n}") for n in range(26)))], "no more than 25 items allowed"),
        ([actions(a_button(), a_button())], "action_id 'go' already exists"),
        ([actions(a_button(text=plain("x" * 76)))], "must be less than 76 characters"),
        ([actions(a_button(value="x" * 2001))], "must be less than 2001 characters"),
        ([actions(a_button(url="x" * 3001))], "must be less than 3001 characters"),
        ([actions(a_button("x" * 256))], "must be less than 256 characters"),
        ([actions(a_button(style="green"))], "value must be one of: primary, danger"),
        ([actions(a_button(colour="green"))], "invalid additional property: colour"),
        ([actions(FEEDBACK)], "unsupported type: feedback_buttons"),
        ([actions({"type": "knob"})], "unsupported type: knob"),
        ([actions(SELECT | {"options": []})], "between 1 and 100 items allowed"),
        ([{"type": "context_actions", "elements": [a_button()]}], "unsupported type: button"),
        (
            [
                {
                    "type": "context_actions",
                    "elements": [FEEDBACK | {"action_id": n} for n in "abcdef"],
                }
            ],
            "no more than 5 items allowed",
        ),
        ([{"type": "context", "elements": [plain("x")] * 11}], "no more than 10 items allowed"),
        ([{"type": "divider", "block_id": "a"}] * 2, "block_id 'a' already exists"),
        ([{"type": "divider", "block_id": "a" * 256}], "must be less than 256 characters"),
        ([table(101)], "no more than 100 items allowed [json-pointer:/blocks/0/rows]"),
        ([table(1, 21)], "no more than 20 items allowed"),
        ([table(100, 2, "x" * 51)], "must be less than 10001 characters"),
        ([cells("x", "")], "must be more than 0 characters [json-pointer:/blocks/0/rows/0/1/text]"),
        ([a_rich_cell("")], "must be more than 0 characters"),
        ([{"type": "image", "alt_text": "x"}], "missing required field: image_url"),
    ],
)
def test_what_is_not_of_the_form_is_invalid_blocks(blocks: Any, said: str) -> None:
    with pytest.raises(Refused) as refused:
        check_blocks(blocks)

    assert refused.value.error == "invalid_blocks"
    assert said in refused.value.body["errors"][0]
    assert refused.value.body["response_metadata"]["messages"][0].startswith("[ERROR] ")


@pytest.mark.parametrize(
    ("blocks", "error"),
    [
        ([markdown("x" * 6001), markdown("x" * 6000)], "msg_too_long"),
        ([section("x" * 3000)] * 5, "msg_blocks_too_long"),
        ([markdown("# x\n" * 51)], "msg_blocks_too_long"),
        ([markdown("x" * 10_000 + "\n# head" * 33)], "msg_blocks_too_long"),
        ([markdown("```\nx\n```\n" * 51)], "msg_blocks_too_long"),
        ([table(1), table(1)], "invalid_attachments"),
        ([table(1), markdown("| a | b |\n|---|---|\n| 1 | 2 |")], "invalid_attachments"),
    ],
)
def test_what_is_too_much_together_has_codes_of_its_own(blocks: list[Json], error: str) -> None:
    with pytest.raises(Refused) as refused:
        check_blocks(blocks)

    assert refused.value.error == error


def test_comments_and_rules_in_code_are_no_headings_and_no_tables() -> None:
    code = "```\n" + "# comment\n" * 60 + "|---|---|\n```\n"

    check_blocks([markdown(code), table(1)])


@pytest.mark.parametrize(
    ("view", "said"),
    [
        ({"type": "page"}, "unsupported type"),
        ({"type": "modal", "blocks": []}, "missing required field: title"),
        (a_modal(title=plain("x" * 25)), "must be less than 25 characters"),
        (a_modal(submit=plain("x" * 25)), "must be less than 25 characters"),
        (a_modal(private_metadata="x" * 3001), "must be less than 3001 characters"),
        (a_modal(callback_id="x" * 256), "must be less than 256 characters"),
        (a_modal(an_input()), "missing required field: submit"),
        (a_modal(markdown("x")), "unsupported type: markdown"),
        (a_modal(*[{"type": "divider"}] * 101), "no more than 100 items allowed"),
        ({"type": "home", "blocks": [table(1)]}, "unsupported type: table"),
        ({"type": "home", "blocks": [], "title": plain("x")}, "invalid additional property: title"),
    ],
)
def test_views_have_a_form_too(view: Json, said: str) -> None:
    with pytest.raises(Refused) as refused:
        check_view(view)

    assert refused.value.error == "invalid_arguments"
    assert said in refused.value.body["response_metadata"]["messages"][0]


def test_views_within_it_are_taken() -> None:
    check_view(a_modal(an_input(), section("x"), submit=plain("Go"), callback_id="ask"))
    check_view({"type": "home", "blocks": [section("x"), actions(SELECT)]})


def test_blocks_read_as_a_person_reads_them() -> None:
    blocks = [
        header("Usage"),
        section("a &lt;b&gt; &amp; c"),
        markdown("**x** &lt; [y](https://example.com?a=1&amp;b)"),
        cells("a", "b"),
        actions(a_button()),
        {"type": "context_actions", "elements": [FEEDBACK]},
    ]

    assert shown_blocks(blocks).splitlines() == [
        "Usage",
        "a <b> & c",
        "**x** < [y](https://example.com?a=1&amp;b)",
        "a | b",
        "[Go]",
        "[Good] [Bad]",
    ]
