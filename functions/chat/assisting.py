"""The assistant of one turn; its model counts in the turn, the user's day and the tenant's."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from functions.chat.answer_settings import AnswerSettings
from shared.assistant.answering.worker import Answers
from shared.assistant.turn import Turn, TurnResult
from shared.identity.principal import Principal
from shared.llm.budget import CountedMeter
from shared.llm.language_models import LanguageModels
from shared.llm.messages import UserMessage
from shared.llm.port import LanguageModel, Request
from shared.llm.tenant_policies import TenantPolicies
from shared.llm.tenant_providers import TenantProviders
from shared.platform.counters import Counters, DynamoCounters
from shared.platform.secrets import AwsSecrets, Secrets
from shared.platform.tables import Tables


def assistants(
    told: AnswerSettings,
    tables: Tables,
    secrets: Secrets | None = None,
    counters: Counters | None = None,
) -> Callable[[Principal, str], Answers]:
    """What gives an assistant for a principal and a task."""
    private = told.llm_private_addresses
    providers = TenantProviders(
        tables, secrets or AwsSecrets(), told.llm_table, told.llm_secrets, private_addresses=private
    )
    counted = counters or DynamoCounters()
    policies = TenantPolicies(tables, told.llm_table, counted, told.inbox_table)
    models = LanguageModels(providers, told)

    def model(who: Principal, task_id: str) -> LanguageModel:
        policy = policies.get(who.tenant)
        meter = CountedMeter(
            counted, told.inbox_table, who.tenant, policy.turn, run=f"turn#{task_id}"
        )
        meter.scope = "turn"  # counted where a worker that takes over finds it
        budget = policies.budget(who.tenant, who.subject, [meter])
        return models.of(who.tenant, policy.default_model, budget)

    return lambda who, task_id: _Plain(model(who, task_id))


class _Plain:
    def __init__(self, model: LanguageModel) -> None:
        self._model = model

    async def answer(self, turn: Turn) -> TurnResult:
        asked = Request([*turn.history, UserMessage(text=turn.message)])
        answer = await asyncio.to_thread(self._model.answer, asked)
        return TurnResult(answer.text)
