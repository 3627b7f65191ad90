"""`/rules`: what is in force, and what would come of a question."""

from tests.bot.commands.administered import OFF_LIMITS, a_rule, two_replicas


async def test_rules_are_shown_with_what_is_one_s_own_and_tried_without_asking_anybody() -> None:
    elsewhere = a_rule(
        name="elsewhere", when={"places": ["C9", "C0000001"], "roles": ["R7"]}, pin="llama"
    )
    other = a_rule(name="of others", when={"tenants": ["2"]}, deny={"weights": "closed"})
    seeing = a_rule(
        name="seeing", when={"words": ["picture"]}, require={"capabilities": ["vision"]}
    )
    async with two_replicas(OFF_LIMITS, elsewhere, other, seeing) as (here, _):
        shown = await here.ordered("/rules")
        all_shown = await here.told_operator("/rules")
        fits = await here.ordered('/rules test "6 x 7?"')
        nobody = await here.ordered("/rules test what is in the picture?")

        assert here.completer.calls == []

    assert "of others" not in shown
    assert "1. **gpt never** when places C0000001: deny names gpt" in shown
    assert "2. **elsewhere** when places C0000001, others and roles others: pin llama" in shown
    assert "3. **of others** when tenants 2: deny weights closed" in all_shown
    assert "places C0000001, C9 and roles R7" in all_shown
    assert "4. **seeing** when words picture: require capabilities vision" in shown
    assert fits.startswith("Rules for this question: 1. gpt never.")
    assert "| gpt | | | | a rule forbids it (gpt never) |" in fits
    assert nobody.startswith("Rules for this question: 1. gpt never, 4. seeing.")
    assert 'The rule "seeing" takes away the last model' in nobody


async def test_a_trial_says_that_the_question_would_be_refused() -> None:
    async with two_replicas() as (here, _):
        await here.ordered("/pause closed for today")

        tried = await here.ordered("/rules test 6 x 7?")

    assert "refused all the same: Answers are paused" in tried
