"""How often a workflow was started, and which start was the last one.

These rows lie beside the workflow: a start is no change of it, and raises no version.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Final

from shared.platform.clock import Clock, iso, utc_now
from shared.platform.tables import (
    Absent,
    FieldIs,
    Item,
    Put,
    Query,
    Tables,
    TablesBusyError,
    TransactionRefusedError,
)
from shared.workflows.executions.execution import Execution

_log = logging.getLogger(__name__)
_ATTEMPTS: Final = 4


@dataclass(frozen=True, slots=True)
class LastRun:
    """What is known of the starts of one workflow."""

    workflow_id: str
    task_id: str
    at: str
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
        except TablesBusyError as error:
            _log.warning("a start was not counted", extra={"reason": str(error)})

    def note(self, tenant: str, workflow_id: str, task_id: str) -> None:
        """Counts a start once; of many at once each is counted."""
        for _ in range(_ATTEMPTS):
            key = _key(tenant, workflow_id)
            before = self._tables.get(self._table, key)
            count = int(before["count"]) if before else 0
            row = {**key, "task_id": task_id, "at": iso(self._clock()), "count": count + 1}
            as_read = FieldIs("count", count) if before else Absent()
            try:
                self._tables.transact([Put(self._table, row, as_read)])
                return
            except TransactionRefusedError:
                continue
        raise TablesBusyError("the workflow is started by many at once")

    def get(self, tenant: str, workflow_id: str) -> LastRun | None:
        """The last start of one."""
        found = self._tables.get(self._table, _key(tenant, workflow_id))
        return _read(found) if found else None

    def all(self, tenant: str) -> dict[str, LastRun]:
        """The last starts of all, by workflow."""
        page = self._tables.query(Query(self._table, ("pk", _partition(tenant))))
        return {item["sk"]: _read(item) for item in page.items}


def _read(item: Item) -> LastRun:
    return LastRun(item["sk"], item["task_id"], item["at"], int(item["count"]))


def _partition(tenant: str) -> str:
    return f"{tenant}#last_runs"


def _key(tenant: str, workflow_id: str) -> dict[str, str]:
    return {"pk": _partition(tenant), "sk": workflow_id}
