"""What happens to workflows."""

from __future__ import annotations

from typing import Final

from shared.events.catalog.registry import EventData, event_type

SOURCE: Final = "millrace.workflows"
_ID = "01935f3e-7c1a-7b4e-9d2f-3a5b6c7d8e9f"


@event_type(
    "workflow.created",
    source=SOURCE,
    topics=("workflows",),
    sample={"workflow_id": _ID, "name": "Greet"},
)
class WorkflowCreated(EventData):
    """A workflow was added; its draft runs nowhere yet."""

    workflow_id: str
    name: str


@event_type(
    "workflow.updated",
    source=SOURCE,
    topics=("workflows",),
    sample={"workflow_id": _ID, "changed_fields": ["graph", "name"]},
)
class WorkflowUpdated(EventData):
    """Fields of a workflow, or its draft, were changed."""

    workflow_id: str
    changed_fields: list[str]


@event_type(
    "workflow.deleted",
    source=SOURCE,
    topics=("workflows",),
    sample={"workflow_id": _ID, "name": "Greet"},
)
class WorkflowDeleted(EventData):
    """A workflow was removed."""

    workflow_id: str
    name: str


@event_type(
    "workflow.published",
    source=SOURCE,
    topics=("workflows",),
    sample={"workflow_id": _ID, "number": 3, "machine": "express"},
)
class WorkflowPublished(EventData):
    """A version of the draft was made, and runs from now on."""

    workflow_id: str
    number: int
    machine: str


@event_type(
    "workflow.rolled_back",
    source=SOURCE,
    topics=("workflows",),
    sample={"workflow_id": _ID, "number": 2, "before": 3},
)
class WorkflowRolledBack(EventData):
    """An earlier version runs again."""

    workflow_id: str
    number: int
    before: int
