"""What the offline model understands of phrasings that its own tests do not know."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.phrasings.judging import PHRASINGS, Verdict, confusion, judged
from tests.phrasings.memory_crm import TOOLS
from tests.phrasings.talking import INTENTS

COVERED = {"plain": 153, "odd": 25, "context": 21, "unknown": 24, "later": 70, "last": 32}
"""Phrasings of each kind that lead to exactly what was meant; `last` is not tuned on."""
CONFUSION = {
    "question": {"question": 59, "search": 1, "unclear": 3},
    "search": {"search": 61, "create": 1, "unclear": 2},
    "create": {"create": 38},
    "change": {"change": 102, "unclear": 2},
    "destructive": {"destructive": 31, "unclear": 3},
    "unclear": {"unclear": 41, "search": 1},
}
WRITES = {name for name, (level, _) in TOOLS.items() if level} | {"confirm_action"}


@pytest.fixture(scope="module")
def verdicts() -> list[Verdict]:
    return [judged(phrasing) for phrasing in PHRASINGS]


def test_there_are_enough_of_each_kind():
    kinds = Counter(str(phrasing["kind"]) for phrasing in PHRASINGS)
    assert len(PHRASINGS) >= 200
    assert kinds["unknown"] >= 20
    assert kinds["odd"] >= 20
    assert {str(phrasing["intent"]) for phrasing in PHRASINGS} == set(INTENTS)


@pytest.mark.parametrize("kind", COVERED)
def test_coverage_does_not_fall(kind, verdicts):
    right = [v for v in verdicts if v.phrasing["kind"] == kind and v.acts_right]
    assert len(right) >= COVERED[kind]


def test_confusion_of_the_intents(verdicts):
    assert confusion(verdicts) == CONFUSION


def test_what_means_nothing_changes_nothing(verdicts):
    """A wish that is not understood, or only to look, never writes."""
    looks = {"unclear", "question", "search"}
    wrong = [
        verdict.phrasing["say"]
        for verdict in verdicts
        if verdict.phrasing["intent"] in looks and WRITES & {name for name, _ in verdict.calls}
    ]
    assert wrong == []


def test_at_most_one_phrasing_writes_something_else_than_was_meant(verdicts):
    wrong = [
        verdict.phrasing["say"]
        for verdict in verdicts
        for call in verdict.calls
        if call[0] in WRITES and call not in verdict.phrasing["calls"]
    ]
    assert wrong == ["create another lead for Acme: Sam Cooke"]
