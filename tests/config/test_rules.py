import pytest

from config.rules import Models, Rule
from tests.builders import a_card


@pytest.mark.parametrize(
    ("models", "expected"),
    [
        pytest.param({"names": {"llama"}}, True, id="alias"),
        pytest.param({"names": {"llama-a"}}, True, id="name"),
        pytest.param({"names": {"llama-b"}}, False, id="other host"),
        pytest.param({"weights": "open"}, True, id="weights"),
        pytest.param({"weights": "closed"}, False, id="other weights"),
        pytest.param({"licences": {"MIT"}}, True, id="licence"),
        pytest.param({"hosting": "self"}, False, id="hosting"),
        pytest.param({"jurisdictions": {"CN", "US"}}, True, id="one of several jurisdictions"),
        pytest.param({"jurisdictions": {"CN"}}, False, id="other jurisdiction"),
        pytest.param({"max_output_price": "1.5"}, True, id="at the price"),
        pytest.param({"max_output_price": "1.4"}, False, id="above the price"),
        pytest.param({"weights": "open", "hosting": "self"}, False, id="all must hold"),
    ],
)
def test_a_description_means_a_model_when_all_of_it_fits(
    models: dict[str, object], expected: bool
) -> None:
    card = a_card("llama-a", alias="llama", licence="MIT")

    assert Models.model_validate(models).include(card) is expected


def test_allow_forbids_every_other_model() -> None:
    rule = Rule(name="r", allow=Models(hosting="self"))

    assert rule.forbids(a_card(hosting="vendor"))
    assert not rule.forbids(a_card(hosting="self"))
