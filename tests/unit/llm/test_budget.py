"""Budgets: refused before the call, shared by all processes, given back what was not taken."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from shared.llm import errors
from shared.llm.budget import Amount, Budget, CountedMeter, Limits, LocalMeter
from shared.llm.messages import UserMessage
from shared.llm.metered import MeteredModel, estimated_input
from shared.llm.port import Answer, Event, Finished, Request, TextDelta
from shared.llm.usage import Usage
from tests.fakes.counters import MemoryCounters
from tests.fakes.ports import MovedClock

ASKED = Request([UserMessage(text="hello")], max_output_tokens=100)
USAGE = Usage(input_tokens=10, output_tokens=20)
ANSWER = Answer("hi", (), USAGE, "stop", "gpt-4o-mini-2024-07-18", "main")


class Fixed:
    """A model that answers or fails as it is told."""

    def __init__(self, outcome: Answer | Exception = ANSWER, name: str = "gpt-4o-mini") -> None:
        self.name = name
        self.outcome = outcome
        self.calls = 0

    def answer(self, request: Request) -> Answer:
        self.calls += 1
        if isinstance(self.outcome, Exception):
            raise self.outcome
        return self.outcome

    def stream(self, request: Request) -> Iterator[Event]:
        yield TextDelta("hi")
        yield Finished(self.answer(request))


def turn(**limits):
    return LocalMeter("turn", Limits(**limits))


def spent(meter):
    return (
        meter.used.get("steps", 0),
        meter.used.get("tokens", 0),
        meter.used.get("micro_dollars", 0),
    )


ALL = {"steps": 10, "tokens": 10_000, "micro_dollars": 1_000_000}


@pytest.mark.parametrize("streamed", [False, True])
def test_what_was_taken_is_counted_and_priced(streamed):
    meter, seen = turn(**ALL), []
    model = MeteredModel(Fixed(), Budget([meter]), record=seen.append)
    answer = list(model.stream(ASKED))[-1].answer if streamed else model.answer(ASKED)
    assert answer.cost == 14  # 10 * 0.15 + 20 * 0.60, rounded up
    assert spent(meter) == (1, 30, 14)
    assert seen == [answer]


@pytest.mark.parametrize(
    ("limits", "what"),
    [
        ({"steps": 0}, "steps"),
        ({"tokens": 100}, "tokens"),
        ({"micro_dollars": 50}, "micro dollars"),
    ],
)
@pytest.mark.parametrize("streamed", [False, True])
def test_what_is_over_is_refused_before_the_call(limits, what, streamed):
    fixed, meter = Fixed(), turn(**limits)
    model = MeteredModel(fixed, Budget([turn(**ALL), meter]))
    with pytest.raises(errors.BudgetExceededError, match=f"{what} per turn") as raised:
        list(model.stream(ASKED)) if streamed else model.answer(ASKED)
    assert fixed.calls == 0
    assert (raised.value.scope, raised.value.used) == ("turn", 0)
    assert spent(meter) == (0, 0, 0)


def test_steps_end_a_loop():
    fixed, meter = Fixed(), turn(steps=3)
    model = MeteredModel(fixed, Budget([meter]))
    for _ in range(3):
        model.answer(ASKED)
    with pytest.raises(errors.BudgetExceededError):
        model.answer(ASKED)
    assert fixed.calls == 3


@pytest.mark.parametrize(
    ("error", "left"),
    [
        (errors.RateLimitedError("main"), (0, 0)),
        (errors.UnreachableError("main"), (0, 0)),
        (errors.ProviderTimeoutError("main"), (1, 100 + estimated_input(ASKED))),
        (errors.BrokenOffError("main"), (1, 100 + estimated_input(ASKED))),
        (errors.MalformedAnswerError("main", usage=USAGE), (1, 30)),
    ],
)
def test_after_a_failure_what_may_be_billed_stays_counted(error, left):
    meter = turn(**ALL)
    with pytest.raises(type(error)):
        MeteredModel(Fixed(error), Budget([meter])).answer(ASKED)
    assert spent(meter)[:2] == left


def test_tries_that_may_be_billed_are_counted_too():
    meter = turn(**ALL)
    MeteredModel(Fixed(replace(ANSWER, attempts=3, unsure=2)), Budget([meter])).answer(ASKED)
    assert spent(meter)[1] == 30 + 2 * estimated_input(ASKED)
    failed, other = errors.ProviderFailedError("main"), turn(**ALL)
    failed.unsure = 1
    with pytest.raises(errors.ProviderFailedError):
        MeteredModel(Fixed(failed), Budget([other])).answer(ASKED)
    assert spent(other)[1] == 100 + estimated_input(ASKED)


def test_who_counts_nothing_does_not_get_it_for_free():
    meter = turn(**ALL)
    MeteredModel(Fixed(replace(ANSWER, usage=Usage())), Budget([meter])).answer(ASKED)
    assert spent(meter)[1] == 100 + estimated_input(ASKED)


def test_an_unknown_model_counts_tokens_and_no_money():
    meter = turn(**ALL)
    answer = MeteredModel(Fixed(name="my-own"), Budget([meter])).answer(ASKED)
    assert answer.cost is None
    assert spent(meter) == (1, 30, 0)


def counted(counters, tenant="acme", limit=1000, **more):
    return CountedMeter(counters, "inbox", tenant, Limits(tokens=limit), **more)


def test_days_tenants_users_and_runs_are_counted_apart():
    counters, clock = MemoryCounters(), MovedClock()
    for more in ({}, {"user": "u1"}, {"user": "u2"}, {"run": "r1"}):
        counted(counters, clock=clock, **more).add("tokens", 1)
    counted(counters, "globex", clock=clock).add("tokens", 1)
    clock.move(days=1)
    counted(counters, clock=clock).add("tokens", 1)
    assert sorted(counters.totals.values()) == [1] * 6
    assert sorted({key.split("#")[0] for _, key in counters.totals}) == ["acme", "globex"]


def test_many_at_once_never_pass_a_limit_together():
    counters = MemoryCounters()
    each = 100 + estimated_input(ASKED)
    lock_free = Budget([counted(counters, limit=each * 3)])

    def one(_: int) -> bool:
        try:
            lock_free.reserve(Amount(1, each))
        except errors.BudgetExceededError:
            return False
        return True

    with ThreadPoolExecutor(16) as pool:
        granted = sum(pool.map(one, range(200)))
    assert granted <= 3
    assert sum(counters.totals.values()) == granted * each


def test_a_reservation_is_settled_once():
    meter = turn(**ALL)
    held = Budget([meter]).reserve(Amount(1, 50))
    held.settle(Amount(1, 20))
    held.settle(Amount())
    assert spent(meter)[:2] == (1, 20)
