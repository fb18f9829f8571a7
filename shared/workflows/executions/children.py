"""Workflows that are started by nodes of other workflows.

A version whose machine is Standard is waited for by the parent's state machine. Every other one is
run by the node runner that met it, to its end: nothing can wait for an Express machine.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Any, Final

from shared.crm.idempotency import Attempt
from shared.graph.durable import Header
from shared.graph.errors import NodeError, NodeFailedError
from shared.graph.record import Status
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
from shared.workflows.workflow import Version

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
        self, starting: Starting, tables: Tables, table: str, tenant: str, parent: str, whole: Whole
    ) -> None:
        """`table` is that of executions; `parent` is the one that starts others."""
        self._starting, self._tables, self._table = starting, tables, table
        self._tenant, self._parent, self._whole = tenant, parent, whole

    def prepare(self, workflow: str, given: Mapping[str, Any], key: str) -> tuple[str, str]:
        """See `Children.prepare`."""
        made, _ = self._accepted(workflow, given, key, lambda version: _no_waiting(version))
        return made.machine, made.id

    def begin(self, workflow: str, given: Mapping[str, Any], key: str) -> str:
        """See `Children.begin`."""
        made, wanted = self._accepted(workflow, given, key, lambda version: False)
        self._starting.launched(self._tenant, made, wanted)
        return made.id

    async def finish(self, execution: str) -> Mapping[str, Any]:
        """See `Children.finish`."""
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
        made, _ = self._accepted(workflow_id, data, idempotency_key, lambda version: True)
        return await self.finish(made.id)

    def _accepted(
        self, workflow: str, given: Mapping[str, Any], key: str, here: Callable[[Version], bool]
    ) -> tuple[Execution, bool]:
        parent = self._read(self._parent)
        self._require_shallow(parent)
        said = json.dumps([workflow, dict(given)], sort_keys=True)
        order = Order(
            self._tenant, workflow, given, Cause(kind="workflow", id=self._parent),
            parent.user_id if parent else None,
            Attempt(f"run {self._parent}", key, said, _KEPT), here=here,
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


def _no_waiting(version: Version) -> bool:
    return version.machine != "standard"
