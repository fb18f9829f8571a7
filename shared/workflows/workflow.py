"""A workflow, a published version of it, and what an input may say."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from shared.events.triggers import Trigger

WorkflowType = Literal["api", "production"]
Activity = Literal["active", "inactive", "error"]

Name = Annotated[str, Field(min_length=1, max_length=100)]
Tag = Annotated[str, Field(min_length=1, max_length=50)]


class WorkflowFields(BaseModel):
    """What a client may say about a workflow beside its graph."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Name
    description: Annotated[str, Field(max_length=2_000)] = ""
    category: Annotated[str, Field(max_length=50)] = ""
    tags: Annotated[tuple[Tag, ...], Field(max_length=20)] = ()


class NewWorkflow(WorkflowFields):
    """A workflow that is to be; its definition may be of any format that `load_flow` reads."""

    definition: dict[str, Any] = {}


class WorkflowUpdate(BaseModel):
    """What changes; what is not named stays."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Name | None = None
    description: Annotated[str, Field(max_length=2_000)] | None = None
    category: Annotated[str, Field(max_length=50)] | None = None
    tags: Annotated[tuple[Tag, ...], Field(max_length=20)] | None = None
    definition: dict[str, Any] | None = None
    runtime_state: Annotated[dict[str, Any], Field(max_length=100)] | None = None


class Workflow(WorkflowFields):
    """A workflow as it is kept."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    id: str
    type: WorkflowType
    activity: Activity = "inactive"
    owner_id: str | None = None
    runtime_state: dict[str, Any] = {}
    """What `runtime` begins with in development."""
    graph: str
    """The hash of the draft."""
    published: int | None = None
    """The number of the version that runs."""
    triggers: tuple[Trigger, ...] = ()
    """Which events start that version."""
    last_version: int = 0
    """The number that was given last; a number is never given twice."""
    created_at: AwareDatetime
    updated_at: AwareDatetime
    version: int = 0
    """Of this record: counts changes, and guards against two at once."""

    @property
    def listens(self) -> tuple[Trigger, ...]:
        """The triggers that start something now."""
        return self.triggers if self.published and self.activity == "active" else ()


class Version(BaseModel):
    """A published version: what it was made of, by whom, and the machine it became."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    workflow_id: str
    number: int
    graph: str
    notes: str = ""
    published_by: str
    published_at: AwareDatetime
    machine: Literal["standard", "express", "none"] = "none"
    why: str = ""
    """Why the machine is of that type."""
    arn: str = ""
    """Of the state machine; a version that runs inline has none."""
    engine: Literal["inline", "durable"] = "durable"
    seconds: int = 900
    """After which a run of it is given up."""
    on_failure: str = ""
    retention_days: int = 90

    @property
    def flow(self) -> str:
        """What executions keep of the version that they run: the name of its graph."""
        return f"{self.workflow_id}.{self.number}.{self.graph[:12]}"


def moment(value: datetime) -> str:
    """A time as it is stored."""
    return value.isoformat()
