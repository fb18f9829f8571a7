"""What an agent took: calls, tokens, money."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields

from shared.llm.port import Answer


@dataclass(frozen=True, slots=True)
class Spent:
    """Sums over all answers, those that could not be used too."""

    calls: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    micro_dollars: int = 0
    """Millionths of a US dollar, of the calls whose price is known."""
    unpriced: int = 0
    """Calls whose price nobody knows."""
    tool_calls: int = 0

    def __add__(self, other: Spent) -> Spent:
        return Spent(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(Spent)))

    @classmethod
    def of(cls, answer: Answer) -> Spent:
        """What one answer took."""
        read, written = answer.usage.input_tokens, answer.usage.output_tokens
        return cls(1, read, written, answer.cost or 0, int(answer.cost is None))

    @classmethod
    def from_json(cls, raw: Mapping[str, int]) -> Spent:
        """What `as_json` wrote."""
        return cls(**raw)

    def as_json(self) -> dict[str, int]:
        """By name, without what is nothing."""
        return {name: amount for name, amount in asdict(self).items() if amount}

    def used(self) -> dict[str, int]:
        """By the names of a budget's limits."""
        tokens = self.input_tokens + self.output_tokens
        return {"steps": self.calls, "tokens": tokens, "micro_dollars": self.micro_dollars}
