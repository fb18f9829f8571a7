"""What agents and tools of a tenant's runs get of the world, beside the ports of all nodes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr

from shared.agents.memory import TableMemory
from shared.llm.language_models import LanguageModels
from shared.llm.run_models import RunModels
from shared.llm.settings import ModelSettings
from shared.llm.tenant_policies import TenantPolicies
from shared.llm.tenant_providers import TenantProviders
from shared.nodes.agents.ports import MEMORY, MODELS, TOOLS
from shared.platform.counters import Counters, DynamoCounters
from shared.platform.functions import LambdaFunctions
from shared.platform.http.client import CheckedHttp
from shared.platform.http.egress import Egress
from shared.platform.secrets import AwsSecrets, Secrets
from shared.platform.tables import Tables
from shared.tools import registry
from shared.tools.ports import PYTHON, WEB_SEARCH, WebSearch
from shared.tools.python_function import FunctionPython
from shared.tools.search_providers import URLS, JsonWebSearch, NoWebSearch


class AgentSettings(ModelSettings):
    """Settings of functions whose nodes ask models and call tools."""

    executions_table: str = Field(description="Table of runs: what stands for each node.")
    inbox_table: str = Field(description="Table of what expires: inbox, keys, sessions, counters.")
    web_search_provider: Literal["", "brave", "tavily", "searxng"] = Field(
        "", description="Who searches the web for agents; nothing is nobody."
    )
    web_search_url: str = Field("", description="Where that API answers; empty is its own.")
    web_search_key: SecretStr = Field(SecretStr(""), description="The key for that API.")
    python_function: str = Field(
        "", description="The function that runs programs of agents; nothing is none."
    )


Ports = Callable[[str, str, str], dict[str, Any]]
"""The ports for a tenant, for the user whom its runs act for, and for a workflow."""


def providers_of(told: AgentSettings, tables: Tables, secrets: Secrets) -> TenantProviders:
    """The tenants' providers of models."""
    private = told.llm_private_addresses
    return TenantProviders(
        tables, secrets, told.llm_table, told.llm_secrets, private_addresses=private
    )


def policies_of(told: AgentSettings, tables: Tables, counters: Counters) -> TenantPolicies:
    """The tenants' limits."""
    return TenantPolicies(tables, told.llm_table, counters, told.inbox_table)


def agent_ports(
    told: AgentSettings,
    tables: Tables,
    secrets: Secrets | None = None,
    counters: Counters | None = None,
) -> Ports:
    """The ports of agents: `ports = agent_ports(AgentSettings(), tables)`, once per process."""
    providers = providers_of(told, tables, secrets or AwsSecrets())
    policies = policies_of(told, tables, counters or DynamoCounters())
    models = LanguageModels(providers, told)
    shared: dict[str, Any] = {TOOLS: registry(), WEB_SEARCH: _web_search(told)}

    functions = LambdaFunctions(wait=45, attempts=1)

    def ports(tenant: str, user: str, workflow: str) -> dict[str, Any]:
        return {
            **shared,
            PYTHON: FunctionPython(functions, told.python_function, tenant),
            MODELS: RunModels(models, policies, tenant, user),
            MEMORY: TableMemory(tables, told.executions_table, tenant, workflow),
        }

    return ports


def _web_search(told: AgentSettings) -> WebSearch:
    """It reaches its provider and no other server."""
    provider = told.web_search_provider
    if not provider:
        return NoWebSearch()
    url = told.web_search_url or URLS.get(provider, "")
    # What the operator names is trusted with any address.
    egress = Egress((urlsplit(url).hostname or "",), private=bool(told.web_search_url))
    return JsonWebSearch(CheckedHttp(egress), provider, url, told.web_search_key)
