"""Whether the offline model does with a phrasing what a person meant by it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.phrasings.talking import Talk

PHRASINGS: list[dict[str, Any]] = json.loads(Path(__file__).with_name("phrasings.json").read_text())


@dataclass(frozen=True)
class Verdict:
    """What was expected of a phrasing and what happened."""

    phrasing: dict[str, Any]
    intent: str
    calls: list[Any]
    answer: str

    @property
    def acts_right(self) -> bool:
        """The calls and their arguments are those that were meant, and it asks where it must."""
        asked = "?" in self.answer if self.phrasing.get("asks") else True
        calls = self.calls == self.phrasing["calls"]
        return calls and asked and self.understood == self.phrasing.get("understood", True)

    @property
    def understood(self) -> bool:
        """Whether it took the phrasing for something that it knows."""
        return "did not understand" not in self.answer and "Nothing waits" not in self.answer

    @property
    def intent_right(self) -> bool:
        """Whether it is the intent that was written down beside the phrasing."""
        return self.intent == str(self.phrasing["intent"])


def judged(phrasing: dict[str, Any]) -> Verdict:
    """Says a phrasing, after what comes before it."""
    talk = Talk()
    for before in phrasing.get("after", ()):
        talk.say(before)
    intent, answer = talk.say(phrasing["say"])
    return Verdict(phrasing, intent, [list(call) for call in talk.crm.calls], answer)


def confusion(verdicts: list[Verdict]) -> dict[str, dict[str, int]]:
    """How often each intent was taken for each."""
    counts: dict[str, dict[str, int]] = {}
    for verdict in verdicts:
        row = counts.setdefault(str(verdict.phrasing["intent"]), {})
        row[verdict.intent] = row.get(verdict.intent, 0) + 1
    return counts
