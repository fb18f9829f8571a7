"""Limits: never more than granted over all processes, and few writes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from shared.identity.rate_limits import RateLimits
from tests.fakes.counters import MemoryCounters


class Time:
    def __init__(self):
        self.now = datetime(2026, 3, 1, 12, 0, 10, tzinfo=UTC)

    def __call__(self):
        return self.now


def limits(counters=None, time=None):
    return RateLimits(counters or MemoryCounters(), "t", time or Time())


def test_what_is_left_is_told_and_what_is_too_much_is_refused():
    found = limits()
    first = found.spend("tenant#a", 1, 10)
    assert (first.allowed, first.limit, first.remaining, first.resets_in) == (True, 10, 9, 50)
    assert found.spend("tenant#a", 9, 10).remaining == 0
    refused = found.spend("tenant#a", 1, 10)
    assert (refused.allowed, refused.remaining) == (False, 0)
    assert found.spend("tenant#b", 1, 10).allowed


def test_a_costly_request_that_is_refused_leaves_room_for_cheap_ones():
    found = limits()
    assert found.spend("tenant#a", 6, 10).allowed
    assert not found.spend("tenant#a", 6, 10).allowed
    assert found.spend("tenant#a", 4, 10).allowed


def test_the_next_minute_begins_anew():
    time = Time()
    found = limits(time=time)
    assert found.spend("tenant#a", 10, 10).allowed
    assert not found.spend("tenant#a", 1, 10).allowed
    time.now += timedelta(seconds=50)
    assert found.spend("tenant#a", 10, 10).allowed


def test_a_hundred_requests_are_few_writes():
    counters = MemoryCounters()
    found = limits(counters)
    assert all(found.spend("tenant#a", 1, 200).allowed for _ in range(100))
    assert counters.writes == 10


def test_refusals_are_not_written():
    counters = MemoryCounters()
    found = limits(counters)
    assert not [n for n in range(500) if found.spend("tenant#a", 1, 10).allowed and n >= 10]
    assert counters.writes <= 11


@given(
    limit=st.integers(1, 300),
    asked=st.lists(st.tuples(st.integers(0, 4), st.integers(1, 20)), max_size=200),
)
def test_processes_together_never_grant_more_than_the_limit(limit, asked):
    counters = MemoryCounters()
    time = Time()
    processes = [limits(counters, time) for _ in range(5)]
    granted = 0
    for process, cost in asked:
        standing = processes[process].spend("tenant#a", cost, limit)
        granted += cost if standing.allowed else 0
        assert 0 <= standing.remaining <= limit
    assert granted <= limit


@given(limit=st.integers(1, 300), costs=st.lists(st.integers(1, 20), max_size=200))
def test_one_process_grants_everything_that_fits(limit, costs):
    found = limits()
    left = limit
    for cost in costs:
        assert found.spend("tenant#a", cost, limit).allowed == (cost <= left)
        left -= cost if cost <= left else 0
