"""What would be live on Slack, and how it is made text. Pure.

Slack has two languages. In mrkdwn `<…>` alone is live, so `&`, `<` and `>` are escaped. In Markdown
blocks and streams it is not written down what is: so nothing that either language could take for
the mention of a person, a group or a whole channel is left in them, however it is written, nor
HTML, which would vanish. An invisible character parts what would be live; it parts nothing else.
"""

import re
from typing import Final

from bot.platforms.rendering import INVISIBLE

# What Slack calls everybody by, and the ids of people, channels and groups.
_EVERYBODY: Final = "channel|here|everyone|group"
_AT: Final = re.compile(rf"@(?=(?:{_EVERYBODY})(?![^\W_]))", re.IGNORECASE)
_LIVE: Final = re.compile(rf"<(?=[@#][A-Z0-9]|!(?:(?i:{_EVERYBODY}|subteam|date))(?![^\W_]))")


def escaped(text: str) -> str:
    """Return plain text as mrkdwn that says the same: nothing in it is live."""
    quiet = _AT.sub(f"@{INVISIBLE}", text)
    return quiet.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def safe_code(code: str) -> str:
    """Return code for Markdown: as it is, but for what Slack might find live even there."""
    return _LIVE.sub(f"<{INVISIBLE}", code)


def quiet(text: str) -> str:
    """Return plain text, for where nothing is escaped, that even as mrkdwn would call nobody."""
    return safe_code(_AT.sub(f"@{INVISIBLE}", text))
