"""Everything behind the routes of workflows, wired once per process."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated

from fastapi import Depends, Request

import shared.nodes
from functions.web.access import PrincipalDep
from functions.web.problems import BadRequestError
from functions.workflow_loops.engines import aws_engines
from functions.workflow_loops.settings import settings
from shared.graph import NodeRegistry
from shared.graph.durable.blobs import Blobs
from shared.graph.durable.published import PublishedFlows
from shared.platform.blobs import S3Blobs
from shared.platform.clock import Clock, utc_now
from shared.platform.dynamo import DynamoTables
from shared.platform.flow_machines import FlowMachines
from shared.platform.tables import Tables
from shared.workflows.graphs import Graphs
from shared.workflows.publishing import Publishing
from shared.workflows.workflows import Caller, Places, Workflows


@dataclass(frozen=True, slots=True)
class Services:
    """What the routes call."""

    workflows: Workflows
    publishing: Publishing
    registry: NodeRegistry


def build(
    tables: Tables,
    blobs: Blobs,
    crm: str,
    workflows: str,
    clock: Clock = utc_now,
    machines: FlowMachines | None = None,
    registry: NodeRegistry | None = None,
) -> Services:
    """The services on given ports; tests give fakes."""
    registry = registry or NodeRegistry.of(shared.nodes)
    places = Places(tables, crm, workflows, Graphs(tables, workflows, blobs), registry, clock)
    made = Workflows(places)
    flows = PublishedFlows(tables, workflows, registry)
    return Services(made, Publishing(places, made, flows, machines), registry)


@lru_cache(maxsize=1)
def aws_services() -> Services:
    """The services on AWS."""
    told = settings()
    blobs = S3Blobs(told.values_bucket)
    machines = aws_engines().machines
    return build(DynamoTables(), blobs, told.crm_table, told.workflows_table, machines=machines)


async def services(request: Request) -> Services:
    """The services of this app."""
    found: Services = getattr(request.app.state, "services", None) or aws_services()
    return found


async def caller(request: Request, who: PrincipalDep) -> Caller:
    """Who changes something, with the version that the header `If-Match` names."""
    given = request.headers.get("if-match", "*").strip().removeprefix("W/").strip('"')
    if given == "*":
        return Caller(who)
    if not given.isdecimal():
        raise BadRequestError("If-Match", "not an ETag of a workflow", 'send it as it came: "3"')
    return Caller(who, int(given))


ServicesDep = Annotated[Services, Depends(services)]
CallerDep = Annotated[Caller, Depends(caller)]
