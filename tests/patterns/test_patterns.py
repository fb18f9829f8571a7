"""The matcher of event patterns, case by case."""

from __future__ import annotations

import json
import re
from decimal import Decimal

import pytest
from moto.events.models import EventPattern

from local.seams import event_patterns
from shared.events.patterns import InvalidPatternError, Pattern
from tests.patterns.cases import CASES, REFUSED

NAMED = [pytest.param(case, id=f"{number}: {case.kind}") for number, case in enumerate(CASES)]


@pytest.mark.parametrize("case", NAMED)
def test_a_documented_rule(case):
    assert Pattern(case.pattern).matches(case.event) is case.matches


@pytest.mark.parametrize(("pattern", "told"), REFUSED)
def test_what_is_no_pattern_names_the_key(pattern, told):
    with pytest.raises(InvalidPatternError, match=f"^{re.escape(told)}"):
        Pattern(pattern)


def test_the_key_stands_by_itself():
    with pytest.raises(InvalidPatternError) as raised:
        Pattern({"detail": {"score": [{"numeric": ["!", 1]}]}})
    assert raised.value.key == "detail.score.numeric"


def test_amounts_are_compared_as_numbers():
    pattern = Pattern({"amount": [{"numeric": [">", 10.5]}]})
    assert pattern.matches({"amount": Decimal("10.51")})
    assert not pattern.matches({"amount": Decimal("10.49")})


def test_a_wildcard_stays_linear():
    pattern = Pattern({"a": [{"wildcard": "*a" * 100 + "*b"}]})
    assert not pattern.matches({"a": "a" * 100_000})  # backtracking would take years


def test_what_is_nested_too_deep():
    deep = "x"
    for _ in range(60):
        deep = {"a": deep}
    with pytest.raises(InvalidPatternError, match="nested more than 50 deep"):
        Pattern({"a": [1], "b": deep})
    value = []
    for _ in range(5000):
        value = [value]
    assert not Pattern({"a": ["x"]}).matches({"a": value})


@pytest.mark.parametrize("case", NAMED)
def test_the_laptops_rules_match_by_it(case):
    event_patterns.install()
    assert EventPattern.load(json.dumps(case.pattern)).matches_event(case.event) is case.matches
