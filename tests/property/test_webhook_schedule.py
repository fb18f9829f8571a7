"""The schedule of deliveries, its filters' names, and secrets that overlap."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from shared.platform.clock import iso
from shared.webhooks.credentials import MOST_KEYS, OVERLAP, Credentials, new_key
from shared.webhooks.schedule import JITTER, LONGEST, TRIES, WAITS, left_alone, wait_after

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@given(st.integers(-5, 50), st.floats(allow_nan=False))
def test_a_wait_is_the_schedules_or_a_little_longer(tries, jitter):
    wait = wait_after(tries, lambda: jitter)
    if 1 <= tries < TRIES:
        assert wait is not None
        assert WAITS[tries - 1] <= wait <= WAITS[tries - 1] * (1 + JITTER)
    else:
        assert wait is None


@given(st.lists(st.floats(0, 1), min_size=TRIES - 1, max_size=TRIES - 1))
def test_waits_grow_and_end_within_four_days(jitters):
    waits = [wait_after(n + 1, lambda n=n: jitters[n]) for n in range(TRIES - 1)]
    assert waits == sorted(waits)
    assert timedelta(days=3) < sum(waits, timedelta()) < timedelta(days=4)


@given(st.one_of(st.none(), st.integers(100, 599)), st.text(max_size=40))
def test_whatever_retry_after_says_the_wait_is_bounded(status, text):
    alone = left_alone(status, {"retry-after": text}, NOW)
    assert alone is None or timedelta(seconds=1) <= alone <= LONGEST


@given(st.integers(0, 10**12))
def test_seconds_and_moments_are_understood(seconds):
    wanted = min(max(timedelta(seconds=min(seconds, 10**6)), timedelta(seconds=1)), LONGEST)
    assert left_alone(503, {"retry-after": str(min(seconds, 10**6))}, NOW) == wanted
    later = (NOW + timedelta(seconds=90)).strftime("%a, %d %b %Y %H:%M:%S GMT")
    assert left_alone(429, {"retry-after": later}, NOW) == timedelta(seconds=90)


def test_only_what_is_busy_is_left_alone():
    assert left_alone(500, {}, NOW) is None
    assert left_alone(200, {"retry-after": "60"}, NOW) is None
    assert left_alone(None, {}, NOW) is not None
    assert all(left_alone(status, {}, NOW) for status in (429, 502, 504))


@given(st.lists(st.integers(0, 40), max_size=8))
def test_the_newest_key_always_signs_and_no_old_one_longer_than_its_overlap(hours):
    now, made = NOW, Credentials(((new_key(), None),))
    replaced: dict[str, datetime] = {}
    for pause in hours:
        now += timedelta(hours=pause)
        replaced[made.key] = now
        made = made.rotated(now)
        alive = made.alive(now)
        assert alive[0] == made.key
        assert len(alive) <= MOST_KEYS
        assert all(now < replaced[key] + OVERLAP for key in alive[1:])
    assert Credentials.of(made.to_text()) == made
    assert all(until is None or until > iso(now) for _, until in made.keys)
