"""The application of workflows in the table of tenants: one workflow, and runs in each status."""

from __future__ import annotations

from typing import Any

from functions.web.access import Declared, declared
from functions.workflow_loops.app import create_app
from functions.workflow_loops.settings import WorkflowSettings
from shared.identity.principal import Principal
from shared.identity.rights import Right
from shared.workflows.executions.publishers import IdentityPublishers
from shared.workflows.workflow import NewWorkflow, WorkflowUpdate
from shared.workflows.workflows import Caller
from tests.fakes.executions import ExecutionsWorld
from tests.fakes.graphs import REGISTRY
from tests.fakes.ports import MovedClock
from tests.fakes.tables import MemoryTables
from tests.unit.tenants.builders import is_building

ROOTS = ("/workflows/", "/workflow/", "/executions/", "/users/")
"""Connections, models and tools have tests of their own for roles and tenants."""
QUERIES = {
    "GET /workflows/{workflow_id}/diff/": "old=1",
    "GET /webhook-endpoints/deliveries/": "event=01935f3e-7c1a-7b4e-9d2f-00000000e7e7",
}
_ASKS = {
    "nodes": [{"id": "ask", "type": "approval",
               "config": {"approvers": ["admin", "manager", "sales_rep"]}}],
    "settings": {"engine": "inline"},
}  # fmt: skip
_FAILS = {
    "nodes": [{"id": "ask", "type": "transform", "config": {"output": "{{ data.name + 1 }}"}}],
    "settings": {"engine": "inline"},
}  # fmt: skip


class WorkflowsPart:
    """The application, and what the first tenant has in it."""

    def __init__(self, tables: MemoryTables, clock: MovedClock) -> None:
        publishers = IdentityPublishers(tables, "identity", clock)
        self.world = ExecutionsWorld(REGISTRY, tables, clock, publishers)
        self.app = create_app(WorkflowSettings())
        self.app.state.services, self.app.state.executing = self.world.services, self.world.at
        self._workflow = self._failed = self._waiting = ""

    def routes(self) -> list[Declared]:
        found = [route for route in declared(self.app) if route.path.startswith(ROOTS)]
        return [route for route in found if not is_building(route)]

    def ids(self, route: Declared) -> dict[str, Any]:
        """What stands in the paths: a run that waits, but for resuming one that failed."""
        if not route.path.startswith(ROOTS):
            return {}
        run = self._failed if route.path.endswith("/resume/") else self._waiting
        return {"workflow_id": self._workflow, "number": 1, "node": "ask", "execution_id": run}

    def bodies(self) -> set[str]:
        return set(self._all())

    def body(self, key: str) -> dict[str, Any] | None:
        return self._all().get(key)

    def _all(self) -> dict[str, dict[str, Any]]:
        one = "/workflows/{workflow_id}"
        run = "/executions/{execution_id}"
        starts = {f"POST {one}/{way}/": {} for way in ("execute", "run", "test", "duplicate")}
        return {
            **starts,
            "POST /workflows/": {"name": "New", "definition": _ASKS},
            "POST /workflows/bulk-delete/": {"workflow_ids": [self._workflow]},
            f"PUT {one}/": {"description": "changed"},
            f"PATCH {one}/": {"description": "changed"},
            f"POST {one}/publish/": {},
            f"POST {one}/rollback/": {"number": 1},
            f"POST {one}/triggers/test/": {"type": "lead.created"},
            "POST /executions/resume/": {"execution_ids": [self._failed]},
            f"POST {run}/cancel/": {},
            f"POST {run}/resume/": {},
            f"POST {run}/nodes/{{node}}/answer/": {"value": {"decision": "approved"}},
        }

    def fill(self, admin: Principal, mark: str) -> None:
        """A workflow that nobody owns, published by the admin, with a run of each kind."""
        nobody = Caller(Principal(admin.tenant, "k", "admin", "key", frozenset(Right)))
        services, at = self.world.services, self.world.at
        new = NewWorkflow(name=mark, definition=_FAILS)
        self._workflow = services.workflows.create(nobody, new).id
        found = []
        for graph in (_FAILS, _ASKS):
            changed = WorkflowUpdate(definition=graph)
            services.workflows.update(nobody, self._workflow, changed)
            workflow, _ = services.publishing.publish(Caller(admin), self._workflow)
            order = self.world.order(workflow, {"name": mark}, user_id=admin.subject)
            object.__setattr__(order, "tenant", admin.tenant)
            found.append(at.starting.start(order).id)
        self._failed, self._waiting = found
        assert at.reading.get(admin.tenant, self._failed).status == "failed"
        assert at.reading.get(admin.tenant, self._waiting).status == "paused"
