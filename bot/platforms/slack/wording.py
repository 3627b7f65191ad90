"""What people write on Slack, as they read it: Slack's marks made readable. Pure."""

import re
from collections.abc import Mapping
from typing import Final

_MARK: Final = re.compile(r"<([^<>\n]+)>")
_PERSON: Final = re.compile(r"<@([UW][A-Z0-9]+)(?:\|[^<>]*)?>")
_CALL: Final = re.compile(r"<(?:@([UW][A-Z0-9]+)|!subteam\^([A-Z0-9]+))>")
_UNESCAPED: Final = (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&"))


def mentioned_in(text: str) -> tuple[str, ...]:
    """Return the ids of the people a text mentions, each once, in order."""
    return tuple(dict.fromkeys(_PERSON.findall(text)))


def mention_of(user_id: str) -> str:
    """Return a pattern for the mention of somebody."""
    return rf"<@{re.escape(user_id)}(?:\|[^<>]*)?>"


def begins_with_mention(text: str) -> bool:
    """Tell whether a text opens by addressing somebody."""
    return _PERSON.match(text.lstrip()) is not None


def readable(text: str, names: Mapping[str, str]) -> str:
    """Return a text as people see it: names for ids, links as they were written, no escapes.

    Args:
        text: As Slack sends it.
        names: Of the people it mentions, by id; whoever is missing stays an id.
    """
    return unescaped(_MARK.sub(lambda found: _shown(found[1], names), text))


def uncalled(text: str, names: Mapping[str, str]) -> str:
    """Return Markdown of the bot's own that calls nobody: people by what they are called.

    Args:
        text: With mentions.
        names: Of the people it mentions, by id; whoever is missing stays an id.
    """

    def quiet(call: re.Match[str]) -> str:
        name = names.get(call[1] or "", "") or call[1] or call[2]
        return f"`{' '.join(name.replace('`', '').split())}`"

    return _CALL.sub(quiet, text)


def exact(text: str) -> str:
    """Return a command as it was given: people and channels stay ids, by which it goes."""

    def kept(found: re.Match[str]) -> str:
        return found[0] if found[1][0] in "@#!" else _shown(found[1], {})

    return unescaped(_MARK.sub(kept, text))


def unescaped(text: str) -> str:
    """Return a text without Slack's escapes."""
    for escaped, plain in _UNESCAPED:
        text = text.replace(escaped, plain)
    return text


def _shown(mark: str, names: Mapping[str, str]) -> str:
    target, _, label = mark.partition("|")
    match target[:1]:
        case "@":
            return f"@{names.get(target[1:]) or label or target[1:]}"
        case "#":
            return f"#{label or target[1:]}"
        case "!":
            return _special(target[1:], label)
        case _:
            return _link(target, label)


def _special(target: str, label: str) -> str:
    """Return a mention of many, or a moment in the reader's zone, as Slack shows it."""
    kind, _, _ = target.partition("^")
    if kind == "date":
        return label
    if kind == "subteam":
        return label or "@group"
    return f"@{kind}"


def _link(target: str, label: str) -> str:
    address = target.removeprefix("mailto:").removeprefix("tel:")
    bare = address.removeprefix("https://").removeprefix("http://").rstrip("/")
    if not label or label in {address, target, bare}:
        return address
    return f"{label} ({address})"
