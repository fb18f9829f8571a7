"""What is fixed when a run starts, and how it ended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from shared.graph.durable.suspending import Parent
from shared.graph.errors import NodeError
from shared.graph.node import NodeResult
from shared.graph.record import Status


@dataclass(frozen=True, slots=True)
class Header:
    """One run of a flow."""

    flow: str
    """Which published version it runs, for as long as it runs."""
    given: Mapping[str, Any] = field(default_factory=dict)
    """The run's input."""
    pins: Mapping[str, Any] = field(default_factory=dict)
    """Outputs that stand for nodes, by id or by item path and id: `{"value": …, "route": …}`."""
    status: Status = Status.RUNNING
    result: Mapping[str, Any] | None = None
    error: NodeError | None = None
    until: str | None = None
    """Of a run that waits inline: when the first of its nodes waits no longer."""
    parent: Parent | None = None
    """Who waits for the run, if another does."""
    expires_at: int | None = None
    """Seconds since 1970 after which nothing of the run is kept."""

    @property
    def over(self) -> bool:
        """Whether the run has ended."""
        return self.status in (Status.COMPLETED, Status.FAILED, Status.CANCELLED)

    def ended(
        self, status: Status, result: Mapping[str, Any] | None, error: NodeError | None
    ) -> Header:
        """The header of a run that is over."""
        return replace(self, status=status, result=result, error=error)


def pin_of(raw: Any) -> Any:
    """What a pin stands for: a value, or a value with the output that it leaves by."""
    if isinstance(raw, Mapping) and raw.keys() <= {"value", "route"}:
        route = raw.get("route")
        return NodeResult(raw.get("value"), route) if route else raw.get("value")
    return raw
