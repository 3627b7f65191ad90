import pytest

from bot.platforms.slack.blocks import Block
from bot.platforms.slack.tables import table_block
from bot.platforms.tables import table_of


def _rich(*elements: Block) -> Block:
    return {
        "type": "rich_text",
        "elements": [{"type": "rich_text_section", "elements": list(elements)}],
    }


def test_cells_keep_their_marks_and_links() -> None:
    block = table_block(
        table_of(
            [
                "| Model | Price |",
                "|:--|--:|",
                "| **llama** `x` | 1 |",
                "| [docs](https://a.b) | |",
            ]
        )
    )

    assert block == {
        "type": "table",
        "rows": [
            [
                _rich({"type": "text", "text": "Model", "style": {"bold": True}}),
                _rich({"type": "text", "text": "Price", "style": {"bold": True}}),
            ],
            [
                _rich(
                    {"type": "text", "text": "llama", "style": {"bold": True}},
                    {"type": "text", "text": " "},
                    {"type": "text", "text": "x", "style": {"code": True}},
                ),
                {"type": "raw_text", "text": "1"},
            ],
            [
                _rich({"type": "link", "text": "docs", "url": "https://a.b"}),
                {"type": "raw_text", "text": " "},
            ],
        ],
        "column_settings": [
            {"align": "left", "is_wrapped": True},
            {"align": "right", "is_wrapped": True},
        ],
    }


def test_a_cell_calls_nobody_and_runs_nothing() -> None:
    block = table_block(table_of(["|a|", "|-|", "| <!here> @channel |", "| [x](javascript:y) |"]))

    assert block is not None
    assert block["rows"][1:] == [
        [{"type": "raw_text", "text": "<\u200b!here> @\u200bchannel"}],
        [{"type": "raw_text", "text": "[x](javascript:y)"}],
    ]


@pytest.mark.parametrize(
    "lines",
    [
        pytest.param(["|a|", "|-|", *["|b|"] * 100], id="rows"),
        pytest.param(["|a" * 21 + "|", "|-" * 21 + "|"], id="columns"),
        pytest.param(["|a|", "|-|", *["|" + "b" * 1000 + "|"] * 10], id="characters"),
    ],
)
def test_a_table_larger_than_slack_takes_is_none(lines: list[str]) -> None:
    assert table_block(table_of(lines)) is None
