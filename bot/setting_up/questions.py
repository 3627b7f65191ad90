"""Asks a person at the keyboard for all that is set up; what is secret is typed unseen."""

from collections.abc import Callable, Collection, Sequence
from decimal import Decimal
from functools import partial
from getpass import getpass
from typing import Final, TypeVar

from bot.platforms.discord.invitation import application_of, invitation
from bot.setting_up import shapes
from bot.setting_up.answers import Answers, provider_of
from bot.setting_up.ready_rules import READY_RULES, meaning
from bot.setting_up.shapes import Unfit

T = TypeVar("T")

_YES: Final = frozenset({"y", "yes"})
_NO: Final = frozenset({"", "n", "no"})

_ON_DISCORD: Final = """\

Discord: at https://discord.com/developers/applications choose New Application; on its page Bot,
Reset Token, and copy the token.
"""
_ON_SLACK: Final = """\

Slack: {way_in}
"""
_TO_INSTALL: Final = "On the app's page Install App install it, and copy the token.\n"
_TO_LISTEN: Final = (
    "On its page Basic Information, under App-Level Tokens, generate one with\nconnections:write.\n"
)
_KEYS: Final = """\

Models: without a provider's key, or Ollama with llama3.3, only a tiny model on
this machine answers.
"""
_OLLAMA: Final = "ollama"
_RULES: Final = """\

Rules that are ready, more by hand later:
{rules}
"""


def ask(variables: Sequence[str], slack_way_in: str, slack_link: str) -> Answers:
    """Ask for everything, each question until its answer fits.

    Args:
        variables: Of the providers that are known, such as OPENAI_API_KEY.
        slack_way_in: What to do to have the app made on Slack, in a sentence.
        slack_link: Makes it as well, but fills a screen; empty for none.

    Raises:
        EOFError: The person has left.
        KeyboardInterrupt: Likewise.
    """
    where = _until_fit("Where shall it answer: discord, slack, both or terminal? ", _platforms)
    discord, intent, slack_bot, slack_app = "", False, "", ""
    if "discord" in where:
        _say(_ON_DISCORD)
        discord = _unseen("The bot's token (not shown): ", shapes.discord_token)
        _say(f"Open this to invite it to a server: {invitation(application_of(discord))}\n")
        intent = yes("Is Message Content Intent switched on on that page? It need not be. [y/N] ")
    if "slack" in where:
        _say(_ON_SLACK.format(way_in=slack_way_in))
        if slack_link and yes("Or show a link that does it, as long as a screen? [y/N] "):
            _say(f"{slack_link}\n")
        _say(_TO_INSTALL)
        slack_bot = _unseen(
            "The Bot User OAuth Token, xoxb-… (not shown): ", shapes.slack_bot_token
        )
        _say(_TO_LISTEN)
        slack_app = _unseen("The app's token, xapp-… (not shown): ", shapes.slack_app_token)
    keys, ollama = _models(variables)
    month = _dollars("At most how many US dollars a month for everyone together? [none] ")
    day = _dollars("And a day for each person? [none] ")
    _say(_RULES.format(rules="\n".join(f"  {name}: {meaning(name)}" for name in READY_RULES)))
    rules = _until_fit(
        "Which of them, with spaces between? [none] ", partial(_among, known=READY_RULES)
    )
    return Answers(discord, intent, slack_bot, slack_app, keys, ollama, month, day, rules)


def yes(question: str) -> bool:
    """Ask for yes or no; nothing means no."""
    return _until_fit(question, _yes_or_no)


def _models(variables: Sequence[str]) -> tuple[dict[str, str], str]:
    """Return the providers' keys by their variables, and where Ollama answers."""
    _say(_KEYS)
    by_name = {provider_of(each): each for each in variables}

    question = f"Of which have you a key: {', '.join(by_name)}; or have you {_OLLAMA}? [none] "
    names = _until_fit(question, partial(_among, known=(*by_name, _OLLAMA)))
    keys = {
        by_name[name]: _unseen(
            f"The key of {name} (not shown; nothing to do without): ",
            partial(shapes.provider_key_if_any, name),
        )
        for name in names
        if name in by_name
    }
    where = f"Where does Ollama answer? [{shapes.OLLAMA_USUALLY}] "
    ollama = _until_fit(where, shapes.ollama) if _OLLAMA in names else ""
    return {variable: key for variable, key in keys.items() if key}, ollama


def _platforms(text: str) -> frozenset[str]:
    said = text.strip().lower()
    both = frozenset({"discord", "slack"})
    meant = {"both": both, "terminal": frozenset[str]()} | {
        each: frozenset({each}) for each in both
    }
    if said not in meant:
        raise Unfit("write discord, slack, both or terminal")
    return meant[said]


def _among(text: str, known: Collection[str]) -> list[str]:
    names = list(dict.fromkeys(text.replace(",", " ").lower().split()))
    if names == ["none"]:
        return []
    if wrong := [name for name in names if name not in known]:
        raise Unfit(f"there is no {wrong[0]}; there are {', '.join(known)}")
    return names


def _yes_or_no(text: str) -> bool:
    said = text.strip().lower()
    if said not in _YES | _NO:
        raise Unfit("write y or n")
    return said in _YES


def _dollars(question: str) -> Decimal | None:
    return _until_fit(question, shapes.usd)


def _unseen(question: str, shape: Callable[[str], T]) -> T:
    return _until_fit(question, shape, getpass)


def _until_fit(question: str, shape: Callable[[str], T], read: Callable[[str], str] = input) -> T:
    while True:
        try:
            return shape(read(question))
        except Unfit as unfit:
            _say(f"No: {unfit}.\n")


def _say(text: str) -> None:
    print(text, end="")  # noqa: T201 # the conversation is on the shell's own terminal
