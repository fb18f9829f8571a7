"""Where a node runs, and what it reaches from there."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Opens = Callable[[], Any]
"""Opens a port; called only when the node needs it."""


@dataclass(frozen=True, slots=True)
class Context:
    """Where a node runs: never data, always there."""

    tenant: str
    pipeline: str
    execution_id: str
    event_type: str
    node: str
    entity: str | None
    correlation_id: str | None
    time: str
    """When the event happened, RFC 3339; a node that needs a moment takes this one."""
    dry: bool = False
    """Whether nothing outside may change: the ports then only write down what was asked."""
    failed_node: str | None = None
    left_out: Sequence[str] = ()
    """Fields of the event that are too long for a machine to carry; the event log has them."""
    ports: Mapping[str, Opens] = field(default_factory=dict)
    """What the node declared that it touches, each opened by calling it."""
