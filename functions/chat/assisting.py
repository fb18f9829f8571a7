"""The assistant that answers: models with the tenant's limits, leads, what waits for a yes."""

from __future__ import annotations

from functions.chat.answer_settings import AnswerSettings
from shared.assistant.assistant import Assistant, Bounds
from shared.assistant.models import TenantTurnModels
from shared.assistant.pending import TablePendings
from shared.crm.leads import Leads
from shared.llm.language_models import LanguageModels
from shared.llm.tenant_policies import TenantPolicies
from shared.llm.tenant_providers import TenantProviders
from shared.platform.clock import Clock, utc_now
from shared.platform.counters import Counters, DynamoCounters
from shared.platform.secrets import AwsSecrets, Secrets
from shared.platform.tables import Tables


def assistant(
    told: AnswerSettings,
    tables: Tables,
    secrets: Secrets | None = None,
    counters: Counters | None = None,
    clock: Clock = utc_now,
) -> Assistant:
    """The assistant of all tenants."""
    private = told.llm_private_addresses
    providers = TenantProviders(
        tables, secrets or AwsSecrets(), told.llm_table, told.llm_secrets, private_addresses=private
    )
    counted = counters or DynamoCounters()
    policies = TenantPolicies(tables, told.llm_table, counted, told.inbox_table, clock)
    models = TenantTurnModels(LanguageModels(providers, told), policies, counted, told.inbox_table)
    return Assistant(
        models,
        Leads(tables, told.crm_table, told.inbox_table, clock),
        TablePendings(tables, told.chat_table, clock),
        Bounds(link_hosts=tuple(told.chat_link_hosts)),
        clock=clock,
    )
