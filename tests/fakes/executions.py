"""Workflows and their executions with everything in memory, both engines included."""

from __future__ import annotations

from typing import Any

from functions.workflow_loops import executing
from functions.workflow_loops.engines import Engines
from functions.workflow_loops.services import build
from shared.events.outbox import timeline
from shared.graph import NodeRegistry
from shared.graph.durable import NodeRunner
from shared.graph.durable.published import PublishedFlows
from shared.identity.principal import Principal
from shared.workflows.executions.execution import Cause, Execution
from shared.workflows.executions.rows import entity
from shared.workflows.executions.starting import Order
from shared.workflows.workflow import NewWorkflow, Workflow
from shared.workflows.workflows import Caller
from tests.engines.comparing import MemoryBlobs
from tests.fakes.flow_machines import MemoryFlowMachines, MemoryFlowRuns
from tests.fakes.graphs import REGISTRY
from tests.fakes.ports import MovedClock
from tests.fakes.tables import MemoryTables

JO = Caller(Principal("acme", "jo", "admin"))


class MemoryPublishers:
    """The port `Publishers`: all may publish but those who are named."""

    def __init__(self) -> None:
        self.gone: set[str] = set()

    def may(self, tenant: str, subject: str, right: Any) -> bool:
        return subject not in self.gone

    def names(self, tenant: str, subject: str) -> frozenset[str]:
        return frozenset({f"{subject}@x.example"})


class ExecutionsWorld:
    """One set of services, and short ways to use them."""

    def __init__(
        self,
        registry: NodeRegistry = REGISTRY,
        tables: MemoryTables | None = None,
        clock: MovedClock | None = None,
        publishers: Any = None,
    ) -> None:
        self.tables, self.clock = tables or MemoryTables(), clock or MovedClock()
        self.blobs = MemoryBlobs()
        self.machines = MemoryFlowMachines(lambda: self.runner)
        self.runs = MemoryFlowRuns(lambda: self.runner)
        self.publishers = publishers or MemoryPublishers()
        self.services = build(
            self.tables, self.blobs, "crm", "workflows", self.clock, self.machines, registry
        )
        names = executing.Names("executions", "crm", "workflows", "inbox")
        engines = Engines(self.machines, self.runs, self.publishers)
        self.ports = executing.ports(
            self.tables, self.blobs, names, engines, self.services, self.clock
        )
        self.at = executing.build(self.ports, self.services)
        flows = PublishedFlows(self.tables, "workflows", registry)
        self.runner = NodeRunner(self.ports.store, flows, clock=self.clock)

    def workflow(self, definition: dict[str, Any], caller: Caller = JO, **more: Any) -> Workflow:
        """A workflow that is published."""
        made = self.services.workflows.create(
            caller, NewWorkflow(name="Greet", definition=definition, **more)
        )
        return self.services.publishing.publish(caller, made.id)[0]

    def order(self, workflow: Workflow, given: Any = None, **more: Any) -> Order:
        facts = {"cause": Cause(kind="principal", id="jo"), "user_id": "jo", **more}
        return Order("acme", workflow.id, given or {}, **facts)

    def start(self, workflow: Workflow, given: Any = None, **more: Any) -> Execution:
        """Starts a run, which has ended or waits then; as it stands then."""
        self.clock.move(seconds=1)
        made = self.at.starting.start(self.order(workflow, given, **more))
        return self.at.reading.get("acme", made.id)

    def events(self, execution_id: str) -> list[str]:
        found, _ = timeline(self.tables, "crm", "acme", entity(execution_id), limit=50)
        return [event.event_type.removeprefix("execution.") for event in found]
