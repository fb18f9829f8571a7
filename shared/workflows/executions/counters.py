"""How many runs of a workflow ended how, and how long they took: counted as they end."""

from __future__ import annotations

from dataclasses import dataclass

from shared.platform.tables import Add, Query, Tables
from shared.workflows.executions import rows
from shared.workflows.executions.execution import OVER, Execution

_MILLISECONDS = "milliseconds"


@dataclass(frozen=True, slots=True)
class Statistics:
    """The runs of a workflow that have ended."""

    total: int
    success: int
    failure: int
    cancelled: int
    success_rate: float
    """Of those that completed or failed, between 0 and 1."""
    average_duration_seconds: float


def writes(table: str, tenant: str, execution: Execution) -> list[Add]:
    """What an end adds; spread over rows, so that runs that end at once do not collide."""
    took = round((execution.seconds or 0.0) * 1_000)
    shard = rows.shard_of(execution.id)
    added = {execution.status: 1, _MILLISECONDS: took}
    return [
        Add(
            table,
            {"pk": _partition(tenant, execution.workflow_id), "sk": f"{what}#{shard}"},
            "count",
            amount,
        )
        for what, amount in added.items()
    ]


def read(tables: Tables, table: str, tenant: str, workflow_id: str) -> Statistics:
    """The statistics of a workflow: one query of at most thirty-two rows."""
    page = tables.query(Query(table, ("pk", _partition(tenant, workflow_id))))
    sums: dict[str, int] = dict.fromkeys([*OVER, _MILLISECONDS], 0)
    for item in page.items:
        sums[item["sk"].partition("#")[0]] += int(item["count"])
    total = sum(sums[status] for status in OVER)
    decided = sums["completed"] + sums["failed"]
    return Statistics(
        total, sums["completed"], sums["failed"], sums["cancelled"],
        sums["completed"] / decided if decided else 0.0,
        sums[_MILLISECONDS] / total / 1_000 if total else 0.0,
    )  # fmt: skip


def _partition(tenant: str, workflow_id: str) -> str:
    return f"{tenant}#ended#{workflow_id}"
