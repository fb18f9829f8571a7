"""What is asked and answered about executions."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from shared.workflows.executions.execution import Cause, Engine, Execution, Status


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
