"""The difference of two numbers is split into terms that sum exactly to it."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from reports.differences import Cause, Number, difference

weights = st.dictionaries(st.integers(1, 30), st.decimals(-50, 50, places=2), max_size=20)
numbers = st.builds(
    Number,
    value=st.none() | st.decimals(-1000, 1000, places=2),
    weights=weights,
    rest=st.sampled_from([Cause.ADJUSTED, Cause.MANUAL, Cause.FORMULA]),
)


@given(numbers, numbers, st.randoms(use_true_random=False))
def test_terms_sum_exactly_whatever_the_causes_are(before: Number, after: Number, rng) -> None:
    change = difference(("1", "2", "3"), before, after, lambda *_: rng.choice(list(Cause)))

    assert sum((term.amount for term in change.terms), Decimal(0)) == change.amount


@given(weights, st.sets(st.integers(1, 30)))
def test_a_term_holds_just_the_records_that_came_or_went(stood: dict[int, Decimal], now: set[int]) -> None:
    then = Number(Decimal(len(stood)), dict.fromkeys(stood, Decimal(1)))
    here = Number(Decimal(len(now)), dict.fromkeys(now, Decimal(1)))

    change = difference(("1", "2", "3"), then, here, lambda _, added: Cause.NEW if added else Cause.LEFT)

    assert {term.cause: set(term.ids) for term in change.terms} == {
        cause: ids for cause, ids in ((Cause.NEW, now - set(stood)), (Cause.LEFT, set(stood) - now)) if ids
    }


def test_an_adjustment_is_a_term_of_its_own() -> None:
    then = Number(Decimal(2), {1: Decimal(1), 2: Decimal(1)})
    now = Number(Decimal(5), {1: Decimal(1), 2: Decimal(1), 3: Decimal(1)}, Cause.ADJUSTED)

    change = difference(("1", "2", "3"), then, now, lambda *_: Cause.NEW)

    assert [(term.cause, term.amount) for term in change.terms] == [(Cause.NEW, 1), (Cause.ADJUSTED, 2)]
