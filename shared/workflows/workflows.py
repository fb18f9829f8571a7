"""What can be done with workflows. Each change writes the workflow and its event together."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from shared.events import EntityRef, Event, triggers
from shared.events.outbox import STATE, Change, VersionConflictError, commit, partition
from shared.graph import FlowGraph, NodeRegistry
from shared.graph.errors import GraphError
from shared.graph.loaders import load_flow
from shared.graph.validation import Problem, Report, validate
from shared.identity.principal import Principal
from shared.identity.rights import Right
from shared.platform.clock import Clock, utc_now
from shared.platform.ids import new_id
from shared.platform.tables import Delete, Item, Put, Query, Tables, TablesBusyError, Write
from shared.workflows.errors import (
    StaleWorkflowError,
    WorkflowNotFoundError,
    WorkflowValidationError,
)
from shared.workflows.graphs import Graphs
from shared.workflows.workflow import Activity, NewWorkflow, Workflow, WorkflowUpdate, moment

_ATTEMPTS: Final = 5
_SOURCE: Final = "millrace.workflows"
NOTHING: Final[Mapping[str, Any]] = {}
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Caller:
    """Who changes something, and which version of the workflow they saw."""

    principal: Principal
    if_match: int | None = None


@dataclass(frozen=True, slots=True)
class Places:
    """Where workflows are kept, and what they are made of."""

    tables: Tables
    crm: str
    """Entities with their timelines, which are the outbox."""
    workflows: str
    """Lists, graphs, versions."""
    graphs: Graphs
    registry: NodeRegistry
    clock: Clock = utc_now


class Workflows:
    """The workflows of tenants."""

    def __init__(self, places: Places) -> None:
        self._at = places

    def create(self, caller: Caller, new: NewWorkflow) -> Workflow:
        """Adds a workflow, whose draft may still be wrong: only publishing asks for a whole one.

        Raises:
            WorkflowValidationError: the definition is of no format that can be read.
        """
        tenant, now = caller.principal.tenant, self._at.clock()
        graph = self._loaded(new.definition, new.name)
        digest, keep = self._at.graphs.write(tenant, graph)
        made = Workflow(
            **new.model_dump(exclude={"definition"}), id=new_id(), type=graph.type, graph=digest,
            owner_id=caller.principal.member, created_at=now, updated_at=now,
        )  # fmt: skip
        return self.write(caller, made, made, "workflow.created", {"name": made.name}, [keep])

    def check_readable(self, new: NewWorkflow) -> None:
        """Looks whether a definition can be read; raises WorkflowValidationError."""
        self._loaded(new.definition, new.name)

    def get(self, tenant: str, workflow_id: str) -> Workflow:
        """One workflow.

        Raises:
            WorkflowNotFoundError: this tenant has no such workflow.
        """
        key = {"pk": partition(tenant, EntityRef("workflow", workflow_id)), "sk": STATE}
        item = self._at.tables.get(self._at.crm, key)
        if item is None:
            raise WorkflowNotFoundError(f"there is no workflow {workflow_id}")
        return Workflow.model_validate(item)

    def draft(self, tenant: str, workflow_id: str) -> FlowGraph:
        """The graph that is being drawn."""
        return self._at.graphs.read(tenant, self.get(tenant, workflow_id).graph)

    def page(
        self, tenant: str, *, limit: int, before: str | None = None
    ) -> tuple[list[Workflow], bool]:
        """A tenant's workflows, the latest made first, and whether there are more.

        `before` is the id that the last page ended with.
        """
        query = Query(
            self._at.workflows, ("pk", _list(tenant)), limit=limit, descending=True, before=before
        )
        page = self._at.tables.query(query)
        return [Workflow.model_validate(item) for item in page.items], bool(page.next_start)

    def update(self, caller: Caller, workflow_id: str, changes: WorkflowUpdate) -> Workflow:
        """Changes what is named; a new definition is the new draft and runs nowhere yet."""
        return self.retried(lambda: self._update(caller, workflow_id, changes))

    def redraw(
        self,
        caller: Caller,
        workflow_id: str,
        drawn: Callable[[FlowGraph], FlowGraph],
        named: Mapping[str, Any] = NOTHING,
    ) -> Workflow:
        """Changes the draft as it stands, and fields beside it, in one write."""
        return self.retried(lambda: self._redrawn(caller, workflow_id, named, drawn))

    def switch(self, caller: Caller, workflow_id: str, activity: Activity) -> Workflow:
        """Notes whether it is on; who may and what for is `shared.workflows.activity`'s."""
        return self.retried(lambda: self._redrawn(caller, workflow_id, {"activity": activity}))

    def delete(self, caller: Caller, workflow_id: str) -> None:
        """Removes a workflow; its versions and executions stay as history."""
        self.retried(lambda: self._delete(caller, workflow_id))

    def delete_many(self, caller: Caller, ids: Sequence[str]) -> tuple[int, list[str]]:
        """Removes what can be removed; how many that were, and the ids of the others."""
        failed = []
        for workflow_id in dict.fromkeys(ids):
            try:
                self.delete(caller, workflow_id)
            except (WorkflowNotFoundError, PermissionError):
                failed.append(workflow_id)
        return len(dict.fromkeys(ids)) - len(failed), failed

    def duplicate(self, caller: Caller, workflow_id: str) -> Workflow:
        """A copy of the draft under a name of its own, with its variables and environment."""
        tenant = caller.principal.tenant
        original = self.get(tenant, workflow_id)
        kept = original.model_dump(include={"description", "category", "tags"})
        name = f"{original.name[:93]} (Copy)"
        graph = self._at.graphs.read(tenant, original.graph)
        return self.create(caller, NewWorkflow(name=name, definition=graph.as_json(), **kept))

    def validate(self, tenant: str, workflow_id: str) -> Report:
        """Everything that is wrong with the draft, and what a run would cost."""
        return validate(self.draft(tenant, workflow_id), self._at.registry)

    def sound_draft(self, tenant: str, workflow_id: str) -> FlowGraph:
        """The draft, if it can run; raises WorkflowValidationError."""
        graph = self.draft(tenant, workflow_id)
        report = validate(graph, self._at.registry)
        if not report.ok:
            raise WorkflowValidationError(report)
        return graph

    def expected(self, caller: Caller, workflow_id: str, right: Right) -> Workflow:
        """The workflow that a change begins from.

        Raises:
            WorkflowNotFoundError: this tenant has no such workflow.
            ForbiddenError: somebody else's, and the role may not change what others own.
            StaleWorkflowError: the caller saw another version.
        """
        found = self.get(caller.principal.tenant, workflow_id)
        caller.principal.require_on(right, found.owner_id)
        if caller.if_match not in (None, found.version):
            raise StaleWorkflowError(found)
        return found

    def write(
        self,
        caller: Caller,
        before: Workflow,
        after: Workflow | None,
        event_type: str,
        data: Mapping[str, Any],
        also: Sequence[Write] = (),
    ) -> Workflow:
        """State, event and list in one transaction; the workflow as it is then."""
        tenant = caller.principal.tenant
        event = Event(
            event_type, {"workflow_id": before.id, **data}, {"actor": caller.principal.subject},
            source=_SOURCE, time=self._at.clock(),
        )  # fmt: skip
        written = after.model_copy(update={"version": before.version + 1}) if after else None
        change = Change(
            tenant, EntityRef("workflow", before.id), before.version,
            _stored(written) if written else None, (event,),
        )  # fmt: skip
        # With what may be started by events: nothing that is switched off or gone is found there.
        heard = triggers.writes(
            self._at.workflows, tenant, before.id,
            before.listens if before.version else (), written.listens if written else (),
        )  # fmt: skip
        listed = self._listed(tenant, before, written)
        commit(self._at.tables, self._at.crm, change, [listed, *heard, *also])
        return written or before

    def retried(self, step: Callable[[], R]) -> R:
        """Decides anew when somebody was faster."""
        for _ in range(_ATTEMPTS):
            try:
                return step()
            except VersionConflictError:
                continue
        raise TablesBusyError("the workflow is changed by many at once; try again")

    def _update(self, caller: Caller, workflow_id: str, changes: WorkflowUpdate) -> Workflow:
        named = changes.model_dump(exclude_none=True, exclude={"definition"})
        given = changes.definition
        if given is None:
            return self._redrawn(caller, workflow_id, named)
        name = named.get("name") or self.get(caller.principal.tenant, workflow_id).name
        return self._redrawn(caller, workflow_id, named, lambda _: self._loaded(given, name))

    def _redrawn(
        self,
        caller: Caller,
        workflow_id: str,
        fields: Mapping[str, Any],
        drawn: Callable[[FlowGraph], FlowGraph] | None = None,
    ) -> Workflow:
        tenant = caller.principal.tenant
        before = self.expected(caller, workflow_id, Right.WORKFLOWS_CHANGE)
        named, also = dict(fields), list[Write]()
        if drawn is not None:
            graph = drawn(self._at.graphs.read(tenant, before.graph))
            digest, keep = self._at.graphs.write(tenant, graph)
            named |= {"graph": digest, "type": graph.type}
            also = [keep]
        changed = sorted(name for name, value in named.items() if value != getattr(before, name))
        if not changed:
            return before
        after = before.model_copy(update={**named, "updated_at": self._at.clock()})
        told = {"changed_fields": changed}
        return self.write(caller, before, after, "workflow.updated", told, also)

    def _delete(self, caller: Caller, workflow_id: str) -> None:
        before = self.expected(caller, workflow_id, Right.WORKFLOWS_DELETE)
        self.write(caller, before, None, "workflow.deleted", {"name": before.name})

    def _loaded(self, definition: Mapping[str, Any], name: str) -> FlowGraph:
        try:
            return load_flow({"name": name, **definition})
        except (GraphError, ValueError) as error:
            problem = Problem("", "definition", str(error), "send a definition of a known format")
            raise WorkflowValidationError(Report((problem,))) from None

    def _listed(self, tenant: str, before: Workflow, after: Workflow | None) -> Write:
        key = {"pk": _list(tenant), "sk": before.id}
        table = self._at.workflows
        return Put(table, {**_stored(after), **key}) if after else Delete(table, key)


def _list(tenant: str) -> str:
    return f"{tenant}#workflows"


def _stored(workflow: Workflow) -> Item:
    item = workflow.model_dump(exclude_none=True, exclude={"version"})
    times = {"created_at": moment(workflow.created_at), "updated_at": moment(workflow.updated_at)}
    return {**item, **times, "tags": list(workflow.tags), "version": workflow.version,
            "triggers": [one.model_dump(mode="json") for one in workflow.triggers]}  # fmt: skip
