"""Executions as they stand: one, lists of them newest first, and how they ended in sum."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from shared.platform.tables import Query, Tables
from shared.workflows.executions import counters, rows
from shared.workflows.executions.counters import Statistics
from shared.workflows.executions.errors import ExecutionNotFoundError
from shared.workflows.executions.execution import STORED, Execution, Status

MAX_LIMIT: Final = 100
MAX_OFFSET: Final = 1_000
"""Executions that a list passes over; a cursor goes further."""
MOST_READ: Final = 2_000
"""Rows that one page reads at most; a page of a rare combination may be short and go on."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which executions a list has: all conditions hold at once."""

    workflow_id: str | None = None
    user_id: str | None = None
    statuses: Sequence[Status] = ()
    """None are all."""

    @property
    def index(self) -> tuple[rows.By, str]:
        """The narrowest index, and of whom."""
        if self.workflow_id is not None:
            return "workflow", self.workflow_id
        return ("recent", "") if self.user_id is None else ("user", self.user_id)

    def has(self, execution: Execution) -> bool:
        """Whether an execution of the index is meant."""
        return self.user_id in (None, execution.user_id)


@dataclass(frozen=True, slots=True)
class Listed:
    """A page of executions, and where the next one starts if there is more."""

    executions: list[Execution]
    before: str | None


class Reading:
    """Reads executions of tenants."""

    def __init__(self, tables: Tables, executions: str) -> None:
        self._tables, self._table = tables, executions

    def get(self, tenant: str, execution_id: str) -> Execution:
        """One execution.

        Raises:
            ExecutionNotFoundError: this tenant has none of this id.
        """
        item = self._tables.get(self._table, rows.key(tenant, execution_id))
        if item is None:
            raise ExecutionNotFoundError(execution_id)
        return rows.read(item)

    def page(
        self, tenant: str, wanted: Wanted, *, limit: int, before: str | None = None, offset: int = 0
    ) -> Listed:
        """Executions from the newest to the oldest, of ids before a given one."""
        by, of = wanted.index
        # A status has its own partition: what they hold is merged, and no other is read.
        streams = [
            self._stream(by, rows.listed(by, tenant, of, status), before, offset + limit + 1)
            for status in (dict.fromkeys(wanted.statuses) or STORED)
            if status in STORED
        ]
        merged = heapq.merge(*streams, key=lambda each: each.id, reverse=True)
        found: list[Execution] = []
        last = before
        for read, execution in enumerate(merged):
            if len(found) > offset + limit or read >= MOST_READ:
                return Listed(found[offset : offset + limit], _end(found, offset, limit, last))
            last = execution.id
            if wanted.has(execution):
                found.append(execution)
        more = len(found) > offset + limit
        return Listed(
            found[offset : offset + limit], _end(found, offset, limit, last) if more else None
        )

    def statistics(self, tenant: str, workflow_id: str) -> Statistics:
        """How the runs of a workflow ended."""
        return counters.read(self._tables, self._table, tenant, workflow_id)

    def due(self, before: str, limit: int) -> Iterator[tuple[str, Execution]]:
        """Runs of all tenants that were to have ended by a moment (as `iso` writes it).

        Like the outbox's `pending`, this belongs to the platform.
        """
        for shard in range(rows.SHARDS):
            page = self._tables.query(
                Query(
                    self._table, ("due_pk", rows.due(shard)), sort="due_sk", before=before,
                    index=rows.DUE, limit=limit,
                )
            )  # fmt: skip
            for item in page.items:
                yield item["tenant"], rows.read(item)

    def _stream(
        self, by: rows.By, partition: str, before: str | None, size: int
    ) -> Iterator[Execution]:
        while True:
            page = self._tables.query(
                Query(
                    self._table, (f"{by}_pk", partition), sort=f"{by}_sk", before=before,
                    index=by, limit=size, descending=True,
                )
            )  # fmt: skip
            found = [rows.read(item) for item in page.items]
            yield from found
            if page.next_start is None or not found:
                return
            before = found[-1].id


def _end(found: Sequence[Execution], offset: int, limit: int, last: str | None) -> str | None:
    """The id after which the next page starts."""
    shown = list(islice(found, offset, offset + limit))
    return shown[-1].id if len(shown) == limit else last
