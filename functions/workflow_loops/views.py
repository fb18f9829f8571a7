"""What is asked and answered about workflows, beside the workflows themselves."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from shared.graph.validation import Report
from shared.workflows.differences import Difference
from shared.workflows.workflow import Version, Workflow


class WorkflowView(Workflow):
    """A workflow with its draft."""

    definition: dict[str, Any]


class WorkflowsView(BaseModel):
    """A page of workflows, the latest made first."""

    workflows: list[Workflow]
    before: str | None
    """Where the next page starts, if there is one."""


class Ids(BaseModel):
    """Which workflows."""

    model_config = ConfigDict(extra="forbid")

    workflow_ids: Annotated[list[str], Field(min_length=1, max_length=100)]


class Removed(BaseModel):
    """How many were removed, and which could not be."""

    message: str
    deleted_count: int
    failed_ids: list[str]


class Publication(BaseModel):
    """Why a version is made."""

    model_config = ConfigDict(extra="forbid")

    notes: Annotated[str, Field(max_length=2_000)] = ""


class Rollback(BaseModel):
    """Which version shall run again."""

    model_config = ConfigDict(extra="forbid")

    number: Annotated[int, Field(ge=1)]


class Published(BaseModel):
    """A new version, and the workflow whose it is."""

    workflow: Workflow
    version: Version


class VersionView(Version):
    """A version with its graph."""

    definition: dict[str, Any]


class VersionsView(BaseModel):
    """A page of versions, the latest first."""

    versions: list[Version]
    before: int | None
    """Where the next page starts, if there is one."""


class DifferencesView(BaseModel):
    """What changed from one graph to another."""

    differences: list[Difference]


class Issue(BaseModel):
    """One thing that is wrong with a graph."""

    node: str
    field: str
    problem: str
    fix: str
    severity: Literal["error", "warning"]


class Validation(BaseModel):
    """Whether a draft can run, and everything that is wrong with it."""

    valid: bool
    issues: list[Issue]
    warnings: list[Issue]
    node_count: int
    edge_count: int

    @classmethod
    def of(cls, report: Report, nodes: int, edges: int) -> Validation:
        """The view of a report."""
        found = [Issue(**problem.as_json()) for problem in report.problems]
        issues = [issue for issue in found if issue.severity == "error"]
        warnings = [issue for issue in found if issue.severity == "warning"]
        return cls(
            valid=report.ok, issues=issues, warnings=warnings, node_count=nodes, edge_count=edges
        )
