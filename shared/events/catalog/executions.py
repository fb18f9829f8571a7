"""What becomes of pipelines and workflows that run."""

from __future__ import annotations

from typing import Final

from shared.events.catalog.registry import EventData, PersonalObject, event_type

SOURCE: Final = "millrace.executions"
_SAMPLE = {
    "execution_id": "01935f3e-9a00-7c11-8f00-0a1b2c3d4e5f",
    "pipeline": "lead_pipeline",
    "trigger": "lead.created",
    "trace": [
        {"node": "analyze", "status": "completed", "ms": 3, "attempt": 1},
        {
            "node": "decide",
            "status": "completed",
            "ms": 1,
            "attempt": 1,
            "route": "response",
        },
    ],
    "result": {"status": "completed"},
}


class TraceEntry(EventData):
    """One node's run."""

    node: str
    status: str
    ms: int
    attempt: int
    route: str | None = None


@event_type("execution.completed", source=SOURCE, topics=("executions",), sample=_SAMPLE)
class ExecutionCompleted(EventData):
    """A pipeline or a workflow ran to its end; the result is what a pipeline's nodes added.

    Of a workflow `pipeline` is its id, and trace and result stand in the execution alone.
    """

    execution_id: str
    pipeline: str
    trigger: str
    trace: list[TraceEntry]
    result: PersonalObject
    workflow_id: str | None = None


_RUN = {
    "execution_id": "01935f3e-9a00-7c11-8f00-0a1b2c3d4e5f",
    "workflow_id": "01935f3e-7c1a-7b4e-9d2f-3a5b6c7d8e9f",
    "trigger": "principal",
}


@event_type("execution.started", source=SOURCE, topics=("executions",), sample=_RUN)
class ExecutionStarted(EventData):
    """A workflow began to run; the trigger is the kind of what caused it."""

    execution_id: str
    workflow_id: str
    trigger: str


@event_type("execution.paused", source=SOURCE, topics=("executions",), sample=_RUN)
class ExecutionPaused(ExecutionStarted):
    """A run waits for an answer or a moment, and nothing of it runs meanwhile."""


@event_type("execution.continued", source=SOURCE, topics=("executions",), sample=_RUN)
class ExecutionContinued(ExecutionStarted):
    """A run that waited goes on."""


@event_type("execution.cancelled", source=SOURCE, topics=("executions",), sample=_RUN)
class ExecutionCancelled(ExecutionStarted):
    """Somebody ended a run; a node in flight ends, and nothing follows it."""


@event_type(
    "execution.failed",
    source=SOURCE,
    topics=("executions",),
    sample={
        **_RUN,
        "failed_node": "greet",
        "error": {"type": "TypeError", "message": "no such field", "node": "greet"},
        "on_failure": "01935f3e-7c1a-7b4e-9d2f-3a5b6c7d8e9f",
    },
)
class ExecutionFailed(ExecutionStarted):
    """A run of a workflow failed: which node, and which workflow is to be started for it."""

    failed_node: str | None = None
    error: PersonalObject
    on_failure: str | None = None
