"""Which model answers a turn, within the tenant's limits and the turn's time."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Protocol

from shared.assistant.turn import Turn
from shared.llm.budget import CountedMeter
from shared.llm.errors import ProviderTimeoutError
from shared.llm.language_models import LanguageModels
from shared.llm.port import Answer, Event, LanguageModel, Request
from shared.llm.run_models import RunModels
from shared.llm.tenant_policies import TenantPolicies
from shared.platform.counters import Counters


class TurnModels(Protocol):
    """The model of a turn."""

    def of(self, turn: Turn) -> LanguageModel:
        """The model, within all limits; a turn that is done again counts on.

        Raises:
            NoProviderError: nobody is configured.
        """

    def steps(self, turn: Turn) -> int:
        """How often it may be asked."""


class TenantTurnModels:
    """The port on the tenant's providers and policy: limits of turn, user and tenant."""

    def __init__(
        self, models: LanguageModels, policies: TenantPolicies, counters: Counters, table: str
    ) -> None:
        self._models, self._policies = models, policies
        self._counters, self._table = counters, table

    def of(self, turn: Turn) -> LanguageModel:
        """See `TurnModels.of`."""
        limits, run = self._policies.get(turn.tenant).turn, f"turn#{turn.task_id}"
        meter = CountedMeter(self._counters, self._table, turn.tenant, limits, run=run)
        meter.scope = "turn"
        return self._of(turn).of("", "", [meter])

    def steps(self, turn: Turn) -> int:
        """See `TurnModels.steps`."""
        return self._of(turn).steps()

    def _of(self, turn: Turn) -> RunModels:
        return RunModels(self._models, self._policies, turn.tenant, turn.principal.subject)


class TimedModel:
    """A model that is not asked any more when the turn's time is over."""

    def __init__(
        self, model: LanguageModel, seconds: float, now: Callable[[], float] = time.monotonic
    ) -> None:
        self._model, self._now = model, now
        self._until = now() + seconds

    @property
    def name(self) -> str:
        """See `LanguageModel.name`."""
        return self._model.name

    def answer(self, request: Request) -> Answer:
        """See `LanguageModel.answer`."""
        self._require_time()
        return self._model.answer(request)

    def stream(self, request: Request) -> Iterator[Event]:
        """See `LanguageModel.stream`."""
        self._require_time()
        yield from self._model.stream(request)

    def _require_time(self) -> None:
        if self._now() > self._until:
            raise ProviderTimeoutError(self.name, "did not answer within the turn's time")
