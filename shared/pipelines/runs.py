"""The record of what pipelines did: one run per event and pipeline, whatever the attempts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from shared.platform.tables import Item, Put, Query, Tables


class Run(BaseModel):
    """One run of a pipeline."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    execution_id: str
    """The id of the event it ran for: an event runs a pipeline once."""
    pipeline: str
    event_type: str
    source: str
    status: Literal["completed", "failed"]
    attempt: int
    started_at: str
    ended_at: str
    trace: list[dict[str, Any]] = []
    result: dict[str, Any] = {}
    node: str | None = None
    error: str | None = None
    correlation_id: str | None = None
    """That of its event: how a run is found whose event stands in no timeline."""


class Runs:
    """The runs of tenants."""

    def __init__(self, tables: Tables, table: str) -> None:
        self._tables = tables
        self._table = table

    def write(self, tenant: str, run: Run) -> Put:
        """The write that keeps a run; a later attempt replaces an earlier one."""
        item: Item = run.model_dump(exclude_none=True)
        item["recent_pk"] = _partition(tenant, run.pipeline)
        item["recent_sk"] = f"{run.started_at}#{run.execution_id}"
        return Put(self._table, {**item, **_key(tenant, run.pipeline, run.execution_id)})

    def get(self, tenant: str, pipeline: str, execution_id: str) -> Run | None:
        """One run, or None."""
        item = self._tables.get(self._table, _key(tenant, pipeline, execution_id))
        return Run.model_validate(item) if item else None

    def page(
        self, tenant: str, pipeline: str, *, limit: int, start: Mapping[str, Any] | None = None
    ) -> tuple[list[Run], Mapping[str, Any] | None]:
        """A page of runs, the last started first, and where the next page starts."""
        query = Query(
            self._table,
            ("recent_pk", _partition(tenant, pipeline)),
            sort="recent_sk",
            index="recent",  # ids of other systems' events do not sort by time
            limit=limit,
            descending=True,
            start=start,
        )
        page = self._tables.query(query)
        return [Run.model_validate(item) for item in page.items], page.next_start


def _key(tenant: str, pipeline: str, execution_id: str) -> dict[str, str]:
    return {"pk": _partition(tenant, pipeline), "sk": execution_id}


def _partition(tenant: str, pipeline: str) -> str:
    return f"{tenant}#{pipeline}"
