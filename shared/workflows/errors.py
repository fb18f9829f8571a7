"""What is refused about workflows, under the names that seed 003 gave."""

from __future__ import annotations

from typing import Literal

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


class PartNotFoundError(Exception):
    """The draft has no such node or connection."""

    def __init__(self, kind: Literal["node", "connection", "webhook"], part: str) -> None:
        super().__init__(f"the workflow has no {kind} {part}; its canvas lists them")
        self.kind = kind


class DrawingRefusedError(Exception):
    """What was asked for could never be meant: which field, what is wrong, and the mend."""

    def __init__(self, field: str, problem: str, fix: str) -> None:
        super().__init__(f"{field}: {problem}; {fix}")
        self.entry = {"field": field, "problem": problem, "fix": fix}


class NotForThisTypeError(Exception):
    """The workflow is of a type for which this has no meaning."""


class NotActiveError(Exception):
    """The workflow is switched off."""


class MissingOutputError(Exception):
    """A node needs an output that neither stands nor is pinned; the message names it."""


class NoTaskError(Exception):
    """No run of the workflow was started yet."""
