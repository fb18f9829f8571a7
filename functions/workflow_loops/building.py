"""What the routes of those who build workflows call: seed 001's paths, catalogue, development."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated

from fastapi import Depends, Request

from functions.workflow_loops.services import Services, services
from functions.workflow_loops.settings import settings
from shared.graph import NodeRegistry
from shared.nodes.catalogue import Catalogue
from shared.nodes.config import Ports
from shared.platform.clock import Clock, utc_now
from shared.platform.dynamo import DynamoTables
from shared.platform.tables import Tables
from shared.workflows.activity import Switch
from shared.workflows.last_runs import LastRuns
from shared.workflows.publishing import Publishing
from shared.workflows.workflows import Workflows

TenantPorts = Callable[[str], Ports]
"""What loaders of choices may ask, for a tenant."""


@dataclass(frozen=True, slots=True)
class Building:
    """What the routes call."""

    workflows: Workflows
    publishing: Publishing
    registry: NodeRegistry
    catalogue: Catalogue
    switch: Switch
    last_runs: LastRuns
    ports: TenantPorts


def build(
    base: Services,
    tables: Tables,
    table: str,
    *,
    ports: TenantPorts = lambda tenant: {},
    clock: Clock = utc_now,
) -> Building:
    """The services on given ports; tests give fakes."""
    return Building(
        base.workflows, base.publishing, base.registry, Catalogue(base.registry),
        Switch(base.workflows, base.publishing), LastRuns(tables, table, clock), ports,
    )  # fmt: skip


@lru_cache(maxsize=1)
def _aws(base: Services) -> Building:
    return build(base, DynamoTables(), settings().workflows_table)


async def building(request: Request) -> Building:
    """The services of this app."""
    found: Building | None = getattr(request.app.state, "building", None)
    return found or _aws(await services(request))


BuildingDep = Annotated[Building, Depends(building)]
