"""Everything behind the routes of models and tools, wired once per process."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated, Any

from fastapi import Depends, Request

from functions.workflow_loops.agent_ports import (
    AgentSettings,
    agent_ports,
    policies_of,
    providers_of,
)
from shared.agents.registry import ToolRegistry
from shared.identity.principal import Principal
from shared.llm.tenant_settings import TenantSettings
from shared.platform.counters import Counters, DynamoCounters
from shared.platform.dynamo import DynamoTables
from shared.platform.secrets import AwsSecrets, Secrets
from shared.platform.tables import Tables
from shared.tools import registry

PortsFor = Callable[[Principal], Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Asking:
    """What the routes call."""

    settings: TenantSettings
    tools: ToolRegistry
    ports: PortsFor
    """What tools may use for one who calls: their tenant's, with their rights."""


def build(
    told: AgentSettings, tables: Tables, secrets: Secrets, counters: Counters, nodes: PortsFor
) -> Asking:
    """The services on given ports; tests give fakes."""
    providers, policies = providers_of(told, tables, secrets), policies_of(told, tables, counters)
    private = told.llm_private_addresses
    settings = TenantSettings(providers, policies, private_addresses=private)
    agents = agent_ports(told, tables, secrets, counters)

    def ports(who: Principal) -> Mapping[str, Any]:
        return {**nodes(who), **agents(who.tenant, who.subject)}

    return Asking(settings, registry(), ports)


@lru_cache(maxsize=1)
def aws_asking() -> Asking:
    """The services on AWS."""
    told, tables = AgentSettings(), DynamoTables()  # the environment gives the rest
    return build(told, tables, AwsSecrets(), DynamoCounters(), lambda who: {})


async def asking(request: Request) -> Asking:
    """The services of this app."""
    found: Asking = getattr(request.app.state, "asking", None) or aws_asking()
    return found


AskingDep = Annotated[Asking, Depends(asking)]
