"""Workflows, nodes and connections in the words of seed 001."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

from pydantic import AliasChoices, BaseModel, ConfigDict, Field, model_validator

from shared.workflows.executions.execution import Status
from shared.workflows.last_runs import LastRun
from shared.workflows.workflow import Activity, Name, Tag, Workflow, WorkflowType

Env = Annotated[dict[str, Any], Field(max_length=100)]
Text = Annotated[str, Field(min_length=1, max_length=200)]
READ_ONLY = frozenset(
    {"id", "last_run", "next_run", "runs_count", "task_id", "created_at", "updated_at",
     "created_by", "version", "published", "duration_ms"}
)  # fmt: skip
"""What an answer says and a body may repeat without meaning anything by it."""


class Body(BaseModel):
    """A body that names nothing else."""

    model_config = ConfigDict(extra="forbid")


class WorkflowPatch(Body):
    """What changes."""

    name: Name | None = None
    description: Annotated[str, Field(max_length=2_000)] | None = None
    category: Annotated[str, Field(max_length=50)] | None = None
    workflow_type: WorkflowType | None = None
    status: Activity | None = None
    tags: Annotated[tuple[Tag, ...], Field(max_length=20)] | None = None
    env: Env | None = None
    runtime_state: Env | None = None

    @model_validator(mode="before")
    @classmethod
    def _without_read_only(cls, raw: Any) -> Any:
        if not isinstance(raw, dict):
            return raw
        return {name: value for name, value in raw.items() if name not in READ_ONLY}


class WorkflowBody(WorkflowPatch):
    """A whole workflow; what is not named is empty."""

    name: Name
    description: Annotated[str, Field(max_length=2_000)] = ""
    category: Annotated[str, Field(max_length=50)] = ""
    workflow_type: WorkflowType = "production"
    tags: Annotated[tuple[Tag, ...], Field(max_length=20)] = ()
    env: Env = {}
    runtime_state: Env = {}


class WorkflowRow(BaseModel):
    """A workflow."""

    id: str
    name: str
    description: str
    category: str
    workflow_type: WorkflowType
    status: Activity
    tags: tuple[str, ...]
    runtime_state: dict[str, Any]
    last_run: str | None
    next_run: None = None
    """Schedules start production workflows; none stand yet."""
    runs_count: int
    task_id: str | None
    created_by: str | None
    created_at: str
    updated_at: str
    version: int
    published: int | None

    @classmethod
    def of(cls, found: Workflow, last: LastRun | None) -> WorkflowRow:
        """The view of a workflow."""
        return cls(**_row(found, last))


class WorkflowWithEnv(WorkflowRow):
    """A workflow with what every run of it knows."""

    env: dict[str, Any]


def _row(found: Workflow, last: LastRun | None) -> dict[str, Any]:
    return {
        "id": found.id, "name": found.name, "description": found.description,
        "category": found.category, "workflow_type": found.type, "status": found.activity,
        "tags": found.tags, "runtime_state": found.runtime_state,
        "last_run": last.at if last else None, "runs_count": last.count if last else 0,
        "task_id": last.task_id if last else None, "created_by": found.owner_id,
        "created_at": found.created_at.isoformat(), "updated_at": found.updated_at.isoformat(),
        "version": found.version, "published": found.published,
    }  # fmt: skip


def with_env(found: Workflow, last: LastRun | None, env: dict[str, Any]) -> WorkflowWithEnv:
    """The view of one workflow."""
    return WorkflowWithEnv(**_row(found, last), env=env)


class Place(Body):
    """Where a node is drawn."""

    x: Annotated[float, Field(ge=-1e7, le=1e7, allow_inf_nan=False)] = 0
    y: Annotated[float, Field(ge=-1e7, le=1e7, allow_inf_nan=False)] = 0


class NewNode(Body):
    """A node that is to be; its type by identifier, or as the catalogue gives it."""

    id: Text | None = None
    node_template: Annotated[
        str | dict[str, Any],
        Field(validation_alias=AliasChoices("nodeTemplate", "node_template", "node_type", "type")),
    ]
    name: Annotated[str, Field(max_length=200)] = ""
    position: Place = Place()
    form_values: dict[str, Any] = {}

    @property
    def type(self) -> str:
        """The identifier of the type."""
        given = self.node_template
        if isinstance(given, str):
            return given
        return str(given.get("type") or given.get("identifier") or given.get("id") or "")


class NodePatch(Body):
    """What changes of a node."""

    name: Annotated[str, Field(max_length=200)] | None = None
    position: Place | None = None
    form_values: dict[str, Any] | None = None


class Moved(Body):
    """Where a node is drawn from now on; `{position: {x, y}}` is read too."""

    position: Place

    @model_validator(mode="before")
    @classmethod
    def _plain(cls, raw: Any) -> Any:
        plain = isinstance(raw, dict) and "position" not in raw
        return {"position": raw} if plain else raw


class NewConnection(Body):
    """An edge that is to be."""

    source: Annotated[Text, Field(validation_alias=AliasChoices("source", "source_node"))]
    target: Annotated[Text, Field(validation_alias=AliasChoices("target", "target_node"))]
    source_handle: Annotated[
        str | None,
        Field(
            max_length=100,
            validation_alias=AliasChoices("sourceHandle", "source_handle"),
        ),
    ] = None
    target_handle: Annotated[
        str | None,
        Field(
            max_length=100,
            validation_alias=AliasChoices("targetHandle", "target_handle"),
        ),
    ] = None


class ConnectionPatch(Body):
    """What changes of an edge."""

    source: Annotated[
        Text | None, Field(validation_alias=AliasChoices("source", "source_node"))
    ] = None
    target: Annotated[
        Text | None, Field(validation_alias=AliasChoices("target", "target_node"))
    ] = None
    source_handle: Annotated[
        str | None,
        Field(
            max_length=100,
            validation_alias=AliasChoices("sourceHandle", "source_handle"),
        ),
    ] = None


class NodeRow(BaseModel):
    """A node."""

    id: str
    node_type: str
    name: str
    form_values: dict[str, Any]
    position: dict[str, float]
    x: float
    y: float
    output_key: str | None
    warnings: list[dict[str, str]] = []
    """What is wrong with the form; a draft may be incomplete."""


class ConnectionRow(BaseModel):
    """An edge."""

    id: str
    source: str
    target: str
    sourceHandle: str  # noqa: N815 - the word of the editors
    targetHandle: str  # noqa: N815
    label: str


class Canvas(BaseModel):
    """A draft as an editor draws it."""

    nodes: list[dict[str, Any]]
    edges: list[ConnectionRow]
    workflow: WorkflowWithEnv


TaskStatus = Literal["PENDING", "STARTED", "SUCCESS", "FAILURE", "REVOKED"]
TASKS: Final[dict[Status, TaskStatus]] = {
    "pending": "PENDING",
    "running": "STARTED",
    "paused": "STARTED",
    "completed": "SUCCESS",
    "failed": "FAILURE",
    "cancelled": "REVOKED",
}


class TaskView(BaseModel):
    """A run under the name that seed 001's queue gave it."""

    task_id: str
    status: TaskStatus
