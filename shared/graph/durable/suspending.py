"""Ports under which a node does not wait in its function: the state machine waits for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, Protocol

from shared.graph.node import Waiting
from shared.platform.clock import Clock, iso

SLEEP: Final = "sleep"
WORKFLOWS: Final = "workflows"
_SHORT: Final = 1.0
"""Seconds below which a state of its own would cost more than it saves."""


@dataclass(frozen=True, slots=True)
class Parent:
    """Who waits for a run: an execution, and the node behind the path of its items."""

    execution: str
    key: str


class Children(Protocol):
    """Other workflows, as the node runner needs them."""

    def prepare(self, workflow: str, given: Mapping[str, Any], key: str, parent: Parent) -> str:
        """Writes what a run starts with, once per key; its execution, which is not started yet."""

    def start(self, execution: str) -> None:
        """Starts a prepared run; twice is once."""

    def succeed(self, token: str, output: Mapping[str, Any]) -> object:
        """Lets the state machine that waits with a token go on; it may be gone already."""

    def begin(self, workflow: str, given: Mapping[str, Any], key: str) -> str:
        """Starts a run without waiting for it; its execution."""


class Suspended(Exception):  # noqa: N818 - no error: the node goes on when what it asked for is there
    """Ends a node's call; `Suspending` knows what the node waits for."""


class Suspending:
    """Stands for time and for other workflows, and notes what a node wants of them."""

    def __init__(self, clock: Clock, children: Children | None, node: Parent) -> None:
        self._clock, self._children, self._node = clock, children, node
        self.waiting: Waiting | None = None

    async def sleep(self, seconds: float) -> None:
        """Ends the call, unless the time is hardly worth it.

        Raises:
            Suspended: the state machine waits instead.
        """
        if seconds >= _SHORT:
            self._suspend(Waiting("timer", iso(self._clock() + timedelta(seconds=seconds))))

    async def run(
        self, workflow_id: str, data: Mapping[str, Any], idempotency_key: str, *, wait: bool
    ) -> Mapping[str, Any]:
        """Ends the call if the result is wanted, else starts the workflow.

        Raises:
            Suspended: the state machine waits instead.
        """
        if self._children is None:
            raise LookupError("no other workflows can be started here; give the runner `children`")
        if not wait:
            started = self._children.begin(workflow_id, data, idempotency_key)
            return {"execution": started}
        execution = self._children.prepare(workflow_id, data, idempotency_key, self._node)
        self._suspend(Waiting("workflow", None, {"execution": execution}))
        raise AssertionError  # pragma: no cover - suspended

    def ports(self) -> dict[str, Any]:
        """By the names that nodes use."""
        return {SLEEP: self.sleep, WORKFLOWS: self}

    def _suspend(self, waiting: Waiting) -> None:
        self.waiting = waiting
        raise Suspended
