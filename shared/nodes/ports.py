"""What nodes may ask of the world outside. Whoever runs a flow gives the ports by these names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Protocol

EVENTS: Final = "events"
WORKFLOWS: Final = "workflows"
SLEEP: Final = "sleep"


class Events(Protocol):
    """Emits events through the outbox, never straight to the bus."""

    async def emit(self, event_type: str, data: Mapping[str, Any], idempotency_key: str) -> str:
        """Writes the event once per key; its id."""


class Workflows(Protocol):
    """Starts other workflows."""

    async def run(
        self, workflow_id: str, data: Mapping[str, Any], idempotency_key: str, *, wait: bool
    ) -> Mapping[str, Any]:
        """The result; without `wait`, which execution was started."""


class Sleep(Protocol):
    """Lets time pass."""

    async def __call__(self, seconds: float) -> None:
        """Returns after so many seconds."""
