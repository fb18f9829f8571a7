"""How somebody ends a run."""

from __future__ import annotations

from contextlib import suppress

from shared.graph.durable.closing import tell_parent
from shared.graph.record import Status
from shared.platform.flow_machines import MachineError
from shared.workflows.executions.errors import ExecutionNotFoundError, ExecutionOverError
from shared.workflows.executions.execution import Execution
from shared.workflows.executions.ports import Ports
from shared.workflows.executions.reading import Reading


class Cancelling:
    """Cancels runs."""

    def __init__(self, ports: Ports, reading: Reading) -> None:
        self._at, self._reading = ports, reading

    def cancel(self, tenant: str, execution_id: str, by: str) -> Execution:
        """Ends a run: a node in flight ends, its result is kept, and nothing follows it.

        The header is what counts: the node runner refuses every later task, so that an Express
        machine, which cannot be stopped, ends at its next task.

        Raises:
            ExecutionNotFoundError: this tenant has no such execution.
            ExecutionOverError: it has ended.
        """
        execution, store = self._reading.get(tenant, execution_id), self._at.store
        while True:
            header = store.header(tenant, execution_id)
            if execution.over or header is None or header.over:
                status = header.status if header else execution.status
                raise ExecutionOverError(f"execution {execution_id} has ended: it is {status}")
            cancelled = header.ended(Status.CANCELLED, None, None)
            if store.end(tenant, execution_id, header, cancelled):
                break
        tell_parent(store, self._at.machines, tenant, cancelled)
        if execution.machine and not execution.express:
            with suppress(MachineError):  # the node runner refuses what it would still do
                self._at.machines.stop(execution.machine, execution_id, f"cancelled by {by}")
        self._cancel_children(tenant, execution_id, by)
        return self._reading.get(tenant, execution_id)

    def _cancel_children(self, tenant: str, execution_id: str, by: str) -> None:
        """Ends the workflows that it waits for."""
        for entry in self._at.store.outline(tenant, execution_id):
            waited = entry.waits_for or {}
            if entry.status is Status.WAITING and waited.get("kind") == "workflow":
                with suppress(ExecutionOverError, ExecutionNotFoundError):
                    self.cancel(tenant, str(waited["details"]["execution"]), by)
