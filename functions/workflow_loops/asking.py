"""Everything behind the routes of models and tools, wired once per process."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Annotated

from fastapi import Depends, Request

from functions.workflow_loops.agent_ports import (
    AgentSettings,
    policies_of,
    providers_of,
)
from functions.workflow_loops.settings import settings
from shared.agents.registry import ToolRegistry
from shared.llm.language_models import LanguageModels
from shared.llm.tenant_settings import TenantSettings
from shared.platform.counters import Counters, DynamoCounters
from shared.platform.dynamo import DynamoTables
from shared.platform.functions import LambdaFunctions
from shared.platform.secrets import AwsSecrets, Secrets
from shared.platform.tables import Tables
from shared.tools import registry
from shared.workflows.development.ports import Trials
from shared.workflows.development.remote import RemoteTrials


@dataclass(frozen=True, slots=True)
class Asking:
    """What the routes call."""

    settings: TenantSettings
    tools: ToolRegistry
    trials: Trials
    """Where tools are called: in the function that may, with the caller's rights."""
    models: LanguageModels


def build(
    told: AgentSettings, tables: Tables, secrets: Secrets, counters: Counters, trials: Trials
) -> Asking:
    """The services on given ports; tests give fakes."""
    providers, policies = providers_of(told, tables, secrets), policies_of(told, tables, counters)
    private = told.llm_private_addresses
    kept = TenantSettings(providers, policies, private_addresses=private)
    return Asking(kept, registry(), trials, LanguageModels(providers, told))


@lru_cache(maxsize=1)
def aws_asking() -> Asking:
    """The services on AWS."""
    told, tables = AgentSettings(), DynamoTables()  # the environment gives the rest
    # A call that is repeated would do twice what a tool does in the world.
    runner = LambdaFunctions(wait=60, attempts=1)
    trials = RemoteTrials(partial(runner.call, settings().node_runner_arn))
    return build(told, tables, AwsSecrets(), DynamoCounters(), trials)


async def asking(request: Request) -> Asking:
    """The services of this app."""
    found: Asking = getattr(request.app.state, "asking", None) or aws_asking()
    return found


AskingDep = Annotated[Asking, Depends(asking)]
