"""An execution: one run of a version of a workflow, or of its draft."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final, Literal, get_args

from pydantic import AwareDatetime, BaseModel, ConfigDict

from shared.events.chains import Origin
from shared.graph.record import Status as GraphStatus

Status = Literal["pending", "running", "paused", "completed", "failed", "cancelled"]
STATUSES: Final[tuple[Status, ...]] = get_args(Status)
STORED: Final[tuple[Status, ...]] = ("running", "paused", "completed", "failed", "cancelled")
"""No run is kept as pending: it runs from the moment at which it is written."""
OVER: Final = frozenset[Status]({"completed", "failed", "cancelled"})
Engine = Literal["inline", "durable"]
CauseKind = Literal["principal", "webhook", "schedule", "event", "workflow", "resume", "failure"]

_OF_GRAPH: Final[dict[GraphStatus, Status]] = {
    GraphStatus.PENDING: "pending",
    GraphStatus.READY: "pending",
    GraphStatus.RUNNING: "running",
    GraphStatus.WAITING: "paused",
    GraphStatus.COMPLETED: "completed",
    GraphStatus.FAILED: "failed",
    GraphStatus.CANCELLED: "cancelled",
}


class Cause(BaseModel):
    """Who or what started a run."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    kind: CauseKind
    id: str
    """The principal's subject, the webhook, the schedule, the event, or the other execution."""


class Execution(BaseModel):
    """One run, without its data."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    id: str
    workflow_id: str
    number: int | None = None
    """Of the version; nothing is the draft."""
    flow: str
    """The name of the graph that it runs."""
    engine: Engine
    machine: str = ""
    """The ARN of the version's state machine, if that runs it."""
    express: bool = False
    status: Status = "running"
    cause: Cause
    tried_by: str = ""
    """Of a draft: in whose name its nodes act, also after it was resumed."""
    user_id: str | None = None
    """The member who started it, or in whose run it was started."""
    error: dict[str, Any] | None = None
    """Type, message and node; no data of the run."""
    on_failure: str = ""
    started_at: AwareDatetime
    completed_at: AwareDatetime | None = None
    due_at: AwareDatetime | None = None
    """When it is to have ended; a run that waits inline has no such moment."""
    allowed: float = 900.0
    """Seconds that it may take."""
    correlation_id: str = ""
    """That of the event that began it all; nothing is its own id."""
    depth: int = 0
    """How many runs in a row were started by events, itself included."""
    continues: str | None = None
    """The failed execution that it goes on with."""
    expires_at: int
    """Seconds since 1970 after which it is not kept."""
    version: int = 0
    """Of this row: counts its changes."""

    @property
    def origin(self) -> Origin:
        """What events that it leads to say of it."""
        return Origin(self.correlation_id or self.id, self.id, self.depth)

    @property
    def over(self) -> bool:
        """Whether it has ended."""
        return self.status in OVER

    @property
    def seconds(self) -> float | None:
        """How long it took."""
        if self.completed_at is None:
            return None
        return (self.completed_at - self.started_at).total_seconds()


def status_of(status: GraphStatus) -> Status:
    """What lists call a status of the graph."""
    return _OF_GRAPH[status]


def moment(value: datetime | None) -> str | None:
    """A time as it is stored."""
    return value.isoformat() if value else None
