"""What a text that cannot be rendered answers with."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class ExpressionError(ValueError):
    """A template or condition is wrong, asks for what is not offered, or does too much."""

    problem: str
    fix: str
    field: str = ""
    """Which field of the node held the text; empty where the caller knows."""

    def at(self, field: str) -> ExpressionError:
        """The same error, named by the field that held the text; an outer field leads."""
        inner = self.field if self.field.startswith("[") else f".{self.field}"
        return replace(self, field=f"{field}{inner}" if self.field else field)

    def __str__(self) -> str:
        where = f"{self.field}: " if self.field else ""
        return f"{where}{self.problem}; {self.fix}"
