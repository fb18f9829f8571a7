"""What is wrong with a graph: where, what, and how to mend it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from shared.graph.errors import GraphError
from shared.graph.validation.bill import Bill


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding; `node` and `field` are empty where it concerns the whole."""

    node: str
    field: str
    problem: str
    fix: str
    severity: Literal["error", "warning"] = "error"

    def __str__(self) -> str:
        where = f"Node {self.node!r}: " if self.node else ""
        field = f"{self.field}: " if self.field else ""
        return f"{where}{field}{self.problem}; {self.fix}"

    def as_json(self) -> dict[str, Any]:
        """As APIs and command lines show it."""
        return {
            "node": self.node,
            "field": self.field,
            "problem": self.problem,
            "fix": self.fix,
            "severity": self.severity,
        }


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that was found, and what a run would cost."""

    problems: tuple[Problem, ...]
    bill: Bill | None = None
    """Nothing for a graph that cannot run."""

    @property
    def errors(self) -> tuple[Problem, ...]:
        """What keeps the graph from running."""
        return tuple(found for found in self.problems if found.severity == "error")

    @property
    def ok(self) -> bool:
        """Whether the graph can run."""
        return not self.errors

    def raise_errors(self) -> None:
        """Says all that is wrong at once.

        Raises:
            GraphError: the graph cannot run.
        """
        if self.errors:
            raise GraphError("\n".join(["Workflow validation failed:", *map(str, self.errors)]))


Problems = Iterable[Problem]
