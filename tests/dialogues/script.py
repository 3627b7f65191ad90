"""Dialogues as they are written down: who does what where, and what is to be seen then. Pure.

```
gpt says: 42                             what a model answers from now on; `llama fails: 503`
ada in #tea: 6 x 7?                      said with a mention of the bot; `in dm` without one
  = 42                                   all that is answered, but for the small print
ada in #tea replies: why?                a reply to the last answer there
  + because                              is in the answer, or in the small print
  - 43                                   is not
  > 6 x 7                                was in what the model was told
eve in #tea slash: /quota set scope:user user:@ada amount:$5 per:day
  + Set                                  options by name; typed in their order where there are none
  ~ private                              seen by eve alone; or `public`
  * day,model                            is in a file that came with it
eve in #tea fills: /quota set scope:user amount:$5
  + Set                                  the same, said in the form that the command alone opens
eve in #tea presses: Do it
  on discord slack                       not elsewhere; the terminal has one person, its operator
eve is no admin                          from now on; `eve is an admin` again
```

`{ada}` stands for her id, as in `discord:1234`, `{@ada}` for how she is shown: by name, but for the
terminal. Eve and max are admins at first. Gus is a guest on
Slack. `#abroad` is in another server, where nobody is an admin.
"""

import re
import shlex
from dataclasses import dataclass, field, replace
from typing import Final

ADMINS: Final = frozenset({"eve", "max"})
GUEST: Final = "gus"
ABROAD: Final = "#abroad"
EVERYWHERE: Final = frozenset({"discord", "slack", "terminal"})

_STEP: Final = re.compile(
    r"(?P<who>[a-z]+) in (?P<where>#[a-z]+|dm)"
    r"(?: (?P<how>replies|slash|fills|presses))?: (?P<what>.+)"
)
_MODEL: Final = re.compile(r"(?P<model>[a-z]+) (?P<does>says|fails): (?P<what>.+)")
_STANDING: Final = re.compile(r"(?P<who>[a-z]+) is (?P<what>an|no) admin")
_EXPECTED: Final = re.compile(r" +(?P<mark>[=+>~*-]|on) (?P<what>.+)")


@dataclass(frozen=True)
class Step:
    """One thing a person does, and what is to be seen then.

    Attributes:
        line: Where it stands in its file.
        who: A name.
        where: A channel with its `#`, or `dm`.
        how: Empty for saying, `replies`, `slash`, `fills` or `presses`.
        what: The words, the command with its options, or the button.
        expected: Marks with what belongs to them.
        on: The only platforms it is done on; none: all.
    """

    line: int
    who: str
    where: str
    how: str
    what: str
    expected: tuple[tuple[str, str], ...] = ()
    on: frozenset[str] = frozenset()

    def options(self) -> tuple[str, dict[str, str]]:
        """Part a slash command into its name, with its part, and its options."""
        words = shlex.split(self.what)
        named = [word.partition(":") for word in words if ":" in word]
        return " ".join(word for word in words if ":" not in word)[1:], {
            name: value for name, _, value in named
        }


@dataclass(frozen=True)
class Model:
    """What a model does from now on: its words, or the status it fails with."""

    name: str
    says: str = ""
    fails: int = 0


@dataclass(frozen=True)
class Standing:
    """Whether somebody is an admin from now on."""

    who: str
    is_admin: bool


@dataclass
class Dialogue:
    """A file of steps, in order."""

    name: str
    steps: list[Step | Model | Standing] = field(default_factory=list)

    @property
    def exchanges(self) -> int:
        """Return how much is said and answered."""
        return sum(isinstance(step, Step) for step in self.steps)

    @property
    def everywhere(self) -> int:
        """Return how much of that is the same on every platform."""
        said = [step for step in self.steps if isinstance(step, Step)]
        return sum(not step.on or step.on >= EVERYWHERE for step in said)


class Misspelt(Exception):
    """A line of a dialogue is none of those there are."""


def read(name: str, text: str) -> Dialogue:
    """Read a dialogue.

    Raises:
        Misspelt: A line cannot be read, or a step says nothing of what is seen.
    """
    dialogue = Dialogue(name)
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip() and not line.startswith("#"):
            _take(dialogue, line.rstrip(), number)
    for step in dialogue.steps:
        if isinstance(step, Step) and not any(mark in "=+" for mark, _ in step.expected):
            raise Misspelt(f"{name}, line {step.line}: what is to be seen?")
    return dialogue


def _take(dialogue: Dialogue, line: str, number: int) -> None:
    last = dialogue.steps[-1] if dialogue.steps else None
    if (found := _EXPECTED.fullmatch(line)) and isinstance(last, Step):
        if found["mark"] == "on":
            dialogue.steps[-1] = replace(last, on=frozenset(found["what"].split()))
        else:
            expected = (*last.expected, (found["mark"], found["what"]))
            dialogue.steps[-1] = replace(last, expected=expected)
    elif found := _STEP.fullmatch(line):
        step = Step(number, found["who"], found["where"], found["how"] or "", found["what"])
        dialogue.steps.append(step)
    elif found := _STANDING.fullmatch(line):
        dialogue.steps.append(Standing(found["who"], found["what"] == "an"))
    elif found := _MODEL.fullmatch(line):
        fails = int(found["what"]) if found["does"] == "fails" else 0
        dialogue.steps.append(Model(found["model"], "" if fails else found["what"], fails))
    else:
        raise Misspelt(f"{dialogue.name}, line {number}: {line!r}")
