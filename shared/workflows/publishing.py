"""Published versions: immutable, numbered, one of them stands.

draft --publish--> version n, which stands    version m --rollback--> m stands again
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Final, Literal

from shared.graph import FlowGraph
from shared.graph.asl.compiler import compile_flow
from shared.graph.durable.published import PublishedFlows
from shared.graph.plan import make_plan
from shared.graph.validation import validate
from shared.identity.rights import Right
from shared.platform.flow_machines import FlowMachines, Wanted
from shared.platform.tables import Absent, Item, Put, Query, TransactionRefusedError
from shared.workflows.differences import Difference, differences
from shared.workflows.errors import (
    NotPublishedError,
    WorkflowNotFoundError,
    WorkflowValidationError,
)
from shared.workflows.triggering import triggers_of
from shared.workflows.workflow import Version, Workflow, moment
from shared.workflows.workflows import Caller, Places, Workflows

_MACHINES: Final[Mapping[str, Literal["standard", "express"]]] = {
    "STANDARD": "standard",
    "EXPRESS": "express",
}


class Publishing:
    """What makes versions of drafts, and says which one runs."""

    def __init__(
        self,
        places: Places,
        workflows: Workflows,
        flows: PublishedFlows,
        machines: FlowMachines | None = None,
    ) -> None:
        """Takes what versions are made of; without machines, everything runs inline."""
        self._at = places
        self._machines = machines
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
        return self.standing_of(tenant, self._workflows.get(tenant, workflow_id))

    def standing_of(self, tenant: str, workflow: Workflow) -> Version:
        """The version that runs of a workflow that was read; see `standing`."""
        if workflow.published is None:
            raise NotPublishedError(f"{workflow.name} is not published; publish it first")
        return self.version(tenant, workflow.id, workflow.published)

    def version(self, tenant: str, workflow_id: str, number: int) -> Version:
        """One version; raises WorkflowNotFoundError."""
        key = {"pk": _versions(tenant, workflow_id), "sk": _sort(number)}
        item = self._at.tables.get(self._at.workflows, key)
        if item is None:
            raise WorkflowNotFoundError(f"workflow {workflow_id} has no version {number}")
        return Version.model_validate(item)

    def runnable(self, tenant: str, version: Version) -> Version:
        """A version with its machine: one that does not stand may have lost it meanwhile.

        Raises:
            MachineError: the machine could not be made again.
        """
        if version.engine == "inline" or self._machines is None:
            return version
        graph = self._at.graphs.read(tenant, version.graph)
        compiled = compile_flow(make_plan(graph, self._at.registry))
        wanted = Wanted(
            tenant, version.workflow_id, version.number, compiled.as_text(), compiled.machine.type
        )
        return version.model_copy(update={"arn": self._machines.ensure(wanted)})

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
        heard = triggers_of(graph, self._at.registry)
        number = self._claimed(tenant, before)
        version = self._made(caller, before, graph, number, notes)
        key = {"pk": _versions(tenant, workflow_id), "sk": _sort(number)}
        row = Put(self._at.workflows, {**_stored(version), **key}, Absent(), label="version")
        now = {
            "published": number, "last_version": number, "updated_at": self._at.clock(),
            "triggers": heard,
        }  # fmt: skip
        if before.published is None:
            now["activity"] = "active"
        after = before.model_copy(update=now)
        told = {"number": number, "machine": version.machine}
        return self._workflows.write(
            caller, before, after, "workflow.published", told, [row]
        ), version

    def _made(
        self, caller: Caller, workflow: Workflow, graph: FlowGraph, number: int, notes: str
    ) -> Version:
        """A version with everything that runs it, reachable by its number alone."""
        compiled = compile_flow(make_plan(graph, self._at.registry))
        settings, machine = graph.settings, compiled.machine
        inline = settings.engine == "inline"
        version = Version(
            workflow_id=workflow.id, number=number, graph=workflow.graph, notes=notes,
            published_by=caller.principal.subject, published_at=self._at.clock(),
            machine="none" if inline else _MACHINES[machine.type],
            why="the flow's settings ask for inline" if inline else machine.reason,
            engine=settings.engine, on_failure=settings.on_failure,
            seconds=math.ceil(settings.timeout) if inline else machine.seconds,
            retention_days=settings.retention_days,
        )  # fmt: skip
        tenant = caller.principal.tenant
        self._flows.publish(tenant, version.flow, graph)
        if inline or self._machines is None:
            return version
        wanted = Wanted(tenant, workflow.id, number, compiled.as_text(), machine.type)
        return version.model_copy(update={"arn": self._machines.ensure(wanted)})

    def _claimed(self, tenant: str, workflow: Workflow) -> int:
        """The next number that no publication of another graph has begun to use.

        A machine stands before its version does: of two publications at once, each needs its own.
        """
        number = workflow.last_version + 1
        while True:
            key = {"pk": f"{tenant}#workflow#{workflow.id}#claims", "sk": _sort(number)}
            try:
                claim = Put(self._at.workflows, {**key, "graph": workflow.graph}, Absent())
                self._at.tables.transact([claim])
                return number
            except TransactionRefusedError:
                standing = self._at.tables.get(self._at.workflows, key)
                if standing is not None and standing["graph"] == workflow.graph:
                    return number
            number += 1

    def _rollback(self, caller: Caller, workflow_id: str, number: int) -> Workflow:
        before = self._workflows.expected(caller, workflow_id, Right.WORKFLOWS_PUBLISH)
        if before.published is None:
            raise NotPublishedError(f"{before.name} is not published; publish it first")
        tenant = caller.principal.tenant
        kept = self.version(tenant, workflow_id, number)
        if before.published == number:
            return before
        version = self.runnable(tenant, kept)
        key = {"pk": _versions(tenant, workflow_id), "sk": _sort(number)}
        row = Put(self._at.workflows, {**_stored(version), **key}, label="version")
        also = [row] if version != kept else []
        heard = triggers_of(self._at.graphs.read(tenant, version.graph), self._at.registry)
        now = {"published": number, "updated_at": self._at.clock(), "triggers": heard}
        after = before.model_copy(update=now)
        told = {"number": number, "before": before.published}
        return self._workflows.write(caller, before, after, "workflow.rolled_back", told, also)


def _versions(tenant: str, workflow_id: str) -> str:
    return f"{tenant}#workflow#{workflow_id}#versions"


def _sort(number: int) -> str:
    return f"{number:09d}"


def _stored(version: Version) -> Item:
    return {**version.model_dump(), "published_at": moment(version.published_at)}
