"""Rules that cannot do what they are there for. Every warning is exact: what it says always holds.

Not every such rule is found. Circumstances are compared one by one, so two rules that only together
cover a third go unnoticed; and ceilings are compared with ceilings only, since what an answer may
cost depends on the question.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from operator import eq, ge, le
from typing import Any, Final

from config.catalog import ModelCard
from config.rules import Rule, When

_PLATFORMS: Final = frozenset({"discord", "slack", "terminal"})

# How a circumstance of one rule compares with that of another when it holds for no more queries.
COMPARED: Final[Mapping[str, Callable[[Any, Any], bool]]] = {
    **dict.fromkeys(("platforms", "tenants", "places", "roles", "askers", "last_models"), le),
    **dict.fromkeys(("words", "patterns", "languages", "attachments", "tasks"), le),
    **dict.fromkeys(("min_tokens", "min_chars", "min_budget_used"), ge),
    **dict.fromkeys(("max_tokens", "max_chars"), le),
    **dict.fromkeys(("private", "hours"), eq),
}


def rule_warnings(cards: Sequence[ModelCard], rules: Sequence[Rule]) -> Iterator[str]:
    """Yield a sentence with the way out for each rule that cannot do what it is there for.

    Args:
        cards: Those that are not switched off.
        rules: In file order.
    """
    reachable: list[Rule] = []
    for rule in rules:
        if never := _never(rule.when):
            yield f"the rule `{rule.name}` never applies: {never}."
            continue
        before = [each for each in reachable if covers(each.when, rule.when)]
        yield from _effect(cards, rule, before)
        reachable.append(rule)
    yield from _never_admitted(cards, reachable)


def covers(wide: When, narrow: When) -> bool:
    """Tell whether one holds wherever another does, judging each circumstance by itself."""
    return all(
        _is_unset(wanted) or (not _is_unset(found) and is_narrower(found, wanted))
        for name, is_narrower in COMPARED.items()
        for wanted, found in [(getattr(wide, name), getattr(narrow, name))]
    )


def _is_unset(value: object) -> bool:
    return value is None or value == frozenset()


def _never(when: When) -> str:
    """Say why circumstances never hold; empty when they may."""
    for kind in ("tokens", "chars"):
        least, most = getattr(when, f"min_{kind}"), getattr(when, f"max_{kind}")
        if least is not None and most is not None and least > most:
            return f"min_{kind} is above max_{kind}"
    if when.platforms and not when.platforms & _PLATFORMS:
        return f"platforms are {', '.join(sorted(_PLATFORMS))}"
    if when.askers and not any(each.partition(":")[0] in _PLATFORMS for each in when.askers):
        return "askers are written with their platform, such as discord:1234"
    return ""


def _effect(cards: Sequence[ModelCard], rule: Rule, before: Sequence[Rule]) -> Iterator[str]:
    """Say that a rule leaves nothing, or has nothing left to do.

    Args:
        cards: All there are.
        rule: One that may apply.
        before: Earlier ones that apply wherever it does.
    """
    left = [card for card in cards if not _forbid(before, card)]
    if not left:
        names = " and ".join(f"`{each.name}`" for each in before)
        yield f"the rule `{rule.name}` is never reached: where it applies, {names} leave no model."
        return
    if all(rule.forbids(card) for card in left):
        alone = all(rule.forbids(card) for card in cards)
        after = "" if alone else " after the rules before it"
        yield f"the rule `{rule.name}` leaves no model{after}: allow more or deny less."
    elif idle := _idle(cards, rule, before):
        yield (
            f"the rule `{rule.name}` changes nothing with these models: {idle}. "
            "Take it out, or move it up."
        )


def _idle(cards: Sequence[ModelCard], rule: Rule, before: Sequence[Rule]) -> str:
    """Say which earlier rules have done all that a rule would do; empty when some is left to it.

    What would do nothing in a catalogue without other rules is there for models yet to come.
    """
    tighter = [each for each in before if _is_tighter(each, rule)]
    touched = [card for card in cards if rule.forbids(card) or _is_preferred(rule, card)]
    if (rule.ceiling is not None and not tighter) or not _forbid_all(before, touched):
        return ""
    done_by = [each for each in before if each in tighter or any(map(each.forbids, touched))]
    return f"{' and '.join(f'`{each.name}`' for each in done_by)} did it before" if done_by else ""


def _forbid(rules: Sequence[Rule], card: ModelCard) -> bool:
    return any(rule.forbids(card) for rule in rules)


def _forbid_all(rules: Sequence[Rule], cards: Sequence[ModelCard]) -> bool:
    return all(_forbid(rules, card) for card in cards)


def _is_preferred(rule: Rule, card: ModelCard) -> bool:
    """Tell whether a rule prefers a model; a preset is about all of them."""
    return rule.prefer is not None and rule.prefer.include(card)


def _is_tighter(earlier: Rule, rule: Rule) -> bool:
    if earlier.ceiling is None or rule.ceiling is None:
        return False
    return earlier.ceiling <= rule.ceiling


def _never_admitted(cards: Sequence[ModelCard], rules: Sequence[Rule]) -> Iterator[str]:
    """Name the models that are set up, yet taken away by a rule whatever is asked."""
    left = [card for card in cards if not card.missing and not card.embedded]
    told: list[str] = []
    for rule in rules:
        if rule.when != When():
            continue
        if never := [card.name for card in left if rule.forbids(card)]:
            told.append(
                f"the rule `{rule.name}` never lets {', '.join(never)} answer, though set up: "
                "give it a `when`, or say enabled: false."
            )
        left = [card for card in left if card.name not in never]
    if left:  # else there is a graver warning
        yield from told
