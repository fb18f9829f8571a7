"""The dice of `--weak`."""

from __future__ import annotations

from collections import Counter

from local.weakness import Fault, Weakness


def test_the_same_seed_draws_the_same():
    first, second, third = (Weakness(seed) for seed in (5, 5, 6))
    drawn = [[dice.of_call() for _ in range(500)] for dice in (first, second, third)]
    assert drawn[0] == drawn[1] != drawn[2]


def test_every_weakness_is_drawn_and_most_calls_succeed():
    dice = Weakness(1)
    counted = Counter(dice.of_call() for _ in range(5_000))
    assert set(counted) == set(Fault)
    assert counted[Fault.NONE] > 4_500
    assert {dice.copies() for _ in range(100)} == {1, 2}
    assert {dice.delay() > 0 for _ in range(100)} == {True, False}
    assert any(dice.lag() for _ in range(10))


def test_a_strong_platform_draws_nothing():
    dice = Weakness(None)
    assert {dice.of_call() for _ in range(100)} == {Fault.NONE}
    assert {(dice.copies(), dice.delay(), dice.lag()) for _ in range(100)} == {(1, 0.0, 0.0)}


def test_twice_is_every_time():
    assert {Weakness(None, duplicate=True).copies() for _ in range(20)} == {2}
