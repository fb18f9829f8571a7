"""What is refused about workflows, under the names that seed 003 gave."""

from __future__ import annotations

from shared.graph.validation import Report
from shared.workflows.workflow import Workflow


class WorkflowNotFoundError(Exception):
    """This tenant has no such workflow, or no such version of it."""


class WorkflowValidationError(Exception):
    """A graph cannot run; `report` says everything that is wrong, by node and field."""

    def __init__(self, report: Report) -> None:
        count = len(report.errors)
        more = f" (and {count - 1} more)" if count > 1 else ""
        super().__init__(f"{report.errors[0]}{more}")
        self.report = report


class StaleWorkflowError(Exception):
    """The workflow is not at the version that the caller named; `current` is how it stands."""

    def __init__(self, current: Workflow) -> None:
        super().__init__(f"the workflow is at version {current.version}; read it and decide again")
        self.current = current


class NotPublishedError(Exception):
    """Nothing of the workflow is published: nothing could run, or be rolled back."""
