"""How a strict reader takes what was made for Slack: what in it would be live."""

import re
from collections.abc import Iterator
from typing import Final

from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

_READER: Final = MarkdownIt("commonmark").enable(["strikethrough", "table"])
_LIVE: Final = re.compile(r"<(?:!(?i:channel|here|everyone|group|subteam)(?![^\W_])|[@#][A-Z0-9])")
_CALLED: Final = re.compile(r"<[@!#]|@(?:channel|here|everyone|group)(?![^\W_])", re.IGNORECASE)

BITS: Final = st.sampled_from(
    [
        "word ",
        "\n",
        "\n\n",
        "<",
        "!channel>",
        "<!here>",
        "<!subteam^S12>",
        "<@U12>",
        "<#C12|x>",
        "@channel",
        "@channel: ",
        "here>",
        "[a>b](",
        "@",
        "_@channel_",
        "everyone ",
        "&lt;",
        "&#64;",
        "!here",
        "\\",
        "`",
        "``",
        "```",
        "\n```python\n",
        "\n~~~\n",
        "**",
        "_",
        "| a | b |\n",
        "|---|---|\n",
        "| <@U1> | @here |",
        "> ",
        "\n- ```\n",
        "    ",
        "- [x] ",
        "<b>bold</b>",
        "<https://a.example/b>",
        "[x](javascript:alert)",
        "![alt](https://a.example/c.png)",
        "===\n",
        "\r\n",
        "word " * 40,
    ]
)
"""Of what texts are made that would call somebody, if they could."""


def live_in_markdown(markdown: str) -> list[str]:
    """Return what in Markdown would call somebody, be HTML or run a script."""
    tokens = list(_all(_READER.parse(markdown)))
    words = [token.content for token in tokens if token.type == "text"]
    found = [*_LIVE.findall(markdown), *(each for word in words for each in _CALLED.findall(word))]
    found += [token.content for token in tokens if token.type.startswith("html")]
    return found


def live_in_mrkdwn(mrkdwn: str) -> list[str]:
    """Return what in mrkdwn is live, but for links to the web and to mail."""
    without_links = re.sub(r"<(?:https?://|mailto:)[^<>|\s]+(?:\|[^<>|]*)?>", " ", mrkdwn)
    found = re.findall(
        r"[<>]|&(?!amp;|lt;|gt;)", re.sub(r"(?m)^(?:[> •]|\d+\.)+", "", without_links)
    )
    without_code = re.sub(r"(?s)```.*?```|`[^`\n]*`", " ", without_links)
    return [*found, *re.findall(r"@(?:channel|here|everyone)(?![^\W_])", without_code)]


def words_of(text: str) -> list[str]:
    """Return the letters and numbers of a text, by words."""
    return re.findall(r"\w+", text)


def _all(tokens: list[Token]) -> Iterator[Token]:
    for token in tokens:
        yield token
        yield from _all(token.children or [])
