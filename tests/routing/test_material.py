"""What comes with a question, on its way to a model: counted, seen by rules, kept out of caches."""

import pytest

from config.catalog import AttachmentKind, Capability
from config.rules import Models, Rule, When
from config.settings import Settings
from routing.cache_eligibility import NotCached, not_cacheable
from routing.demand import demand_of
from routing.ports import Completed
from routing.pricing import Usage
from routing.query import Attachment, Image, Query, Turn
from routing.reply import Finished
from routing.router import Router
from routing.rule_matching import applies
from routing.tokens import TURN_TOKENS, estimate_tokens, image_tokens
from tests.builders import a_card, a_query
from tests.fakes.ports import DictCache, ListLedger, ScriptedCompleter, spending

PICTURE = Image("image/png", b"...", 1024, 1024)
EYE = a_card("eye", capabilities={"vision"})
NOBODY = Models(hosting="vendor")


@pytest.mark.parametrize(
    ("width", "height", "most"),
    [
        pytest.param(1024, 1024, 2520, id="OpenAI's patches, 2.46 times"),
        pytest.param(1568, 1568, 3779, id="no more of those than there are"),
        pytest.param(3000, 3000, 12_000, id="Anthropic's pixels"),
        pytest.param(769, 10, 516, id="Gemini's tiles"),
        pytest.param(512, 512, 630, id="a usual small one"),
        pytest.param(1, 1, 258, id="no image is for nothing"),
    ],
)
def test_an_image_counts_as_the_most_a_host_counts(width: int, height: int, most: int) -> None:
    assert image_tokens(width, height) == most


def test_all_that_comes_with_a_question_is_counted_and_an_image_needs_to_be_seen() -> None:
    text = "File a:\nlong words\nThe question:\nWhy?"
    query = a_query("Why?", material=text.removesuffix("Why?"), images=(PICTURE,))

    demand = demand_of(query, 1000)

    expected = estimate_tokens(text) + TURN_TOKENS + image_tokens(1024, 1024)
    assert demand.question_tokens == expected
    assert Capability.VISION in demand.needs


def test_a_question_is_taken_for_what_it_is_not_for_what_its_files_are() -> None:
    bare, with_code = a_query("Is this fine?"), a_query("Is this fine?", material="```\ncode\n```")

    assert demand_of(with_code, 1000).task is demand_of(bare, 1000).task


async def test_a_model_is_sent_the_material_then_the_question_with_its_images() -> None:
    query = a_query("Why?", material="File a:\n", images=(PICTURE,))
    completer = ScriptedCompleter({"eye": ["So.", Completed("stop", None)]})
    router = Router(
        Settings(models=(EYE,), shipped_models=False),
        completer=completer,
        spending=spending(ListLedger()),
        cache=DictCache(),
    )

    *_, finished = [event async for event in router.answer(query)]

    assert completer.calls[0].turns == (Turn("user", "File a:\nWhy?", images=(PICTURE,)),)
    assert isinstance(finished, Finished)
    tokens = demand_of(query, 1000).question_tokens
    assert finished.receipt.usage == Usage(input_tokens=tokens, output_tokens=2)


@pytest.mark.parametrize(
    "query",
    [
        pytest.param(a_query("Who wrote Faust?", material="File a:\n"), id="material"),
        pytest.param(a_query("Who wrote Faust?", images=(PICTURE,)), id="an image"),
    ],
)
def test_an_answer_about_a_file_is_not_for_the_cache(query: Query) -> None:
    assert not_cacheable(query) is NotCached.NEEDS


def test_a_word_in_a_file_is_under_the_rules_since_it_is_sent() -> None:
    rule = Rule(name="r", when=When(words=frozenset({"falcon"})), deny=NOBODY)

    assert applies(rule, a_query("Sum it up.", material="File a:\nProject Falcon\n"))
    assert not applies(rule, a_query("Sum it up.", material="File a:\nProject Eagle\n"))


def test_a_file_of_an_earlier_turn_is_under_the_rules_since_it_is_sent_again() -> None:
    document = AttachmentKind.DOCUMENT
    rule = Rule(name="r", when=When(attachments=frozenset({document})), deny=NOBODY)
    earlier = (Turn("user", "Sum it up.", frozenset({document})), Turn("assistant", "Fine."))

    assert applies(rule, a_query("Why?", history=earlier))
    assert applies(rule, a_query("Why?", attachments=(Attachment(document),)))
    assert not applies(rule, a_query("Why?", history=earlier[1:]))
