"""What the routes of those who build workflows call: seed 001's paths, catalogue, development."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Annotated

from fastapi import Depends, Request

from functions.workflow_loops.form_ports import form_ports
from functions.workflow_loops.services import Services, services
from functions.workflow_loops.settings import settings
from shared.graph import NodeRegistry
from shared.graph.durable.blobs import Blobs
from shared.graph.durable.published import PublishedFlows
from shared.nodes.catalogue import Catalogue
from shared.nodes.config import Ports
from shared.platform.blobs import S3Blobs
from shared.platform.clock import Clock, utc_now
from shared.platform.dynamo import DynamoTables
from shared.platform.functions import LambdaFunctions
from shared.platform.secrets import AwsSecrets, Secrets
from shared.platform.tables import Tables
from shared.workflows.activity import Switch
from shared.workflows.development.bench import Bench
from shared.workflows.development.outputs import Outputs
from shared.workflows.development.pins import Pins
from shared.workflows.development.ports import Trials
from shared.workflows.development.remote import RemoteTrials
from shared.workflows.development.sessions import Sessions
from shared.workflows.last_runs import LastRuns
from shared.workflows.publishing import Publishing
from shared.workflows.transfer.documents import Transfer
from shared.workflows.webhooks.intake import Intake
from shared.workflows.webhooks.trying import TrialCalls
from shared.workflows.webhooks.webhooks import Webhooks
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
    bench: Bench
    trials: Trials
    webhooks: Webhooks
    intake: Intake
    trial_calls: TrialCalls
    transfer: Transfer


def build(
    base: Services,
    tables: Tables,
    table: str,
    blobs: Blobs,
    trials: Trials,
    secrets: Secrets,
    *,
    prefix: str = "millrace",
    ports: TenantPorts = lambda tenant: {},
    clock: Clock = utc_now,
) -> Building:
    """The services on given ports; tests give fakes."""
    outputs = Outputs(tables, table, blobs, clock)
    bench = Bench(
        base.workflows, base.registry, outputs, Pins(tables, table),
        Sessions(tables, table, clock), trials,
    )  # fmt: skip
    webhooks = Webhooks(tables, table, base.registry, secrets, prefix, clock)
    flows = PublishedFlows(tables, table, base.registry)
    intake = Intake(webhooks, base.workflows, base.publishing, flows, clock)
    return Building(
        base.workflows, base.publishing, base.registry, Catalogue(base.registry),
        Switch(base.workflows, base.publishing), LastRuns(tables, table, clock), ports,
        bench, trials, webhooks, intake, TrialCalls(tables, table, clock),
        Transfer(base.workflows, base.publishing, base.registry, clock),
    )  # fmt: skip


@lru_cache(maxsize=1)
def _aws(base: Services) -> Building:
    told = settings()
    # A call that is repeated would do twice what nodes do in the world.
    runner = LambdaFunctions(wait=60, attempts=1)
    trials = RemoteTrials(partial(runner.call, told.node_runner_arn))
    blobs = S3Blobs(told.values_bucket)
    return build(base, DynamoTables(), told.workflows_table, blobs, trials, AwsSecrets(),
                 ports=form_ports(told), prefix=told.tenant_secrets)  # fmt: skip


async def building(request: Request) -> Building:
    """The services of this app."""
    found: Building | None = getattr(request.app.state, "building", None)
    return found or _aws(await services(request))


BuildingDep = Annotated[Building, Depends(building)]
