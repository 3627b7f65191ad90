"""What a platform is to a dialogue, and how one is held there."""

import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Final, Protocol

from bot.commands.everything import COMMANDS
from bot.commands.words import words_of
from config.loading import load
from config.settings import Settings
from routing.backends.published import published_model
from tests.dialogues.script import Dialogue, Model, Standing, Step
from tests.fakes.provider import KEY, Answer, Failure, FakeProvider

_LINES: Final = re.compile(r"^-# |^[-:|+─━\s]+$|[|│]", re.MULTILINE)
_MARKS: Final = re.compile(r"[*`\\]+")
STOP: Final = "Stop"
"""What is to be pressed under an answer for as long as it grows."""


@dataclass(frozen=True)
class Seen:
    """What is to be seen of an answer now.

    Attributes:
        text: What is answered.
        small: The small print under it.
        is_over: Whether it grows no more; only then it is remembered, for what comes next.
        is_private: Whether one person alone sees it.
        files: What is in the files that came with it.
    """

    text: str = ""
    small: str = ""
    is_over: bool = True
    is_private: bool = False
    files: str = ""


class Shown(Protocol):
    """An answer that is being shown."""

    def seen(self) -> Seen:
        """Return what is to be seen now."""
        ...

    async def until(self, is_so: Callable[[], bool]) -> None:
        """Wait until something is so.

        Raises:
            TimeoutError: It is not so in time.
        """
        ...


def typed(step: Step, asker: Callable[[str], str]) -> str:
    """Return a slash command as it is typed, with the people in its options by their ids."""
    name, options = step.options()
    values = {
        each: asker(value[1:]) if value.startswith("@") else value
        for each, value in options.items()
    }
    first, _, verb = name.partition(" ")
    command = next(each for each in COMMANDS.commands if each.name == first)
    meant = command.subcommand(verb) or command
    return f"/{name} {words_of(meant.options, values)}".strip()


class Stage(Protocol):
    """A platform with the real bot on it, people, and channels."""

    name: ClassVar[str]

    async def do(self, step: Step) -> Shown:
        """Let a person do something; the words have ids for names already."""
        ...

    def asker(self, name: str) -> str:
        """Return the id of a person, as in `discord:1234`."""
        ...

    def shown(self, name: str) -> str:
        """Return how commands tell of a person: a mention where that is shown as a name."""
        ...

    async def appoint(self, name: str, *, is_admin: bool) -> None:
        """Make somebody an admin, or no admin any more."""
        ...


async def hold(dialogue: Dialogue, stage: Stage, provider: FakeProvider) -> int:
    """Hold a dialogue on a stage; return how many exchanges it had there.

    Raises:
        AssertionError: Something else is to be seen than what is written.
    """
    held = 0
    for step in dialogue.steps:
        if isinstance(step, Model):
            _prompt(provider, step)
        elif isinstance(step, Standing):
            await stage.appoint(step.who, is_admin=step.is_admin)
        elif not step.on or stage.name in step.on:
            await _exchange(dialogue, step, stage, provider)
            held += 1
    return held


def _prompt(provider: FakeProvider, model: Model) -> None:
    provider.forget(model.name)
    provider.script(model.name, Failure(model.fails) if model.fails else Answer(model.says))


async def _exchange(dialogue: Dialogue, step: Step, stage: Stage, provider: FakeProvider) -> None:
    def with_ids(text: str) -> str:
        text = re.sub(r"\{([a-z]+)\}", lambda found: stage.asker(found[1]), text)
        return re.sub(r"\{@([a-z]+)\}", lambda found: stage.shown(found[1]), text)

    expected = [(mark, with_ids(what)) for mark, what in step.expected]
    shown = await stage.do(_with_words(step, with_ids(step.what)))
    where = f"{dialogue.name}, line {step.line}, on {stage.name}: {step.who}: {step.what}"
    with suppress(TimeoutError):
        await shown.until(lambda: shown.seen().is_over and not _missing(expected, shown.seen()))
    seen = shown.seen()
    assert _missing(expected, seen) == [], f"{where}\n{seen.text}\n{seen.small}"
    assert _wrong(expected, seen, stage) == [], f"{where}\n{seen.text}\n{seen.small}"
    told = [str(message["content"]) for message in _last_told(provider)]
    unheard = [what for mark, what in expected if mark == ">" and what not in "\n".join(told)]
    assert unheard == [], f"{where}\n{told}"


def _with_words(step: Step, what: str) -> Step:
    return Step(step.line, step.who, step.where, step.how, what, step.expected, step.on)


def _last_told(provider: FakeProvider) -> list[dict[str, Any]]:
    return provider.requests[-1].body["messages"] if provider.requests else []


def _missing(expected: list[tuple[str, str]], seen: Seen) -> list[str]:
    """Return what is not yet to be seen."""
    text, whole = plain(seen.text), plain(f"{seen.text}\n{seen.small}")
    return [
        what
        for mark, what in expected
        if (mark == "=" and plain(what) != text)
        or (mark == "+" and plain(what) not in whole)
        or (mark == "*" and what not in seen.files)
    ]


def _wrong(expected: list[tuple[str, str]], seen: Seen, stage: Stage) -> list[str]:
    """Return what is to be seen and should not, or not by everybody."""
    whole = plain(f"{seen.text}\n{seen.small}")
    shown = [what for mark, what in expected if mark == "-" and plain(what) in whole]
    audience = "private" if seen.is_private else "public"
    is_alone = stage.name == "terminal"
    return shown + [
        f"is {audience}"
        for mark, what in expected
        if mark == "~" and what != audience and not is_alone
    ]


def plain(text: str) -> str:
    """Return words without the marks that each platform writes in its way."""
    return " ".join(_MARKS.sub("", _LINES.sub(" ", text)).replace("• ", "- ").split())


def settings_for(folder: Path, provider: FakeProvider, **environ: str) -> Settings:
    """Build the settings of every dialogue: two models at a host on loopback."""
    config = folder / "pointsman.yaml"
    config.write_text(_CONFIG.format(url=provider.url), encoding="utf-8")
    given = {"POINTSMAN_STATE_DIR": str(folder / "state"), "MODEL_KEY": KEY}
    return load(config, given | environ, published_model)


_CARD: Final = """
  - name: {name}
    litellm_id: openai/{name}
    api_base: {{url}}/v1
    api_key: env:MODEL_KEY
    input_price: {price}
    output_price: {price}
    context_tokens: 32000
    max_output_tokens: 2000
    weights: open
    hosting: vendor
    jurisdiction: US
    quality: {{{{general: {quality}}}}}
"""

_CONFIG: Final = (
    "shipped_models: false\nmodels:"
    + _CARD.format(name="gpt", price=10, quality=0.9)
    + _CARD.format(name="llama", price=1, quality=0.85)
)
