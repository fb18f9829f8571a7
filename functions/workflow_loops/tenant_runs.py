"""The runs of one tenant in this process: their rows, their record, their node runner."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from functools import cache, lru_cache
from typing import Any, Final

import shared.nodes
from functions.workflow_loops.ports import Run, ports_of
from functions.workflow_loops.runner_settings import settings
from shared.crm.idempotency import Idempotency
from shared.graph import NodeFailedError, NodeRegistry
from shared.graph.durable import (
    Header,
    NodeRunner,
    RunContinues,
    RunFailed,
    RunOver,
    TablesRecordStore,
    at_start,
    whole_flow,
)
from shared.graph.durable.checkpoints import TimeLeft
from shared.graph.durable.published import PublishedFlows
from shared.graph.pools import PoolExecutor
from shared.identity.principal import Principal
from shared.platform.blobs import S3Blobs
from shared.platform.clock import utc_now
from shared.platform.dynamo import DynamoTables
from shared.platform.flow_machines import FlowMachines, FlowRuns
from shared.platform.lambda_runs import LambdaFlowRuns
from shared.platform.step_functions import MachinePlace, StepFunctionsFlowMachines
from shared.platform.tenant_sessions import TenantSessions
from shared.workflows.development.remote import answered
from shared.workflows.executions import rows
from shared.workflows.executions.children import ChildRuns
from shared.workflows.executions.closing import Closing
from shared.workflows.executions.execution import Execution
from shared.workflows.executions.ports import Ports
from shared.workflows.executions.publishers import IdentityPublishers
from shared.workflows.executions.starting import Starting
from shared.workflows.graphs import Graphs
from shared.workflows.publishing import Publishing
from shared.workflows.workflows import Places, Workflows

_KEPT: Final = 50
_ACTIONS: Final = tuple(
    f"dynamodb:{name}" for name in ("GetItem", "Query", "PutItem", "UpdateItem", "DeleteItem")
)


class TenantRuns:
    """Runs nodes for one tenant; nothing in it reaches a row of another."""

    def __init__(self, tenant: str, machines: FlowMachines, runs: FlowRuns) -> None:
        """Takes what starts other workflows."""
        told = settings()
        self._tenant, self._machines = tenant, machines
        self._tables = DynamoTables(self._client)
        blobs = S3Blobs(told.values_bucket)
        closing = Closing(self._tables, told.executions_table, told.crm_table)
        self._store = TablesRecordStore(self._tables, told.executions_table, blobs, closing)
        self._flows = PublishedFlows(self._tables, told.workflows_table, _registry())
        self._publishers = IdentityPublishers(_all_tables(), told.identity_table)
        graphs = Graphs(self._tables, told.workflows_table, blobs)
        places = Places(self._tables, told.crm_table, told.workflows_table, graphs, _registry())
        workflows = Workflows(places)
        self._publishing = Publishing(places, workflows, self._flows)
        kept = Ports(
            self._tables, told.executions_table, self._store, closing, self._flows, machines, runs,
            self._publishers, Idempotency(self._tables, told.inbox_table, utc_now),
        )  # fmt: skip
        self._starting = Starting(kept, workflows, self._publishing)

    async def handle(self, event: Mapping[str, Any], left: TimeLeft | None) -> dict[str, Any]:
        """Does what a task asks for; see `NodeRunner.handle`."""
        runner = self._runner(str(event["state"]["execution"]), left)
        return await runner.handle(event, left)

    async def trial(self, event: Mapping[str, Any], left: TimeLeft | None) -> dict[str, Any]:
        """Runs a part of a draft, in the name of whoever draws it."""
        by = Principal.from_context(event["by"])
        children = self._children(str(event["trial"]["execution_id"]), left)
        run = Run(
            by.tenant, lambda: str(event["workflow"]), self._tables, lambda: by, children,
            self._client,
        )  # fmt: skip
        return await answered(event, _registry(), ports_of(run), _pools())

    def _client(self) -> Any:
        return _sessions().dynamodb(self._tenant)

    def _children(self, execution: str, left: TimeLeft | None) -> ChildRuns:
        return ChildRuns(
            self._starting, self._machines, self._tables, settings().executions_table,
            self._tenant, execution,
            lambda child: self._whole(child, left),
        )  # fmt: skip

    def _runner(self, execution: str, left: TimeLeft | None) -> NodeRunner:
        children = self._children(execution, left)
        row = cache(lambda: self._execution(execution))  # what is asked of it never changes
        run = Run(
            self._tenant, lambda: row().workflow_id, self._tables,
            lambda: self._publisher(row()), children, self._client, lambda: row().origin,
        )  # fmt: skip
        return NodeRunner(
            self._store, self._flows, ports=ports_of(run), pools=_pools(),
            children=lambda tenant: children,
        )  # fmt: skip

    async def _whole(self, execution: str, left: TimeLeft | None) -> Header:
        """Runs another workflow inside a node of this one."""
        given = whole_flow(at_start(self._tenant, execution))
        try:
            await self._runner(execution, left).handle(given, left)
        except (RunFailed, RunOver):
            pass
        except RunContinues:
            raise NodeFailedError("Timeout", f"{execution} takes longer than its parent") from None
        header = self._store.header(self._tenant, execution)
        if header is None:
            raise NodeFailedError("WorkflowLost", f"there is no run {execution}")
        return header

    def _publisher(self, execution: Execution) -> Principal:
        """Whom a run acts for: who published its version, who tries a draft."""
        subject = self._subject(execution)
        found = self._publishers.principal(self._tenant, subject)
        if found is None:
            raise NodeFailedError(
                "PublisherGone", f"{subject} is no member any more; let somebody else publish it"
            )
        return found

    def _execution(self, execution: str) -> Execution:
        item = self._tables.get(settings().executions_table, rows.key(self._tenant, execution))
        if item is None:
            raise NodeFailedError("RunLost", f"there is no execution {execution}")
        return rows.read(item)

    def _subject(self, execution: Execution) -> str:
        if execution.number is None:
            return execution.tried_by or execution.cause.id
        version = self._publishing.version(self._tenant, execution.workflow_id, execution.number)
        return version.published_by


class Tenants:
    """The tenants that this process has met lately."""

    def __init__(self, function: str) -> None:
        """`function` is the ARN of the node runner itself."""
        self._kept: OrderedDict[str, TenantRuns] = OrderedDict()
        # It starts machines, and makes none.
        self._machines = StepFunctionsFlowMachines(_all_tables(), MachinePlace("", "", ""))
        self.runs = LambdaFlowRuns(function)

    def of(self, tenant: str) -> TenantRuns:
        """The runs of one."""
        found = self._kept.get(tenant)
        if found is None:
            found = self._kept[tenant] = TenantRuns(tenant, self._machines, self.runs)
            if len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        self._kept.move_to_end(tenant)
        return found


@lru_cache(maxsize=1)
def _sessions() -> TenantSessions:
    told = settings()
    return TenantSessions(told.rows_role_arn, told.row_tables.split(","), _ACTIONS)


@lru_cache(maxsize=1)
def _registry() -> NodeRegistry:
    return NodeRegistry.of(shared.nodes)


@lru_cache(maxsize=1)
def _all_tables() -> DynamoTables:
    return DynamoTables()


@lru_cache(maxsize=1)
def _pools() -> PoolExecutor:
    return PoolExecutor()
