"""Where executions are kept: a row each, and the indexes that lists are read from.

Each index is split by status, so that a list of one status reads nothing else; a list of all merges
a handful of queries. Ids sort by time, and are the sort keys. Only runs that have a moment at which
they are due stand in `due`, which belongs to the platform and is the one read over all tenants.
"""

from __future__ import annotations

import zlib
from typing import Any, Final, Literal

from shared.events import EntityRef
from shared.events.outbox import STATE, partition
from shared.platform.clock import iso
from shared.platform.tables import Item
from shared.workflows.executions.execution import Execution, Status, moment

By = Literal["recent", "workflow", "user"]
"""The indexes of lists: all of a tenant, of a workflow, of a user."""
DUE: Final = "due"
SHARDS: Final = 8
"""Partitions of `due` and of counters, so that no single one carries all writes."""


def entity(execution_id: str) -> EntityRef:
    """The execution as its events name it."""
    return EntityRef("execution", execution_id)


def key(tenant: str, execution_id: str) -> dict[str, str]:
    """The key of an execution's row."""
    return {"pk": partition(tenant, entity(execution_id)), "sk": STATE}


def listed(by: By, tenant: str, of: str, status: Status) -> str:
    """A partition of an index: executions of one status; `of` is a workflow or a user."""
    return f"{tenant}#{by}#{of}#{status}"


def due(shard: int) -> str:
    """A partition of the runs that have a moment at which they are due."""
    return f"due#{shard}"


def shard_of(execution_id: str) -> int:
    """Which of the partitions an execution is in."""
    return zlib.crc32(execution_id.encode()) % SHARDS


def stored(tenant: str, execution: Execution) -> Item:
    """The row of an execution."""
    item: Item = execution.model_dump(exclude_none=True, exclude={"version"})
    for name in ("started_at", "completed_at", "due_at"):
        if name in item:
            item[name] = moment(item[name])
    places: dict[By, str | None] = {
        "recent": "",
        "workflow": execution.workflow_id,
        "user": execution.user_id,
    }
    for by, of in places.items():
        if of is not None:
            item[f"{by}_pk"] = listed(by, tenant, of, execution.status)
            item[f"{by}_sk"] = execution.id
    if execution.due_at is not None and not execution.over:
        item["due_pk"] = due(shard_of(execution.id))
        item["due_sk"] = f"{iso(execution.due_at)}#{execution.id}"
        item["tenant"] = tenant
    return item


def read(item: Any) -> Execution:
    """The execution of a row."""
    return Execution.model_validate(item)
