"""Accounting of models: costs add up and are rounded up, and no budget is overdrawn."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from shared.llm.budget import Amount, Budget, Limits, LocalMeter
from shared.llm.errors import BudgetExceededError
from shared.llm.prices import Price, Prices
from shared.llm.usage import Usage

tokens = st.integers(0, 10_000_000)
dollars = st.decimals(0, 100, places=4)


@st.composite
def usages(draw):
    read = draw(tokens)
    return Usage(
        input_tokens=read, cached_tokens=draw(st.integers(0, read)), output_tokens=draw(tokens)
    )


prices = st.builds(Price, input=dollars, cached=st.none() | dollars, output=dollars)


def exact(price: Price, usage: Usage) -> Fraction:
    cached = price.input if price.cached is None else price.cached
    fresh = usage.input_tokens - usage.cached_tokens
    return (
        Fraction(price.input) * fresh
        + Fraction(cached) * usage.cached_tokens
        + Fraction(price.output) * usage.output_tokens
    )


@given(prices, usages())
def test_a_cost_is_exact_to_the_millionth_and_rounded_up(price, usage):
    assert 0 <= price.cost(usage) - exact(price, usage) < 1


@given(prices, st.lists(usages(), max_size=8))
def test_costs_of_calls_add_up_to_that_of_their_sum(price, several):
    apart = sum(price.cost(usage) for usage in several)
    together = price.cost(sum(several, Usage()))
    assert together <= apart <= together + len(several)


@given(usages(), usages())
def test_more_is_never_cheaper(one, more):
    published = Prices.published()
    assert published.cost("gpt-4o", one + more) >= published.cost("gpt-4o", one)


@given(
    st.integers(0, 500),
    st.lists(st.tuples(st.integers(0, 200), st.integers(0, 200)), max_size=30),
)
def test_a_budget_is_never_overdrawn_by_honest_reservations(limit, calls):
    meter = LocalMeter("turn", Limits(tokens=limit))
    budget, taken, refused = Budget([meter]), 0, []
    for most, wanted in calls:
        try:
            held = budget.reserve(Amount(1, most))
        except BudgetExceededError:
            refused.append(taken + most)
            continue
        held.settle(Amount(1, min(most, wanted)))
        taken += min(most, wanted)
    assert meter.used.get("tokens", 0) == taken <= limit
    assert all(would_be > limit for would_be in refused)


@given(st.sampled_from(["gpt-4o", "gpt-4o-mini"]), st.dates(date(2020, 1, 1)))
def test_a_dated_name_costs_what_its_model_costs(model, day):
    published = Prices.published()
    assert published.of(f"{model}-{day:%Y-%m-%d}") == published.of(model)
    assert published.of(f"models/{model}") == published.of(model)
    assert published.of(f"{model}-turbo-unheard") is None


def test_own_prices_go_first():
    own = Price(input=Decimal(1), output=Decimal(2))
    assert Prices.published().with_own({"gpt-4o": own, "mine": own}).of("gpt-4o") == own
