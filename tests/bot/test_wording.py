"""What people are told, in words and numbers."""

from collections.abc import Iterator

import pytest

from bot.money import dollars
from bot.wording import comparing, duration, handed_over, receipt_line, sentence
from routing.answering import ONLY_ALLOWED
from routing.errors import (
    AccessRefused,
    AllModelsFailed,
    AnswerBroken,
    ModelBusy,
    ModelFailed,
    ModelsDisagreed,
    ModelUnreachable,
    NoModelFits,
    NotAdmitted,
    Paused,
    QueryTooLong,
    QuotaExceeded,
    Refusal,
    RoutingError,
    StoreUnavailable,
)
from routing.objections import Objection, Reason
from routing.pricing import Usage
from routing.reply import Comparing, HandedOver, Outcome
from tests.builders import a_card, a_level
from tests.fakes.answers import a_finished, an_attempt


def every_error(kind: type[RoutingError] = RoutingError) -> Iterator[type[RoutingError]]:
    yield kind
    for narrower in kind.__subclasses__():
        yield from every_error(narrower)


def one_of(kind: type[RoutingError]) -> RoutingError:
    if issubclass(kind, ModelFailed):
        return kind("llama", "it said no")
    if issubclass(kind, NoModelFits):
        return kind({"llama": Objection(Reason.RESTING, "until 12:00:00 UTC")})
    if issubclass(kind, Paused):
        return kind("over budget", is_everywhere=False)
    if issubclass(kind, NotAdmitted):
        return kind("a role is denied", is_about_place=False)
    if issubclass(kind, AllModelsFailed):
        return kind((ModelBusy("llama", "it said no"),))
    if issubclass(kind, QuotaExceeded):
        return kind((Refusal(a_level(spent=1_000_000), None),))
    return kind()


def test_many_models_that_are_not_set_up_are_only_counted() -> None:
    waiting = {f"m{n}": Objection(Reason.NOT_CONFIGURED, f"needs KEY_{n}") for n in range(9)}

    said = sentence(
        NoModelFits({**waiting, "gpt": Objection(Reason.LACKS_CAPABILITY, "no vision")})
    )

    assert "- gpt: cannot do it (no vision)\n- 9 more are not set up\n" in said
    assert "m0" not in said


@pytest.mark.parametrize("kind", tuple(every_error()), ids=lambda kind: kind.__name__)
def test_every_error_has_a_sentence_of_its_own_with_a_way_out(kind: type[RoutingError]) -> None:
    said = sentence(one_of(kind))

    assert kind is RoutingError or said != sentence(RoutingError())
    assert "did not answer" not in said or kind is ModelFailed
    assert any(
        way in said for way in ("Try again", "check", "/model", "less text", "/access", "/quota")
    )


def test_a_store_that_fails_tells_nothing_of_its_address() -> None:
    error = StoreUnavailable("redis://:hunter2@store:6379 refused")

    assert "hunter2" not in sentence(error)


def test_where_nothing_is_set_up_the_variables_are_named() -> None:
    error = NoModelFits(
        {
            "deepseek": Objection(Reason.NOT_CONFIGURED, "needs env:DEEPSEEK_API_KEY"),
            "gpt": Objection(Reason.NOT_CONFIGURED, "needs env:OPENAI_API_KEY"),
            "gpt-mini": Objection(Reason.NOT_CONFIGURED, "needs env:OPENAI_API_KEY"),
            "llama": Objection(Reason.DISABLED),
        }
    )

    assert sentence(error) == (
        "No model that may answer is set up. Set one of these, then start again:\n\n"
        "- DEEPSEEK_API_KEY for deepseek\n"
        "- OPENAI_API_KEY for gpt, gpt-mini"
    )


def test_no_key_is_asked_for_that_a_rule_would_leave_unused() -> None:
    luna = Objection(Reason.NOT_CONFIGURED, "needs env:LUNA_KEY")
    sol = Objection(Reason.NOT_CONFIGURED, "needs env:SOL_KEY", "no sol")

    assert sentence(NoModelFits({"luna": luna, "sol": sol})).endswith(":\n\n- LUNA_KEY for luna")
    assert sentence(NoModelFits({"sol": sol})) == (
        'No model that could answer is set up, and rules forbid them here: "no sol". Choose '
        "another with `/model`, or ask the operator."
    )


def test_a_rule_that_takes_the_last_model_away_is_named() -> None:
    passed_over = {"deepseek": Objection(Reason.RULE, "stay-home")}

    assert 'The rule "stay-home" takes away' in sentence(NoModelFits(passed_over, "stay-home"))


def test_each_objection_is_told_with_what_helps_against_it() -> None:
    error = NoModelFits(
        {
            "small": Objection(Reason.CONTEXT_TOO_SMALL, "holds 2,048 tokens"),
            "tired": Objection(Reason.RESTING, "until 12:00:00 UTC"),
            "other": Objection(Reason.NOT_ASKED_FOR),
        }
    )

    assert sentence(error) == (
        "No model can answer this:\n\n"
        "- small: too small for it (holds 2,048 tokens)\n"
        "- tired: resting after failures (until 12:00:00 UTC)\n\n"
        "Try again in a moment. Ask with less text."
    )


@pytest.mark.parametrize(
    ("passed_over", "said"),
    [
        pytest.param({}, "No model is configured.", id="an empty catalogue"),
        pytest.param(
            {"llama": Objection(Reason.NOT_ASKED_FOR)},
            "That model is not available.",
            id="a wish nobody meets",
        ),
    ],
)
def test_no_model_at_all_is_told_apart(passed_over: dict[str, Objection], said: str) -> None:
    assert sentence(NoModelFits(passed_over)).startswith(said)


@pytest.mark.parametrize(
    ("failures", "way_out"),
    [
        pytest.param(
            (ModelBusy("a", "429", retry_after_s=20), ModelBusy("b", "429", retry_after_s=8)),
            "Try again in 8.0 s.",
            id="hosts that say how long",
        ),
        pytest.param((AccessRefused("a", "401"),), "`pointsman check`", id="a wrong key"),
        pytest.param((QueryTooLong("a", "too long"),), "Ask with less text", id="too long"),
        pytest.param(
            (AccessRefused("a", "401"), ModelUnreachable("b", "no route")),
            "Try again in a moment.",
            id="one of them may come back",
        ),
    ],
)
def test_when_all_fail_each_is_named_and_what_helps(
    failures: tuple[ModelFailed, ...], way_out: str
) -> None:
    said = sentence(AllModelsFailed(failures))

    assert all(f"- {each.model} " in said and each.reason in said for each in failures)
    assert way_out in said


def test_a_hand_over_names_both_models() -> None:
    busy = ModelBusy("llama-cerebras", "429")

    asking = handed_over(HandedOver(busy, "llama-ollama", is_continuing=False))
    broken = AnswerBroken("llama-cerebras", "cut")
    continuing = handed_over(HandedOver(broken, "llama-ollama", is_continuing=True))

    assert asking == "llama-cerebras is busy, asking llama-ollama …"
    assert continuing == "llama-cerebras gave no whole answer, llama-ollama continues …"


def test_two_models_side_by_side_are_both_named_and_so_is_who_decides() -> None:
    alone = ModelsDisagreed("deepseek", "llama does not agree")

    assert comparing(Comparing("deepseek", "llama")) == (
        "asking deepseek and llama, to see whether they agree …"
    )
    assert handed_over(HandedOver(alone, "gpt", is_continuing=False)) == (
        "deepseek stands alone with its answer, asking gpt …"
    )


def test_a_receipt_says_who_why_how_much_and_how_long() -> None:
    finished = a_finished(an_attempt("deepseek-flash"), saved_microusd=3100, best_model="gpt-astra")

    assert receipt_line(finished) == (
        "deepseek-flash · best value here · 812 in, 301 out · $0.0006 · 2.1 s · not cached"
        " · saved $0.0031 against gpt-astra"
    )


@pytest.mark.parametrize(
    ("rules", "why"),
    [
        pytest.param(["ours"], 'only model the rule "ours" allows', id="one"),
        pytest.param(["ours", "ours"], 'only model the rule "ours" allows', id="one of several"),
        pytest.param(["a", "b"], 'only model the rules "a", "b" allow', id="two"),
        pytest.param(["a\n# b"], 'only model the rule "a # b" allows', id="of two lines"),
        pytest.param(list("abcd"), 'only model the rules "a", "b" and 2 more allow', id="many"),
        pytest.param(
            ["a name as long as a sentence, which nobody reads to its end"],
            'only model the rule "a name as long as a sentence, which nob…" allows',
            id="long",
        ),
    ],
)
def test_a_receipt_names_the_rules_that_left_one_model(rules: list[str], why: str) -> None:
    by_rules = {f"m{n}": Objection(Reason.RULE, name, name) for n, name in enumerate(rules)}
    away = {"gpt": Objection(Reason.NOT_CONFIGURED, "needs KEY", "another")}

    line = receipt_line(a_finished(passed_over=by_rules | away, reason=ONLY_ALLOWED))

    assert f" · {why} · " in line


def test_what_we_counted_ourselves_is_marked() -> None:
    line = receipt_line(a_finished(an_attempt(is_reported=False)))

    assert "~812 in, ~301 out · ~$0.0006" in line


def test_what_costs_nothing_is_free_even_when_we_counted() -> None:
    line = receipt_line(a_finished(an_attempt(cost_microusd=0, is_reported=False)))

    assert " · free · " in line


def test_the_embedded_model_is_called_what_it_is() -> None:
    card = a_card("smollm2", embedded=True)

    line = receipt_line(a_finished(an_attempt("smollm2"), card=card))

    assert line.startswith("smollm2 (tiny local model) · ")


def test_an_answer_from_the_cache_says_so() -> None:
    line = receipt_line(a_finished(cached_age_s=7300.0, saved_microusd=600))

    assert line.endswith(" · cached 2 h ago, /fresh asks anew · saved $0.0006")


@pytest.mark.parametrize("outcome", [each for each in Outcome if each is not Outcome.COMPLETE])
def test_an_incomplete_answer_says_how_it_ended(outcome: Outcome) -> None:
    assert f" · {outcome} · " in receipt_line(a_finished(outcome=outcome))


def test_models_that_failed_before_are_named_and_paid() -> None:
    failed = an_attempt("llama", failure="429", usage=Usage(), cost_microusd=0)
    broken = an_attempt("gpt", failure="cut", usage=Usage(10, 5), cost_microusd=100)

    line = receipt_line(a_finished(failed, broken, an_attempt("deepseek")))

    assert line.endswith(" · after llama and gpt failed")
    assert "822 in, 306 out · $0.0007" in line


@pytest.mark.parametrize(
    ("microusd", "shown"),
    [
        (0, "$0"),
        (1, "$0.000001"),
        (123, "$0.000123"),
        (600, "$0.0006"),
        (3127, "$0.00313"),
        (10_000, "$0.01"),
        (100_000, "$0.10"),
        (125_400, "$0.125"),
        (999_999, "$1.00"),
        (1_500_000, "$1.50"),
        (1_234_567_890, "$1,234.57"),
    ],
)
def test_dollars_have_three_digits_that_say_something(microusd: int, shown: str) -> None:
    assert dollars(microusd) == shown


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (0, "0 ms"),
        (0.0804, "80 ms"),
        (0.0996, "0.1 s"),
        (2.14, "2.1 s"),
        (9.96, "10 s"),
        (59.7, "1 min 0 s"),
        (125, "2 min 5 s"),
    ],
)
def test_durations_read_as_people_say_them(seconds: float, shown: str) -> None:
    assert duration(seconds) == shown
