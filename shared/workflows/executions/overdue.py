"""Runs that should have ended and did not: their machine or function is gone."""

from __future__ import annotations

from contextlib import suppress
from typing import Final

from shared.graph.errors import NodeError
from shared.platform.clock import iso
from shared.platform.flow_machines import MachineError
from shared.workflows.executions.errors import StartFailedError
from shared.workflows.executions.execution import Execution
from shared.workflows.executions.ports import Ports
from shared.workflows.executions.reading import Reading
from shared.workflows.executions.starting import Starting

TIMED_OUT: Final = "ExecutionTimedOut"
_AT_ONCE: Final = 50
"""Of each shard of the index in one call of the sweeper."""


class Overdue:
    """Closes what is overdue, whoever sees it first."""

    def __init__(self, ports: Ports, starting: Starting, reading: Reading) -> None:
        self._at, self._starting, self._reading = ports, starting, reading

    def sweep(self) -> int:
        """Closes overdue runs of all tenants, wakes those that waited long enough; how many."""
        found = list(self._reading.due(iso(self._at.clock()), _AT_ONCE))
        for tenant, execution in found:
            with suppress(StartFailedError):  # such a run stands as failed
                self._close(tenant, execution)
        return len(found)

    def checked(self, tenant: str, execution_id: str) -> Execution:
        """One execution, closed if it is overdue; raises ExecutionNotFoundError."""
        found = self._reading.get(tenant, execution_id)
        late = found.due_at is not None and found.due_at < self._at.clock()
        if found.over or not late:
            return found
        self._close(tenant, found)
        return self._reading.get(tenant, execution_id)

    def lost(self, tenant: str, execution_id: str, why: str) -> None:
        """Closes a run whose machine ended without telling so."""
        self._starting.fail(tenant, execution_id, NodeError("MachineLost", why[:300]))

    def _close(self, tenant: str, execution: Execution) -> None:
        if execution.status == "paused" and execution.engine == "inline":
            self._starting.wake(tenant, execution)
            return
        said = f"timed out: no end within {execution.allowed:.0f} s of its start"
        self._starting.fail(tenant, execution.id, NodeError(TIMED_OUT, said))
        if execution.machine and not execution.express:
            with suppress(MachineError):  # the node runner refuses what it would still do
                self._at.machines.stop(execution.machine, execution.id, said)
