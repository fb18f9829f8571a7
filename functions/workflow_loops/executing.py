"""Everything behind the routes of executions, wired once per process."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated

from fastapi import Depends, Request

from functions.workflow_loops.engines import Engines, aws_engines
from functions.workflow_loops.services import Services, aws_services
from functions.workflow_loops.settings import settings
from shared.crm.idempotency import Idempotency
from shared.graph.durable import TablesRecordStore
from shared.graph.durable.blobs import Blobs
from shared.graph.durable.published import PublishedFlows
from shared.platform.blobs import S3Blobs
from shared.platform.clock import Clock, utc_now
from shared.platform.dynamo import DynamoTables
from shared.platform.tables import Tables
from shared.workflows.executions.answering import Answering
from shared.workflows.executions.cancelling import Cancelling
from shared.workflows.executions.closing import Closing
from shared.workflows.executions.failures import Failures
from shared.workflows.executions.overdue import Overdue
from shared.workflows.executions.ports import Ports
from shared.workflows.executions.reading import Reading
from shared.workflows.executions.record import Records
from shared.workflows.executions.resuming import Resuming
from shared.workflows.executions.starting import Starting
from shared.workflows.executions.triggered import Triggered
from shared.workflows.executions.waiting import Waiting
from shared.workflows.last_runs import LastRuns


@dataclass(frozen=True, slots=True)
class Names:
    """The tables of executions and of what belongs to them."""

    executions: str
    crm: str
    workflows: str
    inbox: str


@dataclass(frozen=True, slots=True)
class Executing:
    """What the routes call."""

    ports: Ports
    starting: Starting
    waiting: Waiting
    reading: Reading
    records: Records
    cancelling: Cancelling
    resuming: Resuming
    answering: Answering
    overdue: Overdue
    failures: Failures
    triggered: Triggered


def ports(
    tables: Tables, blobs: Blobs, names: Names, engines: Engines, at: Services,
    clock: Clock = utc_now,
) -> Ports:  # fmt: skip
    """Where executions are kept and what runs them."""
    closing = Closing(tables, names.executions, names.crm, clock)
    return Ports(
        tables, names.executions,
        TablesRecordStore(tables, names.executions, blobs, closing), closing,
        PublishedFlows(tables, names.workflows, at.registry),
        engines.machines, engines.runs, engines.publishers,
        Idempotency(tables, names.inbox, clock), clock,
        LastRuns(tables, names.workflows, clock).started,
    )  # fmt: skip


def build(found: Ports, at: Services) -> Executing:
    """The services on given ports; tests give fakes."""
    reading = Reading(found.tables, found.executions)
    starting = Starting(found, at.workflows, at.publishing)
    return Executing(
        found,
        starting,
        Waiting(starting, reading),
        reading,
        Records(found),
        Cancelling(found, reading),
        Resuming(found, starting, at.publishing, reading),
        Answering(found, starting, reading),
        Overdue(found, starting, reading),
        Failures(starting, reading),
        Triggered(starting),
    )


@lru_cache(maxsize=1)
def aws_executing() -> Executing:
    """The services on AWS."""
    told, tables, at = settings(), DynamoTables(), aws_services()
    names = Names(told.executions_table, told.crm_table, told.workflows_table, told.inbox_table)
    return build(ports(tables, S3Blobs(told.values_bucket), names, aws_engines(), at), at)


async def executing(request: Request) -> Executing:
    """The services of this app."""
    found: Executing = getattr(request.app.state, "executing", None) or aws_executing()
    return found


ExecutingDep = Annotated[Executing, Depends(executing)]
