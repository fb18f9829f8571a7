"""Published versions: immutable, numbered, one of them stands.

draft --publish--> version n, which stands    version m --rollback--> m stands again
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

from shared.graph import FlowGraph
from shared.graph.asl.compiler import compile_flow
from shared.graph.durable.published import PublishedFlows
from shared.graph.plan import make_plan
from shared.graph.validation import validate
from shared.identity.rights import Right
from shared.platform.tables import Absent, Item, Put, Query
from shared.workflows.differences import Difference, differences
from shared.workflows.errors import (
    NotPublishedError,
    WorkflowNotFoundError,
    WorkflowValidationError,
)
from shared.workflows.workflow import Version, Workflow, moment
from shared.workflows.workflows import Caller, Places, Workflows

_MACHINES: Final[Mapping[str, Literal["standard", "express"]]] = {
    "STANDARD": "standard",
    "EXPRESS": "express",
}


class Publishing:
    """What makes versions of drafts, and says which one runs."""

    def __init__(self, places: Places, workflows: Workflows, flows: PublishedFlows) -> None:
        self._at = places
        self._workflows = workflows
        self._flows = flows

    def publish(
        self, caller: Caller, workflow_id: str, notes: str = ""
    ) -> tuple[Workflow, Version]:
        """Makes a version of the draft, which runs from now on; runs that began go on with theirs.

        What is written before the version stands is only reachable by its number, so a publication
        that fails half way leaves the old version standing.

        Raises:
            WorkflowValidationError: the draft cannot run.
        """
        return self._workflows.retried(lambda: self._publish(caller, workflow_id, notes))

    def rollback(self, caller: Caller, workflow_id: str, number: int) -> Workflow:
        """Lets an earlier version stand again.

        Raises:
            WorkflowNotFoundError: there is no such version.
        """
        return self._workflows.retried(lambda: self._rollback(caller, workflow_id, number))

    def standing(self, tenant: str, workflow_id: str) -> Version:
        """The version that runs.

        Raises:
            NotPublishedError: nothing was published.
        """
        found = self._workflows.get(tenant, workflow_id)
        if found.published is None:
            raise NotPublishedError(f"{found.name} is not published; publish it first")
        return self.version(tenant, workflow_id, found.published)

    def version(self, tenant: str, workflow_id: str, number: int) -> Version:
        """One version; raises WorkflowNotFoundError."""
        key = {"pk": _versions(tenant, workflow_id), "sk": _sort(number)}
        item = self._at.tables.get(self._at.workflows, key)
        if item is None:
            raise WorkflowNotFoundError(f"workflow {workflow_id} has no version {number}")
        return Version.model_validate(item)

    def versions(
        self, tenant: str, workflow_id: str, *, limit: int, before: int | None = None
    ) -> tuple[list[Version], bool]:
        """The versions, the latest first, and whether there are more before the last."""
        self._workflows.get(tenant, workflow_id)
        query = Query(
            self._at.workflows, ("pk", _versions(tenant, workflow_id)), limit=limit,
            descending=True, before=_sort(before) if before else None,
        )  # fmt: skip
        page = self._at.tables.query(query)
        return [Version.model_validate(item) for item in page.items], bool(page.next_start)

    def graph(self, tenant: str, workflow_id: str, number: int | None = None) -> FlowGraph:
        """The graph of a version; without a number the draft."""
        if number is None:
            return self._workflows.draft(tenant, workflow_id)
        return self._at.graphs.read(tenant, self.version(tenant, workflow_id, number).graph)

    def differences(
        self, tenant: str, workflow_id: str, old: int, new: int | None = None
    ) -> list[Difference]:
        """What changed from a version to another, or to the draft."""
        before = self.graph(tenant, workflow_id, old)
        return differences(before, self.graph(tenant, workflow_id, new))

    def _publish(self, caller: Caller, workflow_id: str, notes: str) -> tuple[Workflow, Version]:
        tenant = caller.principal.tenant
        before = self._workflows.expected(caller, workflow_id, Right.WORKFLOWS_PUBLISH)
        graph = self._at.graphs.read(tenant, before.graph)
        report = validate(graph, self._at.registry)
        if not report.ok:
            raise WorkflowValidationError(report)
        compiled = compile_flow(make_plan(graph, self._at.registry))
        number = before.last_version + 1
        version = Version(
            workflow_id=workflow_id, number=number, graph=before.graph, notes=notes,
            published_by=caller.principal.subject, published_at=self._at.clock(),
            machine=_MACHINES[compiled.machine.type], why=compiled.machine.reason,
        )  # fmt: skip
        self._flows.publish(tenant, f"{version.label}.{before.graph[:12]}", graph)
        key = {"pk": _versions(tenant, workflow_id), "sk": _sort(number)}
        row = Put(self._at.workflows, {**_stored(version), **key}, Absent(), label="version")
        now = {"published": number, "last_version": number, "updated_at": self._at.clock()}
        after = before.model_copy(update=now)
        told = {"number": number, "machine": version.machine}
        return self._workflows.write(
            caller, before, after, "workflow.published", told, [row]
        ), version

    def _rollback(self, caller: Caller, workflow_id: str, number: int) -> Workflow:
        before = self._workflows.expected(caller, workflow_id, Right.WORKFLOWS_PUBLISH)
        if before.published is None:
            raise NotPublishedError(f"{before.name} is not published; publish it first")
        self.version(caller.principal.tenant, workflow_id, number)
        if before.published == number:
            return before
        after = before.model_copy(update={"published": number, "updated_at": self._at.clock()})
        told = {"number": number, "before": before.published}
        return self._workflows.write(caller, before, after, "workflow.rolled_back", told)


def _versions(tenant: str, workflow_id: str) -> str:
    return f"{tenant}#workflow#{workflow_id}#versions"


def _sort(number: int) -> str:
    return f"{number:09d}"


def _stored(version: Version) -> Item:
    return {**version.model_dump(), "published_at": moment(version.published_at)}
