"""What stands with a run's header: the execution's row, its event, its workflow's counters.

All is one transaction of four writes, five at an end. Whoever runs the last node of a run therefore
ends the execution, and nothing has to listen for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from shared.events import Event
from shared.events.outbox import Change, VersionConflictError, commit
from shared.graph.durable import Header
from shared.graph.record import Status as GraphStatus
from shared.platform.clock import Clock, utc_now
from shared.platform.tables import Add, Put, Tables, TablesBusyError, Write
from shared.workflows.executions import counters, rows
from shared.workflows.executions.execution import Execution, status_of

SOURCE: Final = "millrace.executions"
GRACE: Final = timedelta(minutes=5)
"""Beyond its own limit, before a run without an end is given up."""
_ATTEMPTS: Final = 5
_MESSAGE: Final = 500
"""Characters of an error's message that the row and the event keep."""


class Closing:
    """The port `shared.graph.durable.Closing` over the tables of executions and of events."""

    def __init__(self, tables: Tables, executions: str, crm: str, clock: Clock = utc_now) -> None:
        """Takes the tables of runs and of the outbox."""
        self._tables, self._executions, self._crm = tables, executions, crm
        self._clock = clock

    def __call__(self, tenant: str, execution: str, header: Header, write: Put) -> None:
        """See the port; a run that has no row is only given its header."""
        for _ in range(_ATTEMPTS):
            item = self._tables.get(self._executions, rows.key(tenant, execution))
            if item is None:
                self._tables.transact([write])
                return
            before = rows.read(item)
            try:
                self.commit(tenant, before, self._after(before, header), [write])
            except VersionConflictError:
                continue
            return
        raise TablesBusyError("the execution is changed by many at once; try again")

    def commit(
        self, tenant: str, before: Execution | None, after: Execution, also: Sequence[Write]
    ) -> Execution:
        """Writes a row with its event and what belongs to it; the row as it is then."""
        name = "continued" if before and after.status == "running" else _EVENTS[after.status]
        event = Event(
            f"execution.{name}", told(after), {"actor": after.user_id or after.cause.id},
            source=SOURCE, time=self._clock(), causation_id=_led_to(after),
        )  # fmt: skip
        version = before.version if before else 0
        state = rows.stored(tenant, after)
        change = Change(
            tenant,
            rows.entity(after.id),
            version,
            state,
            (after.origin.tells(event),),
            after.expires_at,
        )
        counted: list[Add] = counters.writes(self._executions, tenant, after) if after.over else []
        commit(self._tables, self._crm, change, [*also, *counted], states=self._executions)
        return after.model_copy(update={"version": version + 1})

    def _after(self, before: Execution, header: Header) -> Execution:
        now, status = self._clock(), status_of(header.status)
        named: dict[str, Any] = {"status": status}
        if header.over:
            named |= {"completed_at": now, "due_at": None}
        elif before.engine == "inline":  # a machine minds its own time while it waits
            waits = header.status is GraphStatus.WAITING
            named["due_at"] = now + timedelta(seconds=before.allowed) + GRACE
            if waits:
                named["due_at"] = datetime.fromisoformat(header.until) if header.until else None
        if header.error is not None:
            error = header.error.as_json()
            named["error"] = {**error, "message": str(error["message"])[:_MESSAGE]}
        return before.model_copy(update=named)


def _led_to(execution: Execution) -> str | None:
    """The event that started a run; of another cause the run itself tells."""
    return execution.cause.id if execution.cause.kind == "event" else None


def told(execution: Execution) -> dict[str, Any]:
    """The data of an execution's event."""
    data: dict[str, Any] = {
        "execution_id": execution.id,
        "workflow_id": execution.workflow_id,
        "trigger": execution.cause.kind,
    }
    if execution.status == "completed":
        return {**data, "pipeline": execution.workflow_id, "trace": [], "result": {}}
    if execution.status == "failed":
        error = execution.error or {}
        return {
            **data,
            "error": error,
            "failed_node": error.get("node") or None,
            "on_failure": execution.on_failure or None,
        }
    return data


_EVENTS: Final = {
    "running": "started",
    "paused": "paused",
    "completed": "completed",
    "failed": "failed",
    "cancelled": "cancelled",
}
