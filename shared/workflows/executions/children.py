"""Workflows that are started by nodes of other workflows.

A run on a state machine waits for another with a task token: whatever the other runs on, its end
tells the token. A run without a machine runs the other to its end, inside the node that met it.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from datetime import timedelta
from typing import Any, Final

from shared.crm.idempotency import Attempt
from shared.events.chains import UNKNOWN
from shared.graph.durable import Header
from shared.graph.durable.suspending import Parent
from shared.graph.errors import NodeError, NodeFailedError
from shared.graph.record import Status
from shared.platform.flow_machines import FlowMachines
from shared.platform.tables import Tables
from shared.workflows.errors import NotPublishedError, WorkflowNotFoundError
from shared.workflows.executions import rows
from shared.workflows.executions.errors import (
    InputTooLargeError,
    PublisherError,
    StartFailedError,
    WorkflowInactiveError,
)
from shared.workflows.executions.execution import Cause, Execution
from shared.workflows.executions.starting import Order, Starting

DEEPEST: Final = 8
"""Workflows within workflows."""
_KEPT: Final = timedelta(days=30)
_REFUSED: Final = (
    WorkflowNotFoundError,
    NotPublishedError,
    WorkflowInactiveError,
    PublisherError,
    InputTooLargeError,
    StartFailedError,
)

Whole = Callable[[str], Awaitable[Header]]
"""Runs an execution to its end, or until it waits; its header then."""


class ChildRuns:
    """The ports `Children` of the durable engine and `Workflows` of nodes, for one execution."""

    def __init__(
        self,
        starting: Starting,
        machines: FlowMachines,
        tables: Tables,
        table: str,
        tenant: str,
        parent: str,
        whole: Whole,
    ) -> None:
        """`table` is that of executions; `parent` is the one that starts others."""
        self._starting, self._machines = starting, machines
        self._tables, self._table = tables, table
        self._tenant, self._parent, self._whole = tenant, parent, whole

    def prepare(self, workflow: str, given: Mapping[str, Any], key: str, parent: Parent) -> str:
        """See `Children.prepare`."""
        made, _ = self._accepted(workflow, given, key, parent)
        return made.id

    def start(self, execution: str) -> None:
        """See `Children.start`; a run that no engine takes has failed, and its parent hears it."""
        made = self._read(execution)
        if made is not None and not made.over:
            with suppress(StartFailedError):
                self._starting.launched(self._tenant, made)

    def succeed(self, token: str, output: Mapping[str, Any]) -> None:
        """See `Children.succeed`."""
        self._machines.succeed(token, output)

    def begin(self, workflow: str, given: Mapping[str, Any], key: str) -> str:
        """See `Children.begin`."""
        made, wanted = self._accepted(workflow, given, key)
        self._starting.launched(self._tenant, made, wanted)
        return made.id

    async def _finish(self, execution: str) -> Mapping[str, Any]:
        header = await self._whole(execution)
        if header.status is Status.COMPLETED:
            return dict(header.result or {})
        if header.over:
            error = header.error or NodeError("WorkflowLost", "it was ended")
            raise NodeFailedError(error.type, f"{execution}: {error.message}")
        raise NodeFailedError(
            "WorkflowWaits",
            f"{execution} waits; let both workflows run with the engine durable",
        )

    async def run(
        self, workflow_id: str, data: Mapping[str, Any], idempotency_key: str, *, wait: bool
    ) -> Mapping[str, Any]:
        """See `Workflows.run`: for flows that no state machine waits for."""
        if not wait:
            return {"execution": self.begin(workflow_id, data, idempotency_key)}
        made, _ = self._accepted(workflow_id, data, idempotency_key, here=True)
        return await self._finish(made.id)

    def _accepted(
        self,
        workflow: str,
        given: Mapping[str, Any],
        key: str,
        waiting: Parent | None = None,
        *,
        here: bool = False,
    ) -> tuple[Execution, bool]:
        parent = self._read(self._parent)
        self._require_shallow(parent)
        said = json.dumps([workflow, dict(given)], sort_keys=True)
        order = Order(
            self._tenant, workflow, given, Cause(kind="workflow", id=self._parent),
            parent.user_id if parent else None,
            Attempt(f"run {self._parent}", key, said, _KEPT), here=here, parent=waiting,
            origin=parent.origin if parent else UNKNOWN,
        )  # fmt: skip
        try:
            return self._starting.accepted(order)
        except _REFUSED as error:
            raise NodeFailedError(type(error).__name__.removesuffix("Error"), str(error)) from None

    def _require_shallow(self, execution: Execution | None) -> None:
        for _ in range(DEEPEST):
            if execution is None or execution.cause.kind != "workflow":
                return
            execution = self._read(execution.cause.id)
        raise NodeFailedError(
            "TooDeep", f"workflows start each other {DEEPEST} deep; look for one that starts itself"
        )

    def _read(self, execution: str) -> Execution | None:
        item = self._tables.get(self._table, rows.key(self._tenant, execution))
        return rows.read(item) if item else None
