"""Prints the kinds of patterns covered, the cases tried, and where moto's matcher differs."""

from __future__ import annotations

import sys
from collections import defaultdict

from benchmarks.measuring import table
from shared.events.patterns import Pattern
from tests.patterns import by_moto
from tests.patterns.cases import CASES, REFUSED, Case


def main() -> None:
    """Runs both matchers on every case."""
    kinds: dict[str, list[Case]] = defaultdict(list)
    for case in CASES:
        kinds[case.kind].append(case)
    rows, differing = [], []
    for kind, cases in kinds.items():
        right = sum(Pattern(c.pattern).matches(c.event) is c.matches for c in cases)
        others = [c for c in cases if by_moto.matches(c.pattern, c.event) is not c.matches]
        rows.append((kind, len(cases), right, len(cases) - len(others)))
        differing += [
            (c.kind, c.pattern, c.event, c.matches, by_moto.matches(c.pattern, c.event))
            for c in others
        ]
    rows.append(("all", *(sum(row[i] for row in rows) for i in (1, 2, 3))))
    table("Event patterns", ("kind", "cases", "ours right", "moto's right"), rows)
    table("Where moto differs", ("kind", "pattern", "event", "rule", "moto"), differing)
    sys.stdout.write(f"\n{len(REFUSED)} patterns that EventBridge would not take are refused\n")


if __name__ == "__main__":
    main()
