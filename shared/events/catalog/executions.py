"""What becomes of pipelines that ran."""

from __future__ import annotations

from typing import Any

from shared.events.catalog.registry import EventData, event_type

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


@event_type("execution.completed", topics=("executions",), sample=_SAMPLE)
class ExecutionCompleted(EventData):
    """A pipeline ran to its end; the result is what its nodes added."""

    execution_id: str
    pipeline: str
    trigger: str
    trace: list[TraceEntry]
    result: dict[str, Any]
