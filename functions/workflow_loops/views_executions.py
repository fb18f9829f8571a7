"""What is asked and answered about executions."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Annotated, Any, Final, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from shared.workflows.executions.execution import Cause, Engine, Execution, Status
from shared.workflows.executions.logs import Level, happened
from shared.workflows.executions.record import NodeDetail, Standing

SHOWN: Final = 100
"""Lines of the log that stand with an execution; the rest is at `/logs/`."""


MAX_SHOWN: Final = 1_500_000
"""Bytes of JSON of one value in an answer, which may have six megabytes in all."""


def shown(value: Any) -> Any:
    """A value, or how large it is if no answer takes it."""
    size = len(json.dumps(value, default=str))
    return value if size <= MAX_SHOWN else {"omitted_bytes": size}


class Start(BaseModel):
    """What a run begins with; both older systems' names of it are taken."""

    model_config = ConfigDict(extra="forbid")

    inputs: dict[str, Any] | None = None
    input: Any = None
    """Seed 001's name; what is no object is given as `input`."""
    workflow_id: str | None = None
    """Of seed 003; the path says it already."""
    timeout: Annotated[float, Field(gt=0, le=300)] | None = None
    """Seconds that the caller waits, 25 at most."""

    @property
    def given(self) -> dict[str, Any]:
        """The input of the run."""
        if self.inputs is not None:
            return self.inputs
        if isinstance(self.input, dict):
            return self.input
        return {} if self.input is None else {"input": self.input}


class ExecutionView(BaseModel):
    """An execution in a list: how it stands, without its data."""

    execution_id: str
    workflow_id: str
    version: int | None
    """Of the workflow; nothing is the draft."""
    status: Status
    engine: Engine
    cause: Cause
    user_id: str | None
    error: str | None
    failed_node: str | None
    started_at: AwareDatetime
    completed_at: AwareDatetime | None
    duration_seconds: float | None

    @classmethod
    def facts(cls, execution: Execution) -> dict[str, Any]:
        """The fields of an execution."""
        error = execution.error or {}
        return {
            "execution_id": execution.id,
            "workflow_id": execution.workflow_id,
            "version": execution.number,
            "error": f"{error['type']}: {error['message']}" if error else None,
            "failed_node": error.get("node") or None,
            "duration_seconds": execution.seconds,
            **execution.model_dump(
                include={"status", "engine", "cause", "user_id", "started_at", "completed_at"}
            ),
        }

    @classmethod
    def of(cls, execution: Execution) -> ExecutionView:
        """The view of an execution."""
        return cls(**cls.facts(execution))


class ExecutionsView(BaseModel):
    """A page of executions, the newest first."""

    executions: list[ExecutionView]
    before: str | None
    """Where the next page starts, if there is one."""


class Statistics(BaseModel):
    """How the runs of a workflow that have ended did so."""

    total: int
    success: int
    failure: int
    cancelled: int
    success_rate: float
    average_duration_seconds: float


class NodeStateView(BaseModel):
    """Where a node of a run stands, without its data."""

    model_config = ConfigDict(from_attributes=True)

    node_id: str
    path: str
    status: str
    route: str | None
    attempts: int
    started_at: AwareDatetime | None
    completed_at: AwareDatetime | None
    duration_seconds: float | None
    error: dict[str, Any] | None
    waits_for: str | None
    items: dict[str, int] | None
    """Of a node in a loop: how many items stand where."""


class NodeView(NodeStateView):
    """A node of a run with its data."""

    input: Any
    output: Any
    waiting: dict[str, Any] | None
    """What it waits for, in full."""
    tokens: int | None
    cost: float | None

    @classmethod
    def detail(cls, found: NodeDetail) -> NodeView:
        """The view of a node."""
        return cls(
            **asdict(found.state), input=shown(found.input), output=shown(found.output),
            waiting=dict(found.waits_for) if found.waits_for else None,
            tokens=found.tokens, cost=found.cost,
        )  # fmt: skip


class LogLine(BaseModel):
    """One thing that happened in a run."""

    model_config = ConfigDict(from_attributes=True)

    timestamp: AwareDatetime
    level: Level
    node_id: str | None
    path: str
    message: str


class ExecutionDetail(ExecutionView):
    """One execution with its data, its nodes, and the last of what happened in it."""

    current_node: str | None
    inputs: Any
    result: Any
    node_states: dict[str, NodeStateView]
    logs: list[LogLine]
    continues: str | None
    """The failed execution that it went on with."""

    @classmethod
    def detail(cls, standing: Standing) -> ExecutionDetail:
        """The view of a run."""
        states = {
            node: NodeStateView.model_validate(state) for node, state in standing.nodes.items()
        }
        last = happened(standing)[-SHOWN:]
        return cls(
            **cls.facts(standing.execution), current_node=standing.current,
            inputs=shown(standing.header.given), result=shown(standing.header.result),
            node_states=states,
            logs=[LogLine.model_validate(line) for line in last],
            continues=standing.execution.continues,
        )  # fmt: skip


class LogsView(BaseModel):
    """A page of a run's log, oldest first."""

    logs: list[LogLine]
    total: int


class HappenedView(LogLine):
    """One thing that happened in a run, with its facts."""

    what: str
    route: str | None
    attempts: int | None
    duration_seconds: float | None


class ExecutionTimeline(BaseModel):
    """Everything that happened in a run, oldest first."""

    execution_id: str
    timeline: list[HappenedView]


class Resume(BaseModel):
    """Which version goes on: that of the failed run, or the one that stands now."""

    model_config = ConfigDict(extra="forbid")

    version: Literal["same", "latest"] = "same"


class ResumeMany(Resume):
    """Which failed runs go on: these, or the latest failed ones of a workflow."""

    execution_ids: Annotated[list[str], Field(max_length=100)] = []
    workflow_id: Annotated[str | None, Field(max_length=100)] = None
    status: Literal["failed"] = "failed"

    @model_validator(mode="after")
    def _one_of_both(self) -> ResumeMany:
        if bool(self.execution_ids) == bool(self.workflow_id):
            raise ValueError("send either execution_ids or workflow_id")
        return self


class ResumedView(BaseModel):
    """What became of one of them."""

    execution_id: str
    started: str | None
    """The execution that goes on."""
    error: str | None


class ResumedManyView(BaseModel):
    """What became of each."""

    resumed: list[ResumedView]
    started_count: int


class AnswerBody(BaseModel):
    """What a node that waits is told."""

    model_config = ConfigDict(extra="forbid")

    value: Any = None
    route: Annotated[str, Field(max_length=200)] = ""
    path: Annotated[str, Field(max_length=500)] = ""
    """Of the items around the node: `loop[0]/`."""
