"""Events that somebody put onto the platform and asks about later: `process_event_task.delay`.

A task is an entity of its own, so that the outbox carries its event and each pipeline's result
comes back to it.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from shared.events.claims import Claims
from shared.events.envelope import EntityRef, Event
from shared.events.outbox import STATE, Change, commit, partition
from shared.events.quarantine import NotInQuarantineError, Quarantine, Quarantined, entry_id
from shared.pipelines.admission import admitted
from shared.pipelines.mapping import started_by_types, unsupported
from shared.pipelines.runs import Runs
from shared.platform.clock import Clock, iso, utc_now
from shared.platform.ids import new_id
from shared.platform.tables import Tables, Write

Status = Literal["PENDING", "RETRY", "SUCCESS", "FAILURE"]
KIND = "task"


def _nothing(_: str) -> Sequence[Write]:
    return ()


class TaskNotFoundError(LookupError):
    """A task that this tenant does not have; the message names it."""


@dataclass(frozen=True, slots=True)
class EventTask:
    """How far an event is that was put onto the platform."""

    task_id: str
    event_type: str
    status: Status
    """RETRY once a try failed and another comes; FAILURE once one pipeline gave it up."""
    queued_at: str
    results: Mapping[str, Mapping[str, Any]]
    """What each pipeline that has ended added."""
    failed_node: str | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True)
class EventTasks:
    """The tasks of tenants."""

    tables: Tables
    table: str
    runs: Runs
    quarantine: Quarantine
    pipelines: Mapping[str, Sequence[str]]
    """Those that there are, and the event types that start them."""
    clock: Clock = utc_now
    claims: Claims | None = None
    """Keeps data that is too large for the bus."""

    def queue(
        self,
        tenant: str,
        actor: str,
        event_type: str,
        data: Mapping[str, Any],
        cause: str = "",
        also: Callable[[str], Sequence[Write]] = _nothing,
    ) -> str:
        """Puts an event onto the platform; the id of its task, which is the event's too.

        `also` gives writes of the same transaction for that id, e.g. of the audit.

        Raises:
            UnknownEventTypeError: it starts no pipeline.
            InvalidEventDataError, OursAloneError: see `admitted`.
            EventTooLargeError: it is larger than an event may be.
        """
        name, checked = admitted(event_type, data)
        if not self._started_by(name):
            raise unsupported(event_type, started_by_types(self.pipelines))
        now, task_id = self.clock(), new_id()
        event = Event(
            name, checked, {"actor": actor}, id=task_id, source="millrace.api", time=now,
            causation_id=cause or None,
        )  # fmt: skip
        state = {"event_type": name, "queued_at": iso(now)}
        change = Change(tenant, EntityRef(KIND, task_id), 0, state, (event,))
        commit(self.tables, self.table, change, also(task_id), claims=self.claims)
        return task_id

    def status(self, tenant: str, task_id: str) -> EventTask:
        """How far it is.

        Raises:
            TaskNotFoundError: this tenant put no such event onto the platform.
        """
        key = {"pk": partition(tenant, EntityRef(KIND, task_id)), "sk": STATE}
        if (item := self.tables.get(self.table, key)) is None:
            raise TaskNotFoundError(f"there is no task {task_id}")
        results: dict[str, Mapping[str, Any]] = item.get("pipelines", {})
        waiting = [p for p in self._started_by(item["event_type"]) if p not in results]
        given_up = next(filter(None, (self._given_up(tenant, task_id, p) for p in waiting)), None)
        failed = next(
            (run for p in waiting if (run := self.runs.get(tenant, p, task_id)) is not None), None
        )
        status: Status = "SUCCESS"
        if waiting:
            status = "FAILURE" if given_up else "RETRY" if failed else "PENDING"
        return EventTask(
            task_id=task_id,
            event_type=item["event_type"],
            status=status,
            queued_at=item["queued_at"],
            results=results,
            failed_node=given_up.node if given_up else failed.node if failed else None,
            error=given_up.error if given_up else failed.error if failed else None,
        )

    def _started_by(self, event_type: str) -> tuple[str, ...]:
        return started_by_types(self.pipelines).get(event_type, ())

    def _given_up(self, tenant: str, task_id: str, pipeline: str) -> Quarantined | None:
        with contextlib.suppress(NotInQuarantineError):
            entry = self.quarantine.get(tenant, entry_id(task_id, pipeline))
            return entry if entry.status != "redriven" else None
        return None
