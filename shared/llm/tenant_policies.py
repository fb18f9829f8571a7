"""What a tenant's admins say about all its models: the default one, how far agents go, limits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field

from shared.llm.budget import Budget, CountedMeter, Limits, Meter
from shared.llm.tenant_providers import partition
from shared.platform.clock import Clock, utc_now
from shared.platform.counters import Counters
from shared.platform.tables import Put, Tables, Write

_SORT: Final = "policy"


class ModelPolicy(BaseModel):
    """The policy; a limit that is not given is the deployment's own."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    default_model: Annotated[str, Field(max_length=200)] = Field(
        "", description="Empty: that of the first enabled provider."
    )
    iteration_limit: Annotated[int, Field(ge=1, le=100)] = Field(
        10, description="Calls of a model in one turn or one agent's run."
    )
    turn: Limits = Limits(tokens=200_000)
    run: Limits = Limits(tokens=2_000_000)
    user_day: Limits = Limits(tokens=2_000_000)
    tenant_day: Limits = Limits(tokens=20_000_000)


class TenantPolicies:
    """Policies of all tenants, and the budgets that follow from them."""

    def __init__(
        self,
        tables: Tables,
        table: str,
        counters: Counters,
        counter_table: str,
        clock: Clock = utc_now,
    ) -> None:
        self._tables = tables
        self._table = table
        self._counters = counters
        self._counter_table = counter_table
        self._clock = clock

    def get(self, tenant: str) -> ModelPolicy:
        """The policy of a tenant, or what holds for those that have none."""
        item = self._tables.get(self._table, {"pk": partition(tenant), "sk": _SORT})
        return ModelPolicy.model_validate(item["policy"]) if item else ModelPolicy()

    def put(self, tenant: str, policy: ModelPolicy, also: Sequence[Write] = ()) -> None:
        """Writes the policy, and what else is to be written in the same transaction."""
        item = {
            "pk": partition(tenant),
            "sk": _SORT,
            "policy": policy.model_dump(mode="json"),
        }
        self._tables.transact([Put(self._table, item, label=_SORT), *also])

    def budget(self, tenant: str, user: str, inner: Sequence[Meter] = ()) -> Budget:
        """What a user may spend today; `inner` are the meters of a turn or a run."""
        policy = self.get(tenant)
        of_user = self._meter(tenant, policy.user_day, user)
        return Budget([*inner, of_user, self._meter(tenant, policy.tenant_day, None)])

    def run_meter(self, tenant: str, run: str) -> Meter:
        """What one run of a workflow may spend, with all its agents."""
        limits = self.get(tenant).run
        return CountedMeter(
            self._counters, self._counter_table, tenant, limits, run=run, clock=self._clock
        )

    def _meter(self, tenant: str, limits: Limits, user: str | None) -> CountedMeter:
        return CountedMeter(
            self._counters, self._counter_table, tenant, limits, user=user, clock=self._clock
        )
