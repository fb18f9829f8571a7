"""How often a workflow was started, and which start was the last one.

These rows lie beside the workflow: a start is no change of it, and raises no version.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Final

from shared.platform.clock import Clock, iso, utc_now
from shared.platform.tables import (
    Add,
    Put,
    Query,
    Tables,
    TablesBusyError,
    TransactionRefusedError,
)
from shared.workflows.executions.execution import Execution

_log = logging.getLogger(__name__)
_COUNT: Final = "runs"


@dataclass(frozen=True, slots=True)
class LastRun:
    """What is known of the starts of one workflow."""

    workflow_id: str
    task_id: str | None
    at: str | None
    count: int


class LastRuns:
    """The last starts of tenants' workflows."""

    def __init__(self, tables: Tables, table: str, clock: Clock = utc_now) -> None:
        self._tables, self._table, self._clock = tables, table, clock

    def started(self, tenant: str, execution: Execution) -> None:
        """Notes a run of a published version; a count that fails is no reason to run nothing."""
        if execution.number is None:
            return
        try:
            self.note(tenant, execution.workflow_id, execution.id)
        except (TablesBusyError, TransactionRefusedError) as error:
            _log.warning("a start was not counted", extra={"reason": str(error)})

    def note(self, tenant: str, workflow_id: str, task_id: str) -> None:
        """Counts a start once."""
        last = {**_last(tenant, workflow_id), "task_id": task_id, "at": iso(self._clock())}
        count = Add(self._table, _counter(tenant, workflow_id), _COUNT, 1)
        self._tables.transact([Put(self._table, last), count])

    def get(self, tenant: str, workflow_id: str) -> LastRun | None:
        """The last start of one."""
        last = self._tables.get(self._table, _last(tenant, workflow_id))
        counter = self._tables.get(self._table, _counter(tenant, workflow_id)) or {}
        if last is None:
            return None
        return LastRun(workflow_id, last["task_id"], last["at"], int(counter.get(_COUNT, 0)))

    def all(self, tenant: str) -> dict[str, LastRun]:
        """The last starts of all, by workflow."""
        items = self._tables.query(Query(self._table, ("pk", _partition(tenant)))).items
        counts = {i["sk"][2:]: int(i[_COUNT]) for i in items if i["sk"].startswith("c#")}
        return {
            item["sk"][2:]: LastRun(
                item["sk"][2:], item["task_id"], item["at"], counts.get(item["sk"][2:], 0)
            )
            for item in items
            if item["sk"].startswith("l#")
        }


def _partition(tenant: str) -> str:
    return f"{tenant}#last_runs"


def _last(tenant: str, workflow_id: str) -> dict[str, str]:
    return {"pk": _partition(tenant), "sk": f"l#{workflow_id}"}


def _counter(tenant: str, workflow_id: str) -> dict[str, str]:
    return {"pk": _partition(tenant), "sk": f"c#{workflow_id}"}
