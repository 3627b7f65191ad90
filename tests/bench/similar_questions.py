"""Questions for a cache by likeness: what is kept, and what is asked, each with what it means."""

# ruff: noqa: E501, SIM905 # questions that ask the same read best on a line, words as words

import random
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

KEPT = 4500
NEAR_MISSES = 0.2

PHRASINGS = {
    "benefits": ("What are the benefits of *?", "What good does * do?", "How does * help people?"),
    "drawbacks": ("What are the drawbacks of *?", "What harm does * do?", "How does * hurt people?"),
    "start": ("How do I start *?", "What is a good first step into *?", "How do beginners get into *?"),
    "stop": ("How do I stop *?", "What is a good way out of *?", "How does one give up *?"),
    "need": ("What do I need for *?", "Which equipment does * take?", "What gear is needed for *?"),
    "history": ("What is the history of *?", "How did * begin?", "Where does * come from?"),
    "future": ("What is the future of *?", "How will * go on?", "Where is * heading?"),
    "time": ("How long does it take to learn *?", "How soon is one good at *?", "How much time until one masters *?"),
    "age": ("At what age do children begin *?", "When are kids old enough for *?", "How old must a child be for *?"),
    "danger": ("Is * dangerous?", "How risky is *?", "Can people get hurt by *?"),
    "famous": ("Who is famous for *?", "Which people are known for *?", "Who are the stars of *?"),
    "where": ("Where can I try *?", "What is a good place for *?", "Where do people go for *?"),
    "when": ("When is the best time for *?", "Which season suits *?", "What time of year is right for *?"),
    "cost": ("How expensive is * as a hobby?", "Does * as a hobby take much money?", "How much does one spend on * as a hobby?"),
    "why": ("Why do people like *?", "What makes * popular?", "What do people see in *?"),
}  # fmt: skip
FRAMES = ("*", "Hi, *", "Hello everyone! *", "Please, *", "* Thanks!", "Sorry, *")
SETTINGS = ("", " in winter", " with 2 children", " without a coach")
ACTIVITIES = (
    "chess|go|poker|bridge|juggling|yoga|pilates|boxing|judo|karate|fencing|archery|rowing|sailing"
    "|surfing|diving|swimming|running|hiking|climbing|cycling|skating|skiing|snowboarding|curling"
    "|golf|tennis|badminton|squash|table tennis|football|rugby|cricket|baseball|basketball|handball"
    "|volleyball|water polo|hockey|ice hockey|ballet|salsa|tango|jazz dance|singing|beatboxing"
    "|playing the piano|playing the violin|playing the cello|playing the guitar|playing the drums"
    "|painting|drawing|pottery|sculpture|photography|filming|knitting|crochet|sewing|weaving"
    "|carpentry|baking|cooking|brewing beer|making wine|making cheese|keeping bees|keeping chickens"
    "|gardening|bonsai|birdwatching|fishing|hunting|foraging|camping|caving|geocaching|orienteering"
    "|sudoku|crosswords|stamp collecting|coin collecting|model trains|model planes|flying drones"
    "|flying kites|gliding|parachuting|bungee jumping|meditation|calligraphy|origami|magic tricks"
).split("|")


@dataclass(frozen=True)
class Asked:
    """A question and its meaning: two with the same meaning want the same answer."""

    text: str
    meaning: str


@dataclass(frozen=True)
class Trial:
    """What a cache holds and what is then asked."""

    name: str
    kept: Sequence[Asked]
    asked: Sequence[Asked]


def made_up() -> Trial:
    """Return 4,500 kept questions and as many asked: a fifth ask what nobody asked before."""
    chance = random.Random(5)  # noqa: S311 # the same questions each time
    meanings = list(product(PHRASINGS, ACTIVITIES, SETTINGS))
    chance.shuffle(meanings)
    kept, others = meanings[:KEPT], meanings[KEPT:]
    misses = round(KEPT * NEAR_MISSES)
    again = chance.sample(kept, KEPT - misses) + others[:misses]
    return Trial(
        f"{KEPT:,} made up",
        [_phrased(meaning, 0, "*") for meaning in kept],
        [_phrased(meaning, chance.randrange(3), chance.choice(FRAMES)) for meaning in again],
    )


def among_written(
    trial: Trial, same: Sequence[tuple[str, str]], other: Sequence[tuple[str, str]]
) -> Trial:
    """Put pairs somebody wrote in the place of as many made-up ones; all near misses are theirs.

    Args:
        trial: The made-up questions.
        same: Pairs that ask the same.
        other: Pairs that ask something else in much the same words.
    """
    chance = random.Random(5)  # noqa: S311 # the same questions each time
    meanings = _meanings(same)
    written = sorted({one for one, _ in (*same, *other)})
    kept = [Asked(text, meanings.get(text, text)) for text in written]
    kept += trial.kept[: KEPT - len(kept)]
    known = {each.meaning for each in kept}
    near = sorted({text for _, text in other} - meanings.keys() - set(written))
    misses = [Asked(text, text) for text in chance.sample(near, round(KEPT * NEAR_MISSES))]
    again = [Asked(text, meanings[text]) for _, text in same]
    again += [each for each in trial.asked if each.meaning in known]
    return Trial(f"{KEPT:,}, the near misses written", kept, (misses + again)[:KEPT])


def _meanings(same: Sequence[tuple[str, str]]) -> dict[str, str]:
    """Return one meaning for all texts that pairs connect."""
    meanings: dict[str, str] = {}
    for one, again in same:
        shared, former = meanings.get(one, one), meanings.get(again, again)
        meanings |= {text: shared for text, meaning in meanings.items() if meaning == former}
        meanings |= {one: shared, again: shared}
    return meanings


def _phrased(meaning: tuple[str, str, str], phrasing: int, frame: str) -> Asked:
    intent, activity, setting = meaning
    what = PHRASINGS[intent][phrasing].replace("*", activity)
    what = f"{what[:-1]}{setting}?"
    if not frame.startswith("*"):
        what = what[0].lower() + what[1:]
    return Asked(frame.replace("*", what), " ".join(meaning))
