"""Where executions are kept, and what runs them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from shared.crm.idempotency import Idempotency
from shared.graph.durable import TablesRecordStore
from shared.graph.durable.published import PublishedFlows
from shared.platform.clock import Clock, utc_now
from shared.platform.flow_machines import FlowMachines, FlowRuns
from shared.platform.tables import Tables
from shared.workflows.executions.closing import Closing
from shared.workflows.executions.execution import Execution
from shared.workflows.executions.publishers import Publishers


@dataclass(frozen=True, slots=True)
class Ports:
    """What the services of executions share."""

    tables: Tables
    executions: str
    """The table of executions and of their records."""
    store: TablesRecordStore
    """The records, which end with `closing`."""
    closing: Closing
    flows: PublishedFlows
    machines: FlowMachines
    runs: FlowRuns
    publishers: Publishers
    idempotency: Idempotency
    clock: Clock = utc_now
    started: Callable[[str, Execution], None] = lambda tenant, execution: None
    """Is told of each run that was written, once."""
