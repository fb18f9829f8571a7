"""`python -m tests.phrasings`: what the offline model understands of the phrasings held apart."""

from __future__ import annotations

import sys
from collections import Counter

from tests.phrasings.judging import PHRASINGS, Verdict, confusion, judged
from tests.phrasings.talking import INTENTS


def main() -> None:
    """Prints the coverage, the confusion table, and with `-v` each phrasing that went wrong."""
    verdicts = [judged(phrasing) for phrasing in PHRASINGS]
    for kind, of in sorted(Counter(p["kind"] for p in PHRASINGS).items()):
        right = sum(v.acts_right for v in verdicts if v.phrasing["kind"] == kind)
        print(f"{kind:8} {right:3} of {of:3}")
    print(
        f"all      {sum(v.acts_right for v in verdicts):3} of {len(verdicts):3}: calls, arguments"
    )
    print(f"intents  {sum(v.intent_right for v in verdicts):3} of {len(verdicts):3}\n")
    counts = confusion(verdicts)
    print("meant \\ taken".ljust(14) + "".join(name.rjust(12) for name in INTENTS))
    for meant in INTENTS:
        row = counts.get(meant, {})
        print(meant.ljust(14) + "".join(str(row.get(name, 0)).rjust(12) for name in INTENTS))
    if "-v" in sys.argv:
        for verdict in verdicts:
            if not (verdict.acts_right and verdict.intent_right):
                _show(verdict)


def _show(verdict: Verdict) -> None:
    after = verdict.phrasing.get("after")
    print(f"\n{verdict.phrasing['say']!r}" + (f" after {after}" if after else ""))
    print(f"  meant {verdict.phrasing['intent']} {verdict.phrasing['calls']}")
    print(f"  taken {verdict.intent} {verdict.calls}\n  said  {verdict.answer[:150]!r}")


main()
